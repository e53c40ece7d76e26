import { emergencyOptions } from "../option-words.ts";
import type { EmergencyOptions } from "../options.ts";
import type { Verb } from "../verb.ts";

/** Takes the candidate out at once. */
export const abort: Verb<EmergencyOptions> = {
  usage: "abort",
  summary: "take the candidate out at once; never touches the stable version",
  example: "mlc abort --stack prod",
  options: emergencyOptions,
  run: async (terminal, { options }) => (await import("../take-back.ts")).takeBack(terminal, options, "abort"),
};
