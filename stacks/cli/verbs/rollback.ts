import { emergencyOptions } from "../option-words.ts";
import type { EmergencyOptions } from "../options.ts";
import type { Verb } from "../verb.ts";

/** Takes the candidate out at once; without one, goes back to the version before. */
export const rollback: Verb<EmergencyOptions> = {
  usage: "rollback",
  summary: "take the candidate out at once; without one, go back to the previous version",
  example: 'mlc rollback --stack prod --reason "answers look wrong"',
  options: [
    ...emergencyOptions,
    {
      flags: "--to <version>",
      description: "to this version, however far back [the one before]",
      values: async (options) => (await import("../known-values.ts")).versionsToGoBackTo(options),
    },
  ],
  run: async (terminal, { options }) => (await import("../take-back.ts")).takeBack(terminal, options, "rollback"),
};
