import {
  advance as advanceMove,
  promote as promoteMove,
  start as startMove,
} from "../../../components/lifecycle/index.ts";
import type { Percent } from "../../../components/release/index.ts";
import { type Change, changeRelease } from "../change.ts";
import type { Command, Options } from "../command.ts";
import { refuseEarlyPromotion, refuseEndedRollout } from "../data-plane-check.ts";
import { usageFailure } from "../failure.ts";
import { refuseByRules } from "../rule-check.ts";

export const start: Command = (terminal, { args: [candidate = ""], options }) =>
  changeRelease(terminal, options, {
    move: (release) =>
      startMove(release, {
        candidate,
        ...weightOf(options),
        ...(options.attempt === undefined ? {} : { attempt: options.attempt }),
      }),
    check: refuseWhatMayNot,
  });

export const advance: Command = (terminal, { options }) =>
  changeRelease(terminal, options, {
    move: (release) => advanceMove(release, weightOf(options)),
    check: refuseWhatMayNot,
  });

/** What preview would refuse, and what the data plane would. */
async function refuseWhatMayNot(change: Change): Promise<void> {
  refuseByRules(change);
  await refuseEndedRollout(change);
}

export const promote: Command = async (terminal, { options }) => {
  const { force, reason } = options;
  if (force && reason === undefined) {
    throw usageFailure(
      '--force promotes what has not proven itself: say why, for the record. For example: mlc promote --force --reason "hotfix of ticket 4711"',
    );
  }
  return changeRelease(terminal, options, {
    move: (release) => promoteMove(release, force && reason !== undefined ? { override: reason } : {}),
    check: async (change) => {
      refuseByRules(change);
      await refuseEarlyPromotion(terminal, change, options);
    },
  });
};

/** The move checks what it is given, and refuses it in the words of the configuration. */
const weightOf = ({ weight }: Options): { readonly weight?: Percent } =>
  weight === undefined ? {} : { weight: weight as Percent };
