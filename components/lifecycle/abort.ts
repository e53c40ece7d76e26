import type { Release } from "../release/index.ts";
import { endRollout } from "./end-rollout.ts";
import type { Moved } from "./move.ts";

/**
 * Ends a running rollout: the candidate gets no traffic and stays deployed.
 * Never refused: it does not even ask whether the document is valid.
 */
export function abort(release: Release): Moved {
  const { stable, candidate } = release.rollout;
  if (candidate === undefined) {
    return {
      release: endRollout(release),
      reasons: [`No rollout runs: nothing to abort. ${stable} answers everything.`],
    };
  }
  return {
    release: endRollout(release),
    reasons: [`${candidate} gets no traffic and stays deployed; ${stable} answers everything.`],
  };
}
