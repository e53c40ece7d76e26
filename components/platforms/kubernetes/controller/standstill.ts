import type { Counted } from "../counts/index.ts";
import { shareIn } from "../route/split.ts";
import { type Decision, isTold, tell } from "./decide.ts";
import type { Kept } from "./kept.ts";
import type { Seen } from "./look.ts";

/** The longest that a gateway takes to hear of a route, in ms; what comes behind it is not on its way any more. */
const ON_ITS_WAY_MS = 60_000;

/**
 * Whether it is still to be seen that a candidate which was stopped gets nothing any more. The route says so at once; that
 * it is so, its counter says.
 */
export function isStillCounted(
  { state: { plan, progress }, told }: Pick<Kept, "state" | "told">,
  live: Seen["live"],
): boolean {
  if (plan?.candidate === undefined || progress?.ended === undefined || live === undefined) return false;
  return shareIn(live, plan.candidate) === 0 && !isTold(told, "standstill", progress.identity);
}

/** Tells once that the candidate's counter stands still, or that it does not although the route gives it nothing. */
export function tellStandstill(before: Decision, { intervals, toCandidate }: Counted, now: number): Decision {
  const { plan, progress } = before.kept.state;
  const seconds = intervals.reduce((sum, { live }) => sum + live.seconds, 0);
  if (plan?.candidate === undefined || progress?.ended === undefined || toCandidate === undefined || seconds === 0)
    return before;
  const { identity, ended } = progress;
  if (toCandidate === 0) {
    const text = `${plan.candidate} gets nothing any more: its counter stood still for ${Math.round(seconds)} s`;
    return tell(before, "standstill", identity, { kind: "effective", text }, now);
  }
  if (now - Date.parse(ended.at) < ON_ITS_WAY_MS) return before;
  const text = `${plan.candidate} still got ${toCandidate} requests in ${Math.round(seconds)} s, although the route gives it nothing: look for another route to its Service, or a gateway that has not taken this one`;
  return tell(before, "flowing", identity, { kind: "gateway", text }, now);
}
