import type { Release } from "../release/index.ts";
import { withStable } from "./end-rollout.ts";
import { type MoveResult, move, refuse } from "./move.ts";

/** On what grounds a candidate becomes stable. */
export interface PromoteArgs {
  /** Why the candidate is promoted although its rollout is not complete; written into the document. */
  readonly override?: string;
}

/** Makes the candidate stable. What was stable stays deployed as `previous`: the way back. */
export function promote(release: Release, { override }: PromoteArgs = {}): MoveResult {
  return move(release, ({ rollout }) => {
    const { stable, previous, candidate } = rollout;
    if (candidate === undefined) {
      return refuse("rollout.candidate", "nothing", "a running rollout", "Start one: mlc start VERSION");
    }
    const reasons = [`${candidate} becomes stable; ${stable} stays warm as the way back.`];
    if (previous !== undefined && previous !== candidate) reasons.push(`${previous} is no longer the way back.`);
    if (override !== undefined) reasons.push(`${candidate} has not proven itself; the document names why: ${override}`);
    const change = {
      stable: candidate,
      previous: stable,
      ...(override === undefined ? {} : { override: { stable: candidate, reason: override } }),
    };
    return { release: withStable(release, change), reasons };
  });
}
