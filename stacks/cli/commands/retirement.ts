import {
  archive as archiveMove,
  deprecate as deprecateMove,
  reinstate as reinstateMove,
  retire as retireMove,
} from "../../../components/lifecycle/index.ts";
import type { Timestamp } from "../../../components/release/index.ts";
import { refuseWithoutArchive, refuseWithoutRecord } from "../archive-check.ts";
import { changeRelease } from "../change.ts";
import type { Command } from "../command.ts";
import { usageFailure } from "../failure.ts";

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

export const archive: Command = (terminal, { args: [version = ""], options }) => {
  const { force, reason } = options;
  if (force && reason === undefined) {
    throw usageFailure(
      `--force writes this without asking the engine whether the program keeps an archive: say why. For example: mlc archive ${version || "v1"} --force --reason "previewed in CI, run 4711"`,
    );
  }
  return changeRelease(terminal, options, {
    move: (release) => {
      const moved = archiveMove(release, { version });
      if (!force || "problems" in moved) return moved;
      return {
        ...moved,
        reasons: [...moved.reasons, `The engine is not asked whether the program keeps it: ${reason}`],
      };
    },
    check: (change) => (force ? undefined : refuseWithoutArchive(terminal, options, change, version)),
  });
};

export const retire: Command = (terminal, { args: [version = ""], options }) =>
  changeRelease(terminal, options, {
    move: (release) => retireMove(release, { version, now: new Date() }),
    check: (change) => refuseWithoutRecord(change, version),
  });

export const reinstate: Command = (terminal, { args: [version = ""], options }) =>
  changeRelease(terminal, options, { move: (release) => reinstateMove(release, { version }) });

/** A day means its first moment in UTC. */
const timestampOf = (sunset: string): Timestamp =>
  (/^\d{4}-\d{2}-\d{2}$/.test(sunset) ? `${sunset}T00:00:00Z` : sunset) as Timestamp;
