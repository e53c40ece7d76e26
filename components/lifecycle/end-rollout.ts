import type { Release, RolloutDocument } from "../spec/index.ts";

/** The document without its candidate and what stands only beside one. */
export function endRollout(release: Release, change: Partial<RolloutDocument> = {}): Release {
  const { candidate: _candidate, weight: _weight, attempt: _attempt, ...rollout } = release.rollout;
  return { ...release, rollout: { ...rollout, ...change } };
}
