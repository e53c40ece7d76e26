import { WHOLE } from "./ladder.ts";
import type { TrafficPlan } from "./plan.ts";

/** Who gets how much when the candidate has this share: basis points that sum to 10,000, a row for every deployed version. */
export function trafficWeights(plan: TrafficPlan, candidateWeight: number): Readonly<Record<string, number>> {
  const weights = Object.fromEntries(Object.keys(plan.versions).map((version) => [version, 0]));
  if (plan.candidate !== undefined) weights[plan.candidate] = candidateWeight;
  weights[plan.stable] = WHOLE - (plan.candidate === undefined ? 0 : candidateWeight);
  return weights;
}

/**
 * Turns shares of any size into whole basis points that sum to 10,000: each is rounded down, and what is left goes to the largest remainders,
 * the earlier name first (Hamilton's method).
 * @throws RangeError when a share is negative or not finite, or when none is above zero.
 */
export function splitWeights(shares: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  const total = Object.values(shares).reduce((sum, share) => sum + share, 0);
  if (Object.values(shares).some((share) => !(share >= 0)) || !(total > 0 && total < Number.POSITIVE_INFINITY)) {
    throw new RangeError("shares are zero or more, finite, and not all zero");
  }
  const exact = Object.entries(shares).map(([name, share]) => ({ name, exact: (share / total) * WHOLE }));
  const left = WHOLE - exact.reduce((sum, row) => sum + Math.floor(row.exact), 0);
  const byRemainder = exact.toSorted((a, b) => (b.exact % 1) - (a.exact % 1));
  const favoured = new Set(byRemainder.slice(0, left).map(({ name }) => name));
  return Object.fromEntries(exact.map((row) => [row.name, Math.floor(row.exact) + (favoured.has(row.name) ? 1 : 0)]));
}
