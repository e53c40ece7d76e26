/** Where the counts of a rollout come from when no gateway of ours has counted them; one kind a folder. */
export { type Arm, countsOf, countsTails, emptyArm } from "./arm.ts";
export { cutsOf, marginsAmong, rungsAmong } from "./latency-rungs.ts";
export {
  type Arms,
  cannotCount,
  type MetricSource,
  MetricSourceError,
  type Note,
  type Question,
  type Reading,
  type Settled,
  type Trace,
  type Window,
} from "./metric-source.ts";
export { type Elapsed, settingsFor, warmed } from "./trial.ts";
