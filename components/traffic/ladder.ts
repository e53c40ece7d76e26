import type { TrafficPlan } from "./plan.ts";

/** All traffic, in basis points. */
export const WHOLE = 10_000;

/**
 * The steps a rollout actually climbs: the plan's steps below its weight, then the weight; what is given by hand is the only step.
 * A candidate that is judged leaves stable what is held back. Empty without a candidate, [0] when the candidate is to have no traffic.
 */
export function ladder(plan: TrafficPlan): readonly ("shadow" | number)[] {
  if (plan.candidate === undefined) return [];
  if (plan.shadow) return ["shadow"];
  const weight = Math.min(plan.weight, mostOf(plan));
  if (plan.rollout.advance === "manual" || weight === 0) return [weight];
  const below = plan.rollout.steps.map((step) => (step.kind === "shadow" ? step.kind : step.weight));
  return [...below.filter((step) => step === "shadow" || step < weight), weight];
}

/** The largest share that a candidate can have before it is promoted, in basis points: with nothing beside it nothing is judged. */
export const mostOf = ({ rollout: { guards, holdBack = 0 } }: Pick<TrafficPlan, "rollout">): number =>
  guards.length > 0 ? WHOLE - holdBack : WHOLE;
