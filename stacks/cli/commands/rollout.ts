import {
  advance as advanceMove,
  promote as promoteMove,
  start as startMove,
} from "../../../components/lifecycle/index.ts";
import type { Percent } from "../../../components/spec/index.ts";
import { changeRelease } from "../change.ts";
import type { Command, Options } from "../command.ts";
import { refuseEarlyPromotion, refuseEndedRollout } from "../data-plane-check.ts";

export const start: Command = (terminal, { args: [candidate = ""], options }) =>
  changeRelease(terminal, options, {
    move: (release) =>
      startMove(release, {
        candidate,
        ...weightOf(options),
        ...(options.attempt === undefined ? {} : { attempt: options.attempt }),
      }),
    check: refuseEndedRollout,
  });

export const advance: Command = (terminal, { options }) =>
  changeRelease(terminal, options, {
    move: (release) => advanceMove(release, weightOf(options)),
    check: refuseEndedRollout,
  });

export const promote: Command = (terminal, { options }) =>
  changeRelease(terminal, options, {
    move: promoteMove,
    check: (change) => refuseEarlyPromotion(terminal, change, options),
  });

/** The move checks what it is given, and refuses it in the words of the configuration. */
const weightOf = ({ weight }: Options): { readonly weight?: Percent } =>
  weight === undefined ? {} : { weight: weight as Percent };
