import type { RolloutPlan, TrafficPlan } from "../../components/traffic/plan.ts";

export const errorGuard = {
  metric: "errorRate",
  source: "requests",
  direction: "increase",
  margin: { kind: "absolute", value: 0.02 },
  designEffect: 1,
} as const;

export const latencyGuard = {
  metric: "latency",
  source: "requests",
  direction: "increase",
  margin: { kind: "relative", value: 0.5 },
  designEffect: 1,
} as const;

export const rolloutPlan = (changes: Partial<RolloutPlan> = {}): RolloutPlan => ({
  identity: "rollout-1",
  attempt: "1",
  steps: [5, 25, 50, 100].map((share) => ({ kind: "weight", weight: share * 100 })),
  advance: "manual",
  guards: [errorGuard],
  bakeMs: 1_000,
  maxDurationMs: 3_600_000,
  onInconclusive: "hold",
  alpha: 0.01,
  beta: 0.05,
  ...changes,
});

/** Stable v1, candidate v2. */
export const canaryPlan = (changes: Partial<TrafficPlan> = {}, rollout: Partial<RolloutPlan> = {}): TrafficPlan => ({
  model: "sentiment",
  stable: "v1",
  candidate: "v2",
  weight: 500,
  shadow: false,
  rollout: rolloutPlan(rollout),
  versions: { v1: { content: "1".repeat(64) }, v2: { content: "2".repeat(64) } },
  notices: {},
  ...changes,
});

/** One version, no rollout. */
export function stablePlan(changes: Partial<TrafficPlan> = {}): TrafficPlan {
  const { candidate: _, ...plan } = canaryPlan({ weight: 0, ...changes }, { identity: "", guards: [] });
  return plan;
}
