import type { CandidateOptions } from "../candidate-change.ts";
import { changeOptions, configuredVersions } from "../option-words.ts";
import type { Verb } from "../verb.ts";

interface StartOptions extends CandidateOptions {
  readonly attempt?: string;
}

/** Puts a version on trial. */
export const start: Verb<StartOptions> = {
  usage: "start <version>",
  summary: "put a version on trial beside the stable one",
  example: "mlc start v2 --weight 50% --stack prod",
  options: [
    ...changeOptions,
    { flags: "--weight <share>", description: 'how far it may climb, such as 25%, or "shadow" [100%]' },
    { flags: "--attempt <number>", description: "try content again whose rollout was ended" },
  ],
  arguments: configuredVersions,
  async run(terminal, { args: [candidate = ""], options }) {
    const { changeCandidate } = await import("../candidate-change.ts");
    const { start: move } = await import("../../../components/lifecycle/index.ts");
    const { attempt } = options;
    return changeCandidate(terminal, options, (release, weight) =>
      move(release, { candidate, ...weight, ...(attempt === undefined ? {} : { attempt }) }),
    );
  },
};
