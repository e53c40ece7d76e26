import type { Rival } from "./rival.ts";

/** `analysis.threshold`, and how many good checks `maxWeight: 50` with `stepWeight: 5` comes to. */
const THRESHOLD = 10;
const GOOD_CHECKS = 10;

/** Whether a check fails: below 99 % of success, or nothing to look at. */
const fails = ({ n1, x1 }: Parameters<ReturnType<Rival["watch"]>>[0]): boolean => n1 === 0 || x1 / n1 > 0.01;

/**
 * Flagger: a check fails when the candidate's success rate is below a fixed `thresholdRange.min: 99`, or there is none;
 * failed checks are added up, never forgotten, and the candidate is stopped at `threshold: 10` of them, `interval: 1m`.
 * Stable is not looked at. Settings: docs/gitbook/usage/how-it-works.md of fluxcd/flagger (15bd6ad, 2026-07-21); the
 * check is `runBuiltinMetricChecks` in pkg/controller/scheduler_metrics.go, the counting `advanceCanary` in
 * pkg/controller/scheduler.go.
 */
export const flagger: Rival = {
  name: "Flagger, success below 99 % in 10 checks",
  watch: () => {
    let failed = 0;
    return (minute) => {
      if (fails(minute)) failed++;
      return failed >= THRESHOLD;
    };
  },
};

/** The same as in its example, where a rollout is over after ten good checks: it is not looked at any longer. */
export const flaggerExample: Rival = {
  name: "Flagger, the same until 10 checks are good",
  watch: () => {
    let [failed, good] = [0, 0];
    return (minute) => {
      if (good >= GOOD_CHECKS) return false;
      if (fails(minute)) failed++;
      else good++;
      return failed >= THRESHOLD;
    };
  },
};
