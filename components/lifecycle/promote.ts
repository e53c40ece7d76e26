import type { Release } from "../spec/index.ts";
import { endRollout } from "./end-rollout.ts";
import { type MoveResult, move, refuse } from "./move.ts";

/** Makes the candidate stable. What was stable stays deployed as `previous`: the way back. */
export function promote(release: Release): MoveResult {
  return move(release, ({ rollout }) => {
    const { stable, previous, candidate } = rollout;
    if (candidate === undefined) {
      return refuse("rollout.candidate", "nothing", "a running rollout", "Start one: mlc start VERSION");
    }
    const reasons = [`${candidate} becomes stable; ${stable} stays warm as the way back.`];
    if (previous !== undefined && previous !== candidate) reasons.push(`${previous} is no longer the way back.`);
    return { release: endRollout(release, { stable: candidate, previous: stable }), reasons };
  });
}
