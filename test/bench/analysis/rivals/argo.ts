import type { Rival } from "./rival.ts";

/**
 * Argo Rollouts: an analysis whose metric (`successCondition: result[0] >= 0.95`, `interval: 5m`) fails more than
 * `failureLimit: 3` times stops the candidate; where no request came the result is not a number, which fails as well.
 * Stable is not looked at. Settings: docs/features/analysis.md of argoproj/argo-rollouts (9f8d111, 2026-08-17); the
 * counting is `assessMetricFailureInconclusiveOrError` in analysis/analysis.go, the condition utils/evaluate/evaluate.go.
 * The page's query is an `irate`, the last two scrapes; here all of the five minutes count, which scatters less.
 */
export const argo: Rival = {
  name: "Argo Rollouts, success below 95 % over 5 min, failureLimit 3",
  watch: () => {
    let [minutes, units, events, failed] = [0, 0, 0, 0];
    return ({ n1, x1 }) => {
      [minutes, units, events] = [minutes + 1, units + n1, events + x1];
      if (minutes % 5 !== 0) return failed > 3;
      if (units === 0 || events / units > 0.05) failed++;
      [units, events] = [0, 0];
      return failed > 3;
    };
  },
};
