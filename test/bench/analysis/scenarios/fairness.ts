import { drawCounts, failures, watch } from "../judged.ts";
import { type Scenario, shareOf } from "../scenario.ts";

const MINUTES = 480;
const ALPHA = 0.05;

/** Groups of unlike size that fare unlike at both versions, by their share of 100 requests a second. */
const GROUPS = [
  { name: "a", requests: 3600, rate: 0.6 },
  { name: "b", requests: 1500, rate: 0.5 },
  { name: "c", requests: 600, rate: 0.4 },
  { name: "d", requests: 300, rate: 0.3 },
] as const;
const ALL = "all";

const guards = [ALL, ...GROUPS.map(({ name }) => name)].map((name) => failures(0, { name, direction: "either" }));

/** Nothing is wrong, and each group is compared beside all of them. */
export const fairness: Scenario = {
  name: "false-rollback-fairness",
  cases: 4000,
  run(random) {
    const judged = watch({ guards, alpha: ALPHA }, 60, MINUTES, () => {
      const ofGroups = GROUPS.map(({ name, requests, rate }) => {
        const counts = drawCounts(random, { requests, weight: 0.05, stableRate: rate, candidateRate: rate });
        return [name, counts] as const;
      });
      const all = ofGroups.reduce(
        (sum, [, { n0, x0, n1, x1 }]) => ({ n0: sum.n0 + n0, x0: sum.x0 + x0, n1: sum.n1 + n1, x1: sum.x1 + x1 }),
        { n0: 0, x0: 0, n1: 0, x1: 0 },
      );
      return { counts: { [ALL]: all, ...Object.fromEntries(ofGroups) } };
    });
    return { stopped: Number(judged.verdict === "rollback") };
  },
  figures: (outcomes) => [
    shareOf(
      "false-rollback-fairness",
      outcomes,
      "stopped",
      { atMost: 0.025 },
      "approval of 4 groups (60, 50, 40, 30 %; 60, 25, 10, 5 % of the traffic) and of all, both directions, no margin; 100 requests a second, 5 %, alpha 5 %, looked at each minute for 8 h",
    ),
  ],
};
