import type { Verdict } from "./evidence.ts";
import type { Interval } from "./interval.ts";
import { begin, checkState, type JudgeState, observe } from "./observation.ts";
import { type JudgeSettings, prepare } from "./settings.ts";
import { renderVerdict } from "./verdict.ts";

/** Takes intervals one after the other, and says at any time what they show. */
export interface Judge {
  /** Takes the next interval into account. @throws RangeError on impossible counts or an unknown guard name */
  add(interval: Interval): Verdict;
  readonly verdict: Verdict;
  readonly state: JudgeState;
}

/**
 * Judges a whole rollout from its intervals.
 * @throws RangeError on settings or counts that make no sense
 */
export function judge(intervals: readonly Interval[], settings: JudgeSettings): Verdict {
  const judged = prepare(settings);
  const seen = intervals.reduce((state, interval) => observe(judged, state, interval), begin(judged));
  return renderVerdict(judged, seen);
}

/**
 * Judges a rollout interval by interval, with the same result as `judge` on all of them.
 * @param state where another judge with the same settings stopped
 * @throws RangeError on settings that make no sense, or a state of other guards
 */
export function createJudge(settings: JudgeSettings, state?: JudgeState): Judge {
  const judged = prepare(settings);
  let current = state ?? begin(judged);
  checkState(judged, current);
  return {
    add(interval) {
      current = observe(judged, current, interval);
      return renderVerdict(judged, current);
    },
    get verdict() {
      return renderVerdict(judged, current);
    },
    get state() {
      return current;
    },
  };
}
