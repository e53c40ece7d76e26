import type { Duration, Percent, Release } from "../release/index.ts";
import { type MoveResult, move } from "./move.ts";

/** How a candidate climbs. */
export interface SetStepsArgs {
  /** Where its share stops, rising. Copies before the first share stay as they are. */
  readonly steps: readonly Percent[];
  /** The least time on each. */
  readonly bake: Duration;
}

/** Writes how candidates climb, from here on also the one on trial. */
export function setSteps(release: Release, { steps, bake }: SetStepsArgs): MoveResult {
  return move(release, ({ rollout }) => {
    const copies = rollout.steps[0]?.kind === "shadow" ? (["shadow"] as const) : [];
    const climb = [...copies, ...steps];
    const { candidate } = rollout;
    return {
      release: { ...release, rollout: { ...release.rollout, steps: climb, bake } },
      reasons: [
        `A candidate climbs ${climb.join(" → ")} and stays on each for ${bake} at least.`,
        ...(candidate === undefined ? [] : [`${candidate} is on trial: what it has shown so far is judged anew.`]),
      ],
    };
  });
}
