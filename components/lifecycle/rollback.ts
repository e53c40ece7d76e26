import type { Release } from "../release/index.ts";
import { abort } from "./abort.ts";
import { withStable } from "./end-rollout.ts";
import { type Moved, type MoveResult, refuse } from "./move.ts";
import { withoutRetirement } from "./retirement.ts";

/** What a rollback goes back to. */
export interface RollbackArgs {
  /** The version that the data plane gives everything to since the rollback. With it a second rollback finds nothing to do. */
  readonly serving?: string;
}

/**
 * The way back: ends a running rollout, or else makes the previous version stable again.
 * Never refused: it does not even ask whether the document is valid.
 */
export function rollback(release: Release, { serving }: RollbackArgs = {}): Moved {
  const { stable, previous, candidate } = release.rollout;
  const known = serving !== undefined && Object.hasOwn(release.versions ?? {}, serving) ? serving : undefined;
  const target = known ?? (candidate === undefined ? previous : stable);
  if (target === undefined) {
    return { release, reasons: [`No rollout runs and no previous version is kept: ${stable} stays stable.`] };
  }
  if (target !== stable) return goBack(release, target);
  return candidate === undefined ? { release, reasons: [`${stable} serves already: nothing to do.`] } : abort(release);
}

/** Goes back to a version by name, however far. Refused only when the document does not have it. */
export function rollbackTo(release: Release, version: string): MoveResult {
  const known = Object.keys(release.versions ?? {});
  if (known.includes(version)) return rollback(release, { serving: version });
  return refuse(
    "rollout.stable",
    `"${version}", which is not in versions`,
    `one of ${known.join(", ")}`,
    "Name one of these.",
  );
}

function goBack(release: Release, target: string): Moved {
  const { stable, candidate } = release.rollout;
  const back = withStable(release, { stable: target });
  const reasons = [`${target} is stable again; ${stable} gets no traffic and stays deployed.`];
  if (candidate !== undefined && candidate !== target) reasons.push(`${candidate} gets no traffic and stays deployed.`);
  const phase = release.retirement?.[target]?.phase;
  if (phase === undefined) return { release: back, reasons };
  return {
    release: withoutRetirement(back, target),
    reasons: [...reasons, `${target} was ${phase}; it serves again, so its notice is withdrawn.`],
  };
}
