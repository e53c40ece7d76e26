export { closest } from "./closest.ts";
export type * from "./document.ts";
export { libraryVersion } from "./library-version.ts";
export { type Problem, ReleaseError, renderPath, renderProblems, renderSeen } from "./problems.ts";
export { checkRelease, defaultPath, parseRelease } from "./release.ts";
export { requestMetrics } from "./request-metrics.ts";
export type * from "./resolved.ts";
export {
  type Amount,
  type Duration,
  type Percent,
  type Points,
  parseDuration,
  parsePercent,
  parsePoints,
  parseRelative,
  parseShare,
  parseTimestamp,
  renderPercent,
  type Share,
  type Timestamp,
  type ValueRange,
} from "./units.ts";
