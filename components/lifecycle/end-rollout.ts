import type { Release, RolloutDocument } from "../release/index.ts";

/** The document without its candidate and what stands only beside one. */
export function endRollout(release: Release): Release {
  const { candidate: _candidate, weight: _weight, attempt: _attempt, ...rollout } = release.rollout;
  return { ...release, rollout };
}

/** The document with another stable version, and nothing left of what was said of the one before. */
export function withStable(
  release: Release,
  change: Pick<RolloutDocument, "stable" | "previous" | "override">,
): Release {
  const ended = endRollout(release);
  const { previous: _previous, override: _override, ...rollout } = ended.rollout;
  return { ...ended, rollout: { ...rollout, ...change } };
}
