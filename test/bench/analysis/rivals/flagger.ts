import type { Rival } from "./rival.ts";

/**
 * Flagger: a check fails when the candidate's success rate is below a fixed 99 %; failed checks are added up, never
 * forgotten, and the candidate is stopped at `threshold` of them. Stable is not looked at. Interval 1 min, threshold 10
 * and 99 % are the example of docs.flagger.app/usage/how-it-works; the counting is pkg/controller/scheduler.go.
 */
export const flagger: Rival = {
  name: "Flagger, success below 99 % in 10 checks",
  watch: () => {
    let failed = 0;
    return ({ n1, x1 }) => {
      if (n1 > 0 && x1 / n1 > 0.01) failed++;
      return failed >= 10;
    };
  },
};
