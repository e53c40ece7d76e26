import { type Action, type Advice, actions, adviseOn } from "./advice.ts";
import { latestOf, type ModelFacts } from "./facts.ts";
import { type ModelScore, scoreModel } from "./score.ts";

/** A model's row: its standing, and what is advised. */
export interface Row extends ModelScore {
  readonly advice: Advice;
}

/** The portfolio as a whole. Sums are over what is known, by each model's last quarter, in the unit of `cost`. */
export interface Totals {
  readonly models: number;
  readonly value: number;
  readonly cost: number;
  /** Value over cost of the models that both are known of; null where these cost nothing. */
  readonly valuePerCost: number | null;
  /** Value of the models that are advised anything but to be kept. */
  readonly valueAtRisk: number;
  readonly savingPerMonth: number;
  readonly valueLostPerMonth: number;
  /** Models by what is advised. */
  readonly byAction: Readonly<Record<Action, number>>;
  /** The mean of the models' coverage, 0 to 1. */
  readonly coverage: number;
  /** Models whose owner is known not to be there. */
  readonly orphaned: readonly string[];
  /** Models whose validation is known not to hold any more. */
  readonly validationOverdue: readonly string[];
  /** Models older than they may become. */
  readonly tooOld: readonly string[];
  /** Models of each owner that is named, the one with the most first. */
  readonly owners: readonly { readonly owner: string; readonly models: number; readonly cost: number }[];
}

/** All models of a portfolio. */
export interface Scorecard {
  /** The newest quarter of any model. */
  readonly quarter: string;
  /** By advice, the most urgent first; then by health, the least first; then by name. */
  readonly models: readonly Row[];
  readonly totals: Totals;
}

/**
 * Scores every model of a portfolio and advises on it.
 * @throws RangeError when there is no model, or one twice, or one without quarters or with one twice
 */
export function scorePortfolio(portfolio: readonly ModelFacts[]): Scorecard {
  const names = portfolio.map(({ model }) => model);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (names.length === 0 || twice !== undefined) {
    const seen = twice === undefined ? "none" : `${JSON.stringify(twice)} twice`;
    throw new RangeError(`models: saw ${seen}; allowed is at least one, each once`);
  }
  const scores = portfolio.map(scoreModel);
  const advice = adviseOn(scores);
  const models = scores
    .flatMap((score): readonly Row[] => {
      const own = advice.get(score.model);
      return own === undefined ? [] : [{ ...score, advice: own }];
    })
    .toSorted(byUrgency);
  const quarter = latestOf(models.map((row) => row.quarter));
  return { quarter, models, totals: totalsOf(models) };
}

const byUrgency = (a: Row, b: Row): number =>
  actions.indexOf(a.advice.action) - actions.indexOf(b.advice.action) ||
  (a.health ?? 0) - (b.health ?? 0) ||
  (a.model < b.model ? -1 : 1);

function totalsOf(models: readonly Row[]): Totals {
  const both = models.filter(({ last }) => last.value !== undefined && last.cost !== undefined);
  const costOfBoth = sum(both.map(({ last }) => last.cost));
  const namesWhere = (isSo: (row: Row) => boolean): readonly string[] => models.filter(isSo).map(({ model }) => model);
  const count = (action: Action): number => models.filter(({ advice }) => advice.action === action).length;
  return {
    models: models.length,
    value: sum(models.map(({ last }) => last.value)),
    cost: sum(models.map(({ last }) => last.cost)),
    valuePerCost: costOfBoth === 0 ? null : sum(both.map(({ last }) => last.value)) / costOfBoth,
    valueAtRisk: sum(models.filter(({ advice }) => advice.action !== "keep").map(({ last }) => last.value)),
    savingPerMonth: sum(models.map(({ advice }) => advice.savingPerMonth)),
    valueLostPerMonth: sum(models.map(({ advice }) => advice.valueLostPerMonth)),
    byAction: {
      retire: count("retire"),
      deprecate: count("deprecate"),
      consolidate: count("consolidate"),
      fix: count("fix"),
      insufficientData: count("insufficientData"),
      keep: count("keep"),
    },
    coverage: sum(models.map(({ coverage }) => coverage)) / models.length,
    orphaned: namesWhere(({ last }) => last.ownerActive === false),
    validationOverdue: namesWhere(({ last }) => last.validationInDate === false),
    tooOld: namesWhere(({ last }) => (last.ageDays ?? 0) > (last.maxAgeDays ?? Number.POSITIVE_INFINITY)),
    owners: ownersOf(models),
  };
}

function ownersOf(models: readonly Row[]): Totals["owners"] {
  const owners = new Set(models.flatMap(({ last }) => last.owner ?? []));
  return [...owners]
    .map((owner) => {
      const own = models.filter(({ last }) => last.owner === owner);
      return { owner, models: own.length, cost: sum(own.map(({ last }) => last.cost)) };
    })
    .toSorted((a, b) => b.models - a.models || (a.owner < b.owner ? -1 : 1));
}

const sum = (values: readonly (number | null | undefined)[]): number =>
  values.reduce<number>((total, value) => total + (value ?? 0), 0);
