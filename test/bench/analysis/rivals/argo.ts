import type { Rival } from "./rival.ts";

/**
 * Argo Rollouts: an analysis whose metric (success rate >= 95 % over 5 min) fails more than `failureLimit: 3` times stops
 * the candidate. Stable is not looked at. Settings of argoproj.github.io/argo-rollouts/features/analysis; a measurement
 * without requests is none.
 */
export const argo: Rival = {
  name: "Argo Rollouts, success below 95 % over 5 min, failureLimit 3",
  watch: () => {
    let [minutes, units, events, failed] = [0, 0, 0, 0];
    return ({ n1, x1 }) => {
      [minutes, units, events] = [minutes + 1, units + n1, events + x1];
      if (minutes % 5 !== 0) return failed > 3;
      if (units > 0 && events / units > 0.05) failed++;
      [units, events] = [0, 0];
      return failed > 3;
    };
  },
};
