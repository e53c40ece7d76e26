import type { TrafficPlan } from "./plan.ts";

/**
 * The steps a rollout actually climbs: the plan's steps below its weight, then the weight; what is given by hand is the only step.
 * Empty without a candidate, [0] when the candidate is to have no traffic.
 */
export function ladder(plan: TrafficPlan): readonly ("shadow" | number)[] {
  if (plan.candidate === undefined) return [];
  if (plan.shadow) return ["shadow"];
  if (plan.rollout.advance === "manual" || plan.weight === 0) return [plan.weight];
  const below = plan.rollout.steps.map((step) => (step.kind === "shadow" ? step.kind : step.weight));
  return [...below.filter((step) => step === "shadow" || step < plan.weight), plan.weight];
}
