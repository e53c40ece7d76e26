/**
 * Decides a rollout: `step(state, input)` gives the state from here on and the orders that make it so. No promise, no
 * clock, no socket, no disk, no SDK: whoever keeps the state and carries the orders out (a gateway, a controller in a
 * cluster, a function in a cloud) decides the same.
 */
export {
  type Contents,
  contentOf,
  firstContents,
  type RolledBack,
  serving as serveContent,
} from "./contents.ts";
export type { Ending, EndingRecord } from "./endings.ts";
export { type Evidence, evidenceOf, type HistoryEntry, type HistoryRecord, type HistorySummary } from "./history.ts";
export type { Arrivals, ClosedInterval, Draws, Excess } from "./interval.ts";
export { isJudged, type JudgesState, judgeSettings, judgesOf, verdictOf } from "./judges.ts";
export { describeRung, type Ended, type Progress } from "./progress.ts";
export { endedBefore, type Memory, type Refusal, refusalOf } from "./refusal.ts";
export { shareStatusOf } from "./share.ts";
export { type Division, divisionOf, emptyState, memoryOf, questionOf, type RolloutState } from "./state.ts";
export { type Input, replay, type Step, step } from "./step.ts";
export type { Order } from "./turn.ts";
export { waitsFor } from "./waits.ts";
export { guardsToCount } from "./warm-up.ts";
