import { changeOptions, configuredVersions } from "../option-words.ts";
import type { ChangeOptions } from "../options.ts";
import type { Verb } from "../verb.ts";

/** Switches an archived version off. */
export const retire: Verb<ChangeOptions> = {
  usage: "retire <version>",
  summary: "switch an archived version off after its sunset: it answers 410",
  example: "mlc retire v1 --yes",
  options: changeOptions,
  arguments: configuredVersions,
  async run(terminal, { args: [version = ""], options }) {
    const { refuseWithoutRecord } = await import("../archive-check.ts");
    const { changeRelease } = await import("../change.ts");
    const { retire: move } = await import("../../../components/lifecycle/index.ts");
    return changeRelease(terminal, options, {
      move: (release) => move(release, { version, now: new Date() }),
      check: (change) => refuseWithoutRecord(change, version),
    });
  },
};
