import type { Percent, Release } from "../release/index.ts";
import { type MoveResult, move, refuse } from "./move.ts";

/** Which version is put on trial, and how far it may climb. */
export interface StartArgs {
  /** The version to try; it stands in `versions` already. */
  readonly candidate: string;
  /** Its target share. @default "100%" */
  readonly weight?: Percent | "shadow";
  /** The next number after an aborted try of the same content. Left out: the document's default, the first. */
  readonly attempt?: string;
}

/** Opens a rollout: the candidate climbs towards its target share. Refused while another rollout runs. */
export function start(release: Release, { candidate, weight = "100%", attempt }: StartArgs): MoveResult {
  return move(release, ({ rollout }) => {
    if (rollout.candidate !== undefined) {
      return refuse(
        "rollout.candidate",
        `"${rollout.candidate}", whose rollout runs`,
        "one rollout at a time",
        "End it first: mlc promote or mlc abort",
      );
    }
    const chosen = { candidate, weight, ...(attempt === undefined ? {} : { attempt }) };
    const goal = weight === "shadow" ? "gets copies of requests" : `may take up to ${weight}`;
    return {
      release: { ...release, rollout: { ...release.rollout, ...chosen } },
      reasons: [`${candidate} goes on trial beside ${rollout.stable} and ${goal}.`],
    };
  });
}
