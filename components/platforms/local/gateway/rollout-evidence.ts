import {
  evidenceOf,
  factsOfRunning,
  judgedBy,
  type RolloutEvidence,
  type RolloutState,
} from "../../../rollout/index.ts";
import type { Drawing } from "./evidence-picture.ts";
import type { History } from "./history.ts";
import type { IntervalLog } from "./interval-log.ts";

/** Everything that is needed to judge again: of the rollout that runs, else of the last one. */
export function rolloutEvidence(state: RolloutState, intervals: IntervalLog, history: History): RolloutEvidence {
  const { plan, progress, question, judges } = state;
  const live = evidenceOf({
    identity: progress?.identity ?? "",
    ...(plan !== undefined && judges !== undefined && judgedBy(plan.rollout, judges)),
    intervals: intervals.readAll(question),
  });
  if (live.settings !== undefined && live.intervals.length > 0) return live;
  const last = history.newest(live.identity);
  return last === undefined ? live : evidenceOf(last);
}

/** What a picture of the evidence is drawn from; undefined when nothing was judged. @param file of the intervals of the rollout that runs */
export function rolloutDrawing(state: RolloutState, file: string, history: History): Drawing | undefined {
  const { plan, progress, question, judges } = state;
  if (plan === undefined || judges === undefined || judges.live.intervals === 0) {
    return history.newestFile(progress?.identity ?? "");
  }
  return { record: { ...factsOfRunning(plan), question, ...judgedBy(plan.rollout, judges) }, intervals: file };
}
