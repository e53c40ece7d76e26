import { latestOf } from "./facts.ts";
import { consolidationOf } from "./overlap.ts";
import { governanceFacts, type Pillar } from "./parts.ts";
import type { Reason } from "./reason.ts";
import type { ModelScore } from "./score.ts";

/** What can be advised, the most urgent first. */
export const actions = ["retire", "deprecate", "consolidate", "fix", "insufficientData", "keep"] as const;

/** One of the actions. It is advice: nothing is changed by it. */
export type Action = (typeof actions)[number];

/** How far an advice can be relied on. */
export type Confidence = "high" | "medium" | "low";

/** What is advised of a model, and on what grounds. */
export interface Advice {
  readonly action: Action;
  /** Empty for `keep`. */
  readonly reasons: readonly Reason[];
  /** Cost a month that ends with the model, in the unit of `cost`: that of the last quarter. 0 where it goes on; null where it is unknown. */
  readonly savingPerMonth: number | null;
  /** Value a month that ends with it, of the last quarter. 0 where it goes on; null where it is unknown. */
  readonly valueLostPerMonth: number | null;
  /** Days of notice before it ends: 180 where models depend on it, or it is not known whether any do. Null where it does not end by notice. */
  readonly noticeDays: number | null;
  /** Weight of what is known, times the chance that a trend is none of chance where the advice rests on one. 0 to 1. */
  readonly confidence: number;
  /** `high` from .9 on, `medium` from .75 on. */
  readonly tier: Confidence;
}

/** With less known than this share of the score, nothing is advised; with less of a pillar, nothing because of it. */
export const LEAST_COVERAGE = 0.6;
/** Notice that dependents are given, in days: half a year. */
export const NOTICE_DAYS = 180;

/** Advises on each model, by the first action that has a reason. @param models of one portfolio, each once */
export function adviseOn(models: readonly ModelScore[]): ReadonlyMap<string, Advice> {
  const newest = latestOf(models.map(({ quarter }) => quarter));
  const advice = new Map(models.map((model) => [model.model, adviseAlone(model, newest)]));
  const stays: ModelScore[] = [];
  for (const model of models.toSorted(byHealth)) {
    const { action } = advice.get(model.model) ?? {};
    if (action !== "fix" && action !== "keep") continue;
    const better = consolidationOf(model, stays);
    if (better === null) stays.push(model);
    else advice.set(model.model, toAdvice(model, "consolidate", [{ rule: "doneBetter", ...better }]));
  }
  return advice;
}

/** The healthiest first; of two as healthy ones the first by name. */
const byHealth = (a: ModelScore, b: ModelScore): number =>
  (b.health ?? 0) - (a.health ?? 0) || (a.model < b.model ? -1 : 1);

/** What is advised of a model as if it were the only one. */
function adviseAlone(model: ModelScore, newest: string): Advice {
  const unknown = reasonsNotToAdvise(model, newest);
  if (unknown.length > 0) return toAdvice(model, "insufficientData", unknown);
  const found = (["retire", "deprecate", "fix"] as const)
    .map((action) => ({ action, reasons: rules[action](model) }))
    .find(({ reasons }) => reasons.length > 0);
  return toAdvice(model, found?.action ?? "keep", found?.reasons ?? []);
}

function reasonsNotToAdvise({ coverage, missing, quarter }: ModelScore, newest: string): readonly Reason[] {
  return [
    ...(isEnough(coverage) ? [] : [{ rule: "tooLittleKnown", coverage, missing } as const]),
    ...(quarter === newest ? [] : [{ rule: "outdated", last: quarter, newest } as const]),
  ];
}

const rules: Readonly<Record<"retire" | "deprecate" | "fix", (model: ModelScore) => readonly Reason[]>> = {
  retire: (model) => [
    ...(model.last.requests === 0 ? [{ rule: "noRequests", quarter: model.quarter } as const] : []),
    ...(model.last.supersededBy !== undefined && model.last.dependents === 0
      ? [{ rule: "superseded", by: model.last.supersededBy } as const]
      : []),
    ...(model.decline?.confirmed === true
      ? below(model, 0.5).flatMap((valuePerCost) => [
          { rule: "costsTwiceItsValue", valuePerCost } as const,
          ...declining(model),
        ])
      : []),
  ],
  deprecate: (model) => [
    ...declining(model),
    ...below(model, 1).map((valuePerCost) => ({ rule: "costsMoreThanItsValue", valuePerCost }) as const),
  ],
  fix: (model) => {
    const [business, technical] = [wellKnown(model, "business"), wellKnown(model, "technical")];
    const governance = wellKnown(model, "governance");
    return [
      ...(business !== null && technical !== null && business >= 60 && technical < 50
        ? [{ rule: "valuableButSick", business, technical } as const]
        : []),
      ...(governance !== null && governance < 60
        ? [
            {
              rule: "ungoverned",
              governance,
              failing: governanceFacts.filter((fact) => model.last[fact] === false),
            } as const,
          ]
        : []),
    ];
  },
};

/** A pillar's score where as much of it is known as an advice takes. */
const wellKnown = ({ pillars, known }: ModelScore, pillar: Pillar): number | null =>
  isEnough(known[pillar]) ? pillars[pillar] : null;

/** Sums of weights such as .4 + .2 are not always .6 to the last bit. */
const isEnough = (known: number): boolean => known >= LEAST_COVERAGE - 1e-9;

const declining = ({ decline }: ModelScore): readonly Reason[] =>
  decline?.confirmed === true ? [{ rule: "declining", ...decline }] : [];

/** Value over cost of the last two quarters when both are below a limit. */
function below({ valuePerCost: [before, now] }: ModelScore, limit: number): readonly (readonly [number, number])[] {
  return before !== null && now !== null && before < limit && now < limit ? [[before, now]] : [];
}

function toAdvice({ last, coverage }: ModelScore, action: Action, reasons: readonly Reason[]): Advice {
  const ends = action === "retire" || action === "deprecate" || action === "consolidate";
  const lost = reasons.reduce((share, reason) => (reason.rule === "doneBetter" ? 1 - reason.overlap : share), 1);
  const confidence = coverage * (1 - chanceOf(reasons));
  return {
    action,
    reasons,
    savingPerMonth: ends ? perMonth(last.cost) : 0,
    valueLostPerMonth: ends ? perMonth(last.value, lost) : 0,
    noticeDays: action === "deprecate" || action === "consolidate" ? (last.dependents === 0 ? 0 : NOTICE_DAYS) : null,
    confidence,
    tier: confidence >= 0.9 ? "high" : confidence >= 0.75 ? "medium" : "low",
  };
}

/** The chance that chance alone is the reason; 0 where one of the reasons stands without a trend. */
function chanceOf(reasons: readonly Reason[]): number {
  const chances = reasons.flatMap((reason) => {
    if (reason.rule === "costsTwiceItsValue") return [];
    return [reason.rule === "declining" ? reason.p : 0];
  });
  return chances.length === 0 ? 0 : Math.min(...chances);
}

const perMonth = (perQuarter: number | undefined, share = 1): number | null =>
  perQuarter === undefined ? null : (perQuarter * share) / 3;
