import type { CandidateOptions } from "../candidate-change.ts";
import { changeOptions } from "../option-words.ts";
import type { Verb } from "../verb.ts";

/** Raises the candidate's share. */
export const advance: Verb<CandidateOptions> = {
  usage: "advance",
  summary: "raise the candidate's share to the next step",
  example: "mlc advance --weight 50%",
  options: [...changeOptions, { flags: "--weight <share>", description: "to this share instead of the next step" }],
  async run(terminal, { options }) {
    const { changeCandidate } = await import("../candidate-change.ts");
    const { advance: move } = await import("../../../components/lifecycle/index.ts");
    return changeCandidate(terminal, options, move);
  },
};
