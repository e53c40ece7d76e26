import { usageFailure } from "../failure.ts";
import { changeOptions, configuredVersions } from "../option-words.ts";
import type { ChangeOptions } from "../options.ts";
import type { Verb } from "../verb.ts";

interface ArchiveOptions extends ChangeOptions {
  readonly force?: boolean;
  readonly reason?: string;
}

/** Keeps a verified copy of a version of which notice was given. */
export const archive: Verb<ArchiveOptions> = {
  usage: "archive <version>",
  summary: "keep a verified copy of a deprecated version",
  example: "mlc archive v1",
  options: [
    ...changeOptions,
    {
      flags: "--force",
      description: "write it without asking the engine whether the program keeps an archive; needs --reason",
    },
    { flags: "--reason <text>", description: "with --force: why" },
  ],
  arguments: configuredVersions,
  async run(terminal, { args: [version = ""], options }) {
    const { force, reason } = options;
    if (force && reason === undefined) {
      throw usageFailure(
        `--force writes this without asking the engine whether the program keeps an archive: say why. For example: mlc archive ${version || "v1"} --force --reason "previewed in CI, run 4711"`,
      );
    }
    const { refuseWithoutArchive } = await import("../archive-check.ts");
    const { changeRelease } = await import("../change.ts");
    const { archive: move } = await import("../../../components/lifecycle/index.ts");
    return changeRelease(terminal, options, {
      move(release) {
        const moved = move(release, { version });
        if (!force || "problems" in moved) return moved;
        const unasked = `The engine is not asked whether the program keeps it: ${reason}`;
        return { ...moved, reasons: [...moved.reasons, unasked] };
      },
      check: (change) => (force ? undefined : refuseWithoutArchive(terminal, options, change, version)),
    });
  },
};
