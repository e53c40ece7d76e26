import { changeOptions, configuredVersions } from "../option-words.ts";
import type { ChangeOptions } from "../options.ts";
import type { Verb } from "../verb.ts";

/** Takes a notice back. */
export const reinstate: Verb<ChangeOptions> = {
  usage: "reinstate <version>",
  summary: "take a version off its way out",
  example: "mlc reinstate v1",
  options: changeOptions,
  arguments: configuredVersions,
  async run(terminal, { args: [version = ""], options }) {
    const { changeRelease } = await import("../change.ts");
    const { reinstate: move } = await import("../../../components/lifecycle/index.ts");
    return changeRelease(terminal, options, { move: (release) => move(release, { version }) });
  },
};
