import { type Guard, type GuardKind, guardKinds, kindOf } from "../guards/index.ts";
import type { RolloutPlan } from "../traffic/plan.ts";
import type { Progress } from "./progress.ts";

type Warming = Pick<Progress, "candidateFromMs" | "elapsedMs">;

/** How long the candidate still warms up, in ms: 0 before its first request, and when it is warm. */
export function warmsFor({ candidateFromMs, elapsedMs }: Warming, { warmUpMs = 0 }: RolloutPlan): number {
  return candidateFromMs === undefined ? 0 : Math.max(0, candidateFromMs + warmUpMs - elapsedMs);
}

/**
 * The guards that an interval counts for, on both arms: what a version is bad at while it is cold is left out until the
 * candidate is warm. Whoever counts asks before each interval is closed, so that what is kept is what was judged.
 * @param isReached the candidate has got something in the interval
 */
export function guardsToCount(
  progress: Warming,
  plan: RolloutPlan,
  isReached: boolean,
  kinds: readonly GuardKind[] = guardKinds,
): readonly Guard[] {
  const begins = progress.candidateFromMs === undefined && isReached && (plan.warmUpMs ?? 0) > 0;
  if (!begins && warmsFor(progress, plan) === 0) return plan.guards;
  return plan.guards.filter((guard) => kindOf(guard, kinds).warmsUp !== true);
}
