/** How often healthy models are advised against, and failing ones are not: on drawn quarters, seeded. */
import { type Action, type QuarterFacts, scorePortfolio } from "../../../components/scorecard/index.ts";
import type { Figure } from "../figure.ts";
import { normal, type Random, seeded } from "./draw.ts";
import { type Outcome, shareOf } from "./scenario.ts";

const QUARTERS = 8;
/** Quarters that a decline takes: the first report that can show one. */
const FIRST_REPORT = 4;

/** The figures of the scorecard, with their bars. Some twenty seconds in full. @param models how many are drawn of each kind */
export function measureScorecard(models = 10_000): readonly Figure[] {
  const healthy = draw("healthy", models, () => 1);
  const loud = draw("loud", models, () => 1, { noise: 0.2 });
  const told = draw("told", models, () => 1, { isNoiseKnown: true });
  const falling = draw("falling", models, (quarter) => 0.92 ** Math.max(0, quarter - 3), { noise: 0.03 });
  const steady = "a steady value with 10 % noise, 1.5 to 5 times the cost";
  const any = "in any of the five reports from the fourth quarter on";
  const last = "in the report of the eighth quarter";
  return [
    shareOf("healthy-retired", healthy, "retired", { atMost: 0.01 }, `advised to retire ${any}; ${steady}`),
    shareOf(
      "healthy-retired, three falls",
      healthy,
      "threeFalls",
      undefined,
      `for comparison: three falls in a row ${any}; ${steady}`,
    ),
    shareOf(
      "healthy-ended",
      healthy,
      "endedLast",
      { atMost: 0.01 },
      `advised to retire or to deprecate ${last}; ${steady}`,
    ),
    shareOf(
      "healthy-ended, three falls",
      healthy,
      "threeFallsLast",
      undefined,
      `for comparison: three falls in a row ${last}; ${steady}`,
    ),
    shareOf(
      "healthy-ended, noise 20 %",
      loud,
      "endedLast",
      { atMost: 0.01 },
      `advised to retire or to deprecate ${last}; 20 % noise`,
    ),
    shareOf("healthy-ended, ever", healthy, "ended", undefined, `advised to retire or to deprecate ${any}; ${steady}`),
    shareOf("healthy-ended, ever, noise known", told, "ended", undefined, `the same with the noise told; ${steady}`),
    shareOf(
      "declining-found",
      falling,
      "endedLast",
      undefined,
      `advised to retire or to deprecate ${last}; loses 8 % a quarter from the fifth on, 3 % noise`,
    ),
  ];
}

interface Kind {
  /** Standard deviation of a quarter's value, as a share. @default 0.1 */
  readonly noise?: number;
  /** Whether the scorecard is told of it. @default false */
  readonly isNoiseKnown?: boolean;
}

/** What is advised of models whose value has this level in each quarter, with noise around it. */
function draw(
  name: string,
  models: number,
  levelOf: (quarter: number) => number,
  { noise = 0.1, isNoiseKnown = false }: Kind = {},
): readonly Outcome[] {
  return Array.from({ length: models }, (_, i) => {
    const random = seeded(`scorecard ${name}`, i);
    const valuePerCost = 1.5 * (5 / 1.5) ** random();
    const quarters = Array.from(
      { length: QUARTERS },
      (__, quarter): QuarterFacts => ({
        quarter: `${2024 + Math.floor(quarter / 4)}Q${(quarter % 4) + 1}`,
        value: 100 * levelOf(quarter) * (1 + noise * normal(random)),
        cost: 100 / valuePerCost,
        ...factsOf(random),
        ...(isNoiseKnown && { noise }),
      }),
    );
    return outcomeOf(quarters);
  });
}

/** Everything else of a model that is in order. */
const factsOf = (random: Random): Omit<QuarterFacts, "quarter"> => ({
  target: 100,
  requests: 1_000_000,
  errors: 500 * random(),
  slo: 0.999,
  quality: 0.9 + 0.05 * random(),
  qualityThreshold: 0.9,
  driftShare: 0.2 * random(),
  ageDays: 200 * random(),
  maxAgeDays: 365,
  utilisation: 0.2 + 0.4 * random(),
  ownerActive: true,
  modelCard: true,
  validationInDate: true,
  dependentsRegistered: true,
  rollbackDrillPassed: true,
  dependents: 2,
});

function outcomeOf(quarters: readonly QuarterFacts[]): Outcome {
  const reports = quarters.slice(FIRST_REPORT - 1).map((_, i) => quarters.slice(0, FIRST_REPORT + i));
  const advice = reports.map((known) => scorePortfolio([{ model: "m", quarters: known }]).models[0]?.advice.action);
  const ends = (action: Action | undefined): boolean => action === "retire" || action === "deprecate";
  const falls = reports.map(fallsThrice);
  return {
    retired: Number(advice.includes("retire")),
    ended: Number(advice.some(ends)),
    endedLast: Number(ends(advice.at(-1))),
    threeFalls: Number(falls.includes(true)),
    threeFallsLast: Number(falls.at(-1) === true),
  };
}

/** The plain rule: each of the last three values is below the one before. */
function fallsThrice(known: readonly QuarterFacts[]): boolean {
  const values = known.slice(-4).map(({ value }) => value ?? 0);
  return values.every((value, i) => i === 0 || value < (values[i - 1] ?? 0));
}
