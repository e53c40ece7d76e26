import { boundsOf, tailCounts } from "../analysis/index.ts";
import type { GuardKind } from "./kind.ts";

/** How slow the answers of a version are: the share of them beyond each of a ladder of times. */
export const latency: GuardKind = {
  metric: "latency",
  source: "requests",
  directions: ["increase"],
  margins: ["relative"],
  aliases:
    "(?:request|response)?(?:latency|latencies|duration|responsetime|time)(?:p?\\d+|ms|s|seconds|avg|mean|median)*|p\\d{2,3}(?:latency|ms)?",
  judged: ({ metric, margin, designEffect }) => ({
    kind: "latency",
    name: metric,
    direction: "increase",
    margin: { kind: "relative", value: margin.value },
    designEffect,
  }),
  counts(guard, stable, candidate) {
    if (guard.kind !== "latency") throw new TypeError(`saw a ${guard.kind} guard; latency is judged by its tails`);
    return tailCounts(stable.latency, candidate.latency, boundsOf(guard));
  },
};
