import type { Verb } from "../verb.ts";

/** Plays. */
export const toy: Verb = {
  usage: "toy",
  summary: "play for a while",
  example: "mlc toy",
  options: [],
  async run(terminal) {
    terminal.say("Played.");
    return { facts: { played: true } };
  },
};
