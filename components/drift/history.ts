import type { FeatureDrift } from "./compare.ts";
import { type ConceptState, startConcept } from "./concept.ts";
import { type Hysteresis, NO_PERIODS, stepHysteresis } from "./hysteresis.ts";

/** What is remembered from period to period. It belongs to one reference. Plain data: survives JSON. */
export interface DriftHistory {
  readonly format: 1;
  /** SHA-256 of the reference's content. */
  readonly reference: string;
  /** SHA-256 of the content of each period that was counted, the newest last: none counts twice. */
  readonly periods: readonly string[];
  /** By name; a list, because a column may be named like what every object has. */
  readonly features: readonly (readonly [feature: string, state: Hysteresis])[];
  readonly concept: ConceptState;
}

/** Periods that are remembered by their content. */
const MOST_PERIODS = 1000;

/** Before the first period. */
export const startHistory = (reference: string): DriftHistory => ({
  format: 1,
  reference,
  periods: [],
  features: [],
  concept: startConcept(),
});

/** Whether this content was counted before. */
export const wasCounted = ({ periods }: DriftHistory, period: string): boolean => periods.includes(period);

/** After one more period. A feature that this period does not have stays as it is. */
export function stepHistory(
  before: DriftHistory,
  period: string,
  features: readonly FeatureDrift[],
  concept: ConceptState,
): DriftHistory {
  const known = new Map(before.features);
  for (const { feature, level, calm } of features) {
    known.set(feature, stepHysteresis(known.get(feature) ?? NO_PERIODS, { above: level !== "none", calm }));
  }
  const periods = [...before.periods, period].slice(-MOST_PERIODS);
  return { ...before, periods, features: [...known], concept };
}

/** Features that drift, by all periods so far. */
export const driftingFeatures = ({ features }: DriftHistory): readonly string[] =>
  features.flatMap(([feature, { drifting }]) => (drifting ? [feature] : []));
