import {
  archive as archiveMove,
  deprecate as deprecateMove,
  reinstate as reinstateMove,
  retire as retireMove,
} from "../../../components/lifecycle/index.ts";
import type { Timestamp } from "../../../components/spec/index.ts";
import { changeRelease } from "../change.ts";
import type { Command } from "../command.ts";

export const deprecate: Command = (terminal, { args: [version = ""], options }) => {
  const { sunset = "", successor } = options;
  return changeRelease(terminal, options, {
    move: (release) =>
      deprecateMove(release, {
        version,
        sunset: timestampOf(sunset),
        now: new Date(),
        ...(successor === undefined ? {} : { successor }),
      }),
  });
};

export const archive: Command = (terminal, { args: [version = ""], options }) =>
  changeRelease(terminal, options, { move: (release) => archiveMove(release, { version }) });

export const retire: Command = (terminal, { args: [version = ""], options }) =>
  changeRelease(terminal, options, { move: (release) => retireMove(release, { version, now: new Date() }) });

export const reinstate: Command = (terminal, { args: [version = ""], options }) =>
  changeRelease(terminal, options, { move: (release) => reinstateMove(release, { version }) });

/** A day means its first moment in UTC. */
const timestampOf = (sunset: string): Timestamp =>
  (/^\d{4}-\d{2}-\d{2}$/.test(sunset) ? `${sunset}T00:00:00Z` : sunset) as Timestamp;
