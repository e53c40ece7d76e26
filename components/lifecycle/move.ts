import { checkRelease, defaultPath, type Problem, type Release, type ResolvedRelease } from "../release/index.ts";
import { examineRelease } from "../release/release.ts";

/** What a lifecycle move makes of a release document: the edited document and why, or why it may not be. */
export type MoveResult = Moved | Refused;

/** The edited document: it is valid. */
export interface Moved {
  readonly release: Release;
  /** What changed and what follows from it, one sentence each. */
  readonly reasons: readonly string[];
}

/** Why a move may not be made; nothing was edited. */
export interface Refused {
  readonly problems: readonly Problem[];
}

/** Runs a move between two checks: it starts from a valid document and ends in one, or it is refused. */
export function move(release: Release, change: (resolved: ResolvedRelease) => MoveResult): MoveResult {
  const before = examineRelease(release);
  if (before.release === undefined) return before;
  const result = change(before.release);
  if ("problems" in result) return result;
  const after = checkRelease(result.release);
  return after.length > 0 ? { problems: after } : result;
}

/** A refusal with one problem. @param path inside the document, such as `rollout.weight` */
export function refuse(path: string, seen: string, allowed: string, cure: string): Refused {
  return { problems: [{ path: `${defaultPath}.${path}`, seen, allowed, cure }] };
}
