import { copiesKinds, type Guard, type GuardKind, guardKinds, kindOf } from "../../../guards/index.ts";
import type { ClosedInterval } from "../../../rollout/index.ts";
import type { ComparedCounts } from "./counters.ts";

/** Counts of an interval in the judge's terms. */
export function closeInterval(
  { stable, candidate, copies, excess, arrivals }: ComparedCounts,
  guards: readonly Guard[],
  when: { readonly at: number; readonly seconds: number; readonly step: number },
  kinds: readonly GuardKind[] = guardKinds,
): ClosedInterval {
  const countsOf = (guard: Guard) => kindOf(guard, kinds).counts(guard, stable, candidate);
  const live = { ...when, counts: Object.fromEntries(guards.map((guard) => [guard.metric, countsOf(guard)])) };
  const left = {
    ...(excess.stable.requests + excess.candidate.requests > 0 && { excess }),
    ...(arrivals !== undefined && { arrivals }),
  };
  if (copies.requests === 0) return { live, ...left };
  const n = { n0: copies.requests, n1: copies.requests };
  const counted = copiesKinds(kinds).map(({ metric, copies: rule }) => [metric, { ...n, ...rule.harmed(copies) }]);
  return { live, ...left, copies: { ...when, counts: Object.fromEntries(counted) } };
}
