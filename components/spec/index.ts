export { closest } from "./closest.ts";
export { type HashedFile, hashDirectory, hashOfFiles, listDirectory, UnhashableError } from "./directory-hash.ts";
export type * from "./document.ts";
export { libraryVersion } from "./library-version.ts";
export { type Problem, ReleaseError, renderPath, renderProblems, renderSeen } from "./problems.ts";
export {
  checkRelease,
  defaultPath,
  parseRelease,
  type ResolvedChecks,
  type ResolvedLocalPlatform,
  type ResolvedPlatform,
  type ResolvedRelease,
  type ResolvedRollout,
  type ResolvedVersion,
} from "./release.ts";
export type * from "./status.ts";
export * from "./traffic.ts";
export {
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
} from "./units.ts";
