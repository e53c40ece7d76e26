import type { Capabilities } from "../../../components/capabilities/index.ts";
import type { RolloutPlan, TrafficPlan } from "../../../components/traffic/plan.ts";
import { canaryPlan, stablePlan } from "../../support/plans.ts";

const WHOLE = 10_000;

/** The share that a platform can give which is nearest to this one, and above nothing. @param wish basis points */
export function possible({ weights }: Capabilities, wish: number): number {
  if (weights.kind === "exact") return wish;
  const slot = weights.kind === "slots" ? weights.slot : WHOLE / weights.replicas;
  return Math.min(WHOLE, Math.max(slot, Math.round(wish / slot) * slot));
}

/** v1 serves, v2 has this share of the traffic, on a ladder that the platform can climb. @param wish basis points; 0 stays 0 */
export function trial(
  able: Capabilities,
  wish: number,
  changes: Partial<TrafficPlan> = {},
  rollout: Partial<RolloutPlan> = {},
): TrafficPlan {
  const weight = wish === 0 ? 0 : possible(able, wish);
  const steps = [...new Set([500, 2_500, 5_000, WHOLE].map((step) => possible(able, step)))];
  return canaryPlan(
    { weight, ...changes },
    { steps: steps.map((step) => ({ kind: "weight", weight: step })), ...rollout },
  );
}

/** The same two versions, tried again. */
export const nextAttempt = (able: Capabilities, wish: number): TrafficPlan =>
  trial(able, wish, {}, { identity: "rollout-2", attempt: "2" });

/** After a promotion: v2 serves, v1 is the way back. */
export const promoted = (changes: Partial<TrafficPlan> = {}): TrafficPlan =>
  stablePlan({ stable: "v2", previous: "v1", ...changes });
