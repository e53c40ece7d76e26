import { boundsOf, type Interval, type Guard as JudgedGuard, tailCounts } from "../../../analysis/index.ts";
import type { ClosedInterval } from "../../../rollout/index.ts";
import type { ArmCounter, Comparison } from "./counters.ts";

/** Counts of an interval in the judge's terms. */
export function closeInterval(
  comparison: Comparison,
  guards: readonly JudgedGuard[],
  when: { readonly at: number; readonly seconds: number; readonly step: number },
): ClosedInterval {
  const { stable, candidate, copies, excess, arrivals } = comparison;
  const counts = Object.fromEntries(guards.map((guard) => [guard.name, countsFor(guard, stable, candidate)]));
  const live = { ...when, counts };
  const left = {
    ...(excess.stable.requests + excess.candidate.requests > 0 && { excess }),
    ...(arrivals !== undefined && { arrivals }),
  };
  if (copies.requests === 0) return { live, ...left };
  const n = { n0: copies.requests, n1: copies.requests };
  const counted = {
    errorRate: { ...n, x0: copies.stableErrors, x1: copies.errors },
    refusalRate: { ...n, x0: copies.stableRefusals, x1: copies.refusals },
  };
  return { live, ...left, copies: { ...when, counts: counted } };
}

function countsFor(guard: JudgedGuard, stable: ArmCounter, candidate: ArmCounter): Interval["counts"][string] {
  if (guard.kind === "latency") return tailCounts(stable.latency, candidate.latency, boundsOf(guard));
  if (guard.name === "errorRate") {
    return { n0: stable.requests, x0: stable.errors, n1: candidate.requests, x1: candidate.errors };
  }
  if (guard.name === "refusalRate") {
    return { n0: stable.requests, x0: stable.refusals, n1: candidate.requests, x1: candidate.refusals };
  }
  const [before, after] = [stable.feedback.get(guard.name), candidate.feedback.get(guard.name)];
  return { n0: before?.count ?? 0, x0: before?.sum ?? 0, n1: after?.count ?? 0, x1: after?.sum ?? 0 };
}
