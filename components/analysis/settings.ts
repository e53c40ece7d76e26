import { type Comparison, checkGuards, comparisonsOf, type Guard } from "./guard.ts";

/** On what terms a candidate is judged. */
export interface JudgeSettings {
  readonly guards: readonly Guard[];
  /** Chance of a false rollback over a whole rollout, above 0, below 1. @default 0.01 */
  readonly alpha?: number;
  /** Chance of promoting a candidate that is worse than a margin, above 0, below 1. @default 0.05 */
  readonly beta?: number;
  /** Judged time after which no decision is `inconclusive`. Unit: s. @default unlimited */
  readonly maxDuration?: number;
  /**
   * Intervals in a row without data on an arm, at least, until the verdict is `noData`. It takes as many as chance leaves
   * without any once in 1,000 times, at the pace of the arm so far. @default 5
   */
  readonly noDataAfter?: number;
  /** Steps of the rollout that carry traffic, at least 1: evidence of harm also starts anew with each. @default 1 */
  readonly steps?: number;
  /**
   * Above 0, below 1: an excess of the candidate is not possible any more when the counts are so much less likely under it
   * than under the rates that were seen. Verdicts tell the largest that is. @default not told
   */
  readonly excessBeta?: number;
}

/** A guard with the comparisons that it makes. */
export interface PreparedGuard {
  readonly guard: Guard;
  readonly comparisons: readonly Comparison[];
}

/** Settings with their defaults filled in. */
export type Prepared = Required<Omit<JudgeSettings, "guards" | "excessBeta">> &
  Pick<JudgeSettings, "excessBeta"> & { readonly guards: readonly PreparedGuard[] };

/** Settings with defaults filled. @throws RangeError */
export function prepare(settings: JudgeSettings): Prepared {
  const {
    guards,
    alpha = 0.01,
    beta = 0.05,
    maxDuration = Number.POSITIVE_INFINITY,
    noDataAfter = 5,
    steps = 1,
    excessBeta,
  } = settings;
  checkGuards(guards);
  const within = (name: string, value: number, holds: boolean, allowed: string): void => {
    if (!holds) throw new RangeError(`judge ${name}: saw ${value}; allowed is ${allowed}`);
  };
  within("alpha", alpha, alpha > 0 && alpha < 1, "above 0, below 1");
  within("beta", beta, beta > 0 && beta < 1, "above 0, below 1");
  within("maxDuration", maxDuration, maxDuration > 0, "above 0 s");
  within("noDataAfter", noDataAfter, noDataAfter >= 1, "1 interval or more");
  within("steps", steps, Number.isInteger(steps) && steps >= 1, "a whole number from 1");
  if (excessBeta !== undefined) {
    within("excessBeta", excessBeta, excessBeta > 0 && excessBeta < 1, "above 0, below 1");
  }
  const prepared = guards.map((guard) => ({ guard, comparisons: comparisonsOf(guard) }));
  const told = excessBeta === undefined ? {} : { excessBeta };
  return { guards: prepared, alpha, beta, maxDuration, noDataAfter, steps, ...told };
}
