/**
 * Judges a candidate version against the stable one: interval counts in, verdict and evidence out. Pure arithmetic; no
 * clock, no randomness, no input or output. `docs/judge.md` explains the numbers.
 */
export { type PairedCounts, pairedDesignEffect } from "./design-effect.ts";
export type {
  ArmTotals,
  ComparisonEvidence,
  Culprit,
  Curve,
  Decision,
  Evidence,
  GuardEvidence,
  Next,
  Verdict,
} from "./evidence.ts";
export {
  boundsOf,
  type Direction,
  GUARD_SHAPES,
  type Guard,
  type GuardCounts,
  type LatencyGuard,
  type Margin,
  type ProportionGuard,
  rungsOf,
  soundGuard,
  withLadder,
} from "./guard.ts";
export type { Interval } from "./interval.ts";
export { createJudge, type Judge, judge } from "./judge.ts";
export {
  bucketBound,
  bucketOf,
  LATENCY_BUCKETS,
  LATENCY_LADDER,
  type TailBound,
  type TailCounts,
  tailBounds,
  tailCounts,
} from "./latency.ts";
export { type JudgeState, METHOD } from "./observation.ts";
export type { Path } from "./path.ts";
export { type PlannedRollout, type PlannedStep, planRollout } from "./plan.ts";
export type { PlanCure } from "./plan-cures.ts";
export type { PlanSettings, ShareLimits } from "./plan-settings.ts";
export { type Block, type Boundary, HISTORY_UNITS } from "./proportion.ts";
export type { JudgeSettings } from "./settings.ts";
export {
  addSplit,
  type ShareSettings,
  type ShareState,
  type Split,
  shareLogE,
  shareThreshold,
} from "./share.ts";
export { type MannKendall, mannKendall, type Series, theilSen } from "./trend.ts";
