/** Rules for deploy time, free of side effects: importing them starts nothing. `policies/pack` is what an engine loads. */

export { createPack, createPolicy } from "./adapters/crossguard.ts";
export { renderCatalogue } from "./catalogue.ts";
export { corePack, type Pack, recordsPack } from "./packs.ts";
export {
  type AnyRule,
  type Example,
  type Finding,
  type Rule,
  renderFinding,
  type Setting,
  type Settings,
  type Unjudged,
} from "./rule.ts";
export { archiveIsLocked } from "./rules/archive/archive-is-locked.ts";
export { archivedVersionIsKept } from "./rules/notice/archived-version-is-kept.ts";
export { candidateHasGuard } from "./rules/traffic/candidate-has-guard.ts";
export type { ArchiveFacts } from "./subjects/archive.ts";
export type { FactsOf, SubjectName } from "./subjects/index.ts";
export type { NoticeFacts } from "./subjects/notice.ts";
export { judge, type Verdict } from "./verdict.ts";
