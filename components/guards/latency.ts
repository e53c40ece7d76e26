import { boundsOf, type LatencyGuard, tailCounts } from "../analysis/index.ts";
import { errorRate } from "./error-rate.ts";
import type { Guard } from "./guard.ts";
import { type GuardKind, HALF_A_POINT, judgedRates, percent, weighing } from "./kind.ts";

const tailsOf = (guard: Guard): LatencyGuard => ({
  kind: "latency",
  name: guard.metric,
  direction: "increase",
  margin: { kind: "relative", value: guard.margin.value },
  designEffect: guard.designEffect,
  ...(guard.ladder !== undefined && { ladder: guard.ladder }),
  ...weighing(guard),
});

/** How slow the answers of a version are: the share of them beyond each of a ladder of times. It brings the share of failures along. */
export const latency: GuardKind = {
  metric: "latency",
  source: "requests",
  directions: ["increase"],
  margins: ["relative"],
  aliases:
    "(?:request|response)?(?:latency|latencies|duration|responsetime|time)(?:p?\\d+|ms|s|seconds|avg|mean|median)*|p\\d{2,3}(?:latency|ms)?",
  // Who watches how fast answers are wants answers.
  brings: (guard) => [{ ...guard, metric: errorRate.metric, margin: HALF_A_POINT }],
  judged: tailsOf,
  warmsUp: true,
  counts: (guard, stable, candidate) => tailCounts(stable.latency, candidate.latency, boundsOf(tailsOf(guard))),
  harm(seen, against) {
    const { stable, candidate } = judgedRates(seen);
    const { stableMs = 0, candidateMs = 0 } = seen;
    return `${percent(candidate)} of ${seen.candidate.units} answers took longer than ${Math.round(candidateMs)} ms, ${percent(stable)} of ${seen.stable.units} at ${against} longer than ${Math.round(stableMs)} ms`;
  },
};
