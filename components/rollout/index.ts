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
export { type Ending, type EndingRecord, factsOfRunning } from "./endings.ts";
export { expect, type Fields, isText, object, objectIn, oneOf, PlanError } from "./fields.ts";
export {
  evidenceOf,
  type HistoryEntry,
  type HistoryRecord,
  type HistorySummary,
  type RolloutEvidence,
  summaryOf,
  taughtBy,
} from "./history.ts";
export type { Arrivals, ClosedInterval, Draws, Excess, Limit } from "./interval.ts";
export { evaluesOf, isJudged, type JudgesState, judgedBy, judgeSettings, judgesOf, verdictOf } from "./judges.ts";
export { keptEffects, type Learnt, learn, type PairedHistory } from "./learnt.ts";
export type { Ended, Progress } from "./progress.ts";
export { readPlan } from "./read-plan.ts";
export { endedBefore, type Memory, type Refusal, refusalOf } from "./refusal.ts";
export { shareStatusOf } from "./share.ts";
export { type Division, divisionOf, emptyState, memoryOf, questionOf, type RolloutState } from "./state.ts";
export { rolloutStatusOf, type StatusSeen } from "./status.ts";
export { type Input, replay, type Step, step } from "./step.ts";
export type { Order } from "./turn.ts";
export { waitsFor } from "./waits.ts";
export { guardsToCount } from "./warm-up.ts";
