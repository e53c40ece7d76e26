import { bucketBound, type Verdict } from "../../../analysis/index.ts";
import { type RolloutState, rolloutStatusOf } from "../../../rollout/index.ts";
import type { RolloutStatus, TrafficStatus, VersionCounts } from "../../../traffic/status.ts";
import { trafficWeights } from "../../../traffic/weights.ts";
import { quantile, type VersionCounter } from "./counters.ts";
import type { Traffic } from "./traffic.ts";

/** What the controller knows. */
export interface StatusFacts {
  readonly state: RolloutState;
  readonly verdict: Verdict | undefined;
  readonly traffic: Traffic;
  readonly at: string;
}

/** @throws Error before the first plan */
export function renderStatus({ state, verdict, traffic, at }: StatusFacts): TrafficStatus {
  const { plan, generation, since, losses, events } = state;
  if (plan === undefined) throw new Error("no plan has been accepted yet");
  const { routing } = traffic;
  return {
    model: plan.model,
    at,
    generation,
    plan,
    weights: trafficWeights({ ...plan, stable: routing?.stable ?? plan.stable }, routing?.weight ?? 0),
    shadowing: routing?.shadowing ?? false,
    since,
    rollout: rolloutStatusOf(state, { verdict, feedback: feedbackOf(traffic) }),
    requests: Object.fromEntries([...traffic.counters].map(([version, counter]) => [version, countsOf(counter)])),
    ...(losses.length > 0 && { losses }),
    events,
  };
}

/** Where feedback stands that has to mature; undefined when none has to. */
function feedbackOf({ cohorts, routing }: Traffic): RolloutStatus["feedback"] {
  const metrics = [...(routing?.maturity.keys() ?? [])];
  if (metrics.length === 0) return undefined;
  const { waiting, late } = cohorts;
  return Object.fromEntries(
    metrics.map((metric) => [metric, { waiting: waiting.get(metric) ?? 0, late: late.get(metric) ?? 0 }]),
  );
}

function countsOf({ requests, errors, failedOver, shadowed, pinned, latency }: VersionCounter): VersionCounts {
  const at = (share: number): number => quantile(latency, share, bucketBound);
  return { requests, errors, failedOver, shadowed, pinned, p50Ms: at(0.5), p99Ms: at(0.99) };
}
