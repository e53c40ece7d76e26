import type { Release } from "../spec/index.ts";
import { abort } from "./abort.ts";
import { endRollout } from "./end-rollout.ts";
import type { Moved } from "./move.ts";
import { withoutRetirement } from "./retirement.ts";

/**
 * The way back: ends a running rollout, or else makes the previous version stable again.
 * Never refused: it does not even ask whether the document is valid.
 */
export function rollback(release: Release): Moved {
  const { stable, previous, candidate } = release.rollout;
  if (candidate !== undefined) return abort(release);
  if (previous === undefined) {
    return { release, reasons: [`No rollout runs and no previous version is kept: ${stable} stays stable.`] };
  }
  const { previous: _previous, ...rollout } = endRollout(release, { stable: previous }).rollout;
  const reasons = [`${previous} is stable again; ${stable} gets no traffic and stays deployed.`];
  const phase = release.retirement?.[previous]?.phase;
  if (phase === undefined) return { release: { ...release, rollout }, reasons };
  return {
    release: withoutRetirement({ ...release, rollout }, previous),
    reasons: [...reasons, `${previous} was ${phase}; it serves again, so its notice is withdrawn.`],
  };
}
