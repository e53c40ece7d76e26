import type { MoveResult } from "../../components/lifecycle/index.ts";
import type { Percent, Release } from "../../components/release/index.ts";
import { changeRelease } from "./change.ts";
import { refuseEndedRollout } from "./data-plane-check.ts";
import type { ChangeOptions } from "./options.ts";
import { refuseByRules } from "./rule-check.ts";
import type { Terminal } from "./terminal.ts";
import type { Outcome } from "./verb.ts";

/** What a change that gives a candidate traffic is asked for, beside how it is made. */
export interface CandidateOptions extends ChangeOptions {
  /** How much: `25%`, or `shadow`. @default the verb's own */
  readonly weight?: string;
}

/** A weight as it was typed, or none. The move checks what it is given, and refuses it in the words of the configuration. */
export interface TypedWeight {
  readonly weight?: Percent;
}

/**
 * Makes a change that gives a candidate traffic. What preview would refuse, and what the data plane would, is refused
 * before anything is written.
 * @throws Failure (2) for a problem or a rule's finding; (3) when the rollout was ended before.
 */
export function changeCandidate(
  terminal: Terminal,
  options: CandidateOptions,
  move: (release: Release, weight: TypedWeight) => MoveResult,
): Promise<Outcome> {
  const { weight } = options;
  const typed = weight === undefined ? {} : { weight: weight as Percent };
  return changeRelease(terminal, options, {
    move: (release) => move(release, typed),
    async check(change) {
      refuseByRules(change);
      await refuseEndedRollout(change);
    },
  });
}
