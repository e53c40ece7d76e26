import { LEAST_UNITS, type Rival, sumUp } from "./rival.ts";

const ALPHA = 0.05;
/** `DEFAULT_SEQUENTIAL_TESTING_TUNING_PARAMETER` of packages/shared/src/constants.ts. */
const TUNED_FOR = 5000;

/**
 * Half the width of GrowthBook's one-sided sequential interval for a standard deviation of 1, after n units.
 * Source: `sequential_interval_halfwidth_one_sided` in packages/stats/gbstats/frequentist/tests.py of
 * growthbook/growthbook (8f1db44, 2026-08-21), after Waudby-Smith et al. (arXiv 2103.06476, equation 134).
 */
export function halfWidth(n: number): number {
  const tuning = -2 * Math.log(2 * ALPHA);
  const square = (tuning + Math.log(tuning + 1)) / TUNED_FOR;
  const spread = n * square + 1;
  return Math.sqrt(((2 * spread) / (n * n * square)) * Math.log(1 + Math.sqrt(spread) / (2 * ALPHA)));
}

/**
 * GrowthBook's Safe Rollouts: the one-sided sequential interval of the absolute difference of the totals lies above 0
 * (`oneSidedIntervals`, `differenceType: "absolute"` in packages/back-end/src/services/safeRolloutSnapshots.ts), at a
 * `pValueThreshold` of 0.05. That it is asked from 50 units and 5 failures on is ours.
 */
export const growthbook: Rival = {
  name: "GrowthBook sequential, on totals",
  watch: () => {
    const add = sumUp();
    return (minute) => {
      const { n0, x0, n1, x1 } = add(minute);
      if (n1 < LEAST_UNITS || x1 < 5 || n0 === 0) return false;
      const [p0, p1, n] = [x0 / n0, x1 / n1, n0 + n1];
      const variance = Math.max(p0 * (1 - p0), 1e-12) / n0 + Math.max(p1 * (1 - p1), 1e-12) / n1;
      return p1 - p0 > Math.sqrt(variance * n) * halfWidth(n);
    };
  },
};
