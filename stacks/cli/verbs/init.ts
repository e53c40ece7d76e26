import type { StarterChoice } from "../first-project.ts";
import type { Verb } from "../verb.ts";

/** Writes a first project. */
export const init: Verb<StarterChoice> = {
  usage: "init",
  summary: "write a first project: Pulumi.yaml, index.ts and a stack with a commented release",
  example: "mlc init --stack dev --model sentiment",
  options: [
    { flags: "--cwd <dir>", description: "the folder to write into" },
    {
      flags: "--stack <name>",
      description: "the first stack [dev]",
      values: async (options) => (await import("../known-values.ts")).stacks(options),
    },
    { flags: "--name <project>", description: "the project's name [the folder's]" },
    { flags: "--model <name>", description: "the model's name [approval]" },
  ],
  run: async (terminal, { options }) => (await import("../first-project.ts")).writeFirstProject(terminal, options),
};
