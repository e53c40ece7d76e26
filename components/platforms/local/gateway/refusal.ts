import type { TrafficPlan } from "../../../spec/traffic.ts";
import type { RouteMemory } from "./route-memory.ts";

export interface Refusal {
  readonly code: "rolloutAborted" | "rolledBack";
  readonly error: string;
  readonly reason: string;
}

/** Why a plan is not taken: it asks for traffic that was taken away before. */
export function refusalOf(plan: TrafficPlan, memory: RouteMemory): Refusal | undefined {
  const ended = memory.endedBefore(plan);
  if (ended !== undefined && (plan.weight > 0 || plan.shadow)) {
    return {
      code: "rolloutAborted",
      error: `the rollout of ${plan.candidate} was ended and does not open again; start the next attempt, or another candidate`,
      reason: ended.reason,
    };
  }
  const back = memory.rolledBack;
  if (back !== undefined && plan.stable === back.version && plan.versions[plan.stable]?.sha256 === back.sha256) {
    return {
      code: "rolledBack",
      error: `${plan.stable} was rolled back; name the version that serves now as stable, then start a rollout`,
      reason: back.reason,
    };
  }
  return undefined;
}
