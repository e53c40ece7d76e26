import { stackOptions } from "../option-words.ts";
import type { StackOptions } from "../options.ts";
import type { Verb } from "../verb.ts";

interface StatusOptions extends StackOptions {
  readonly exitCode?: boolean;
}

/** Says who serves. */
export const status: Verb<StatusOptions> = {
  usage: "status",
  summary: "who serves, since when, the verdict and what comes next",
  example: "mlc status --stack prod",
  options: [
    ...stackOptions,
    { flags: "--exit-code", description: "end with 3 after an abort or a rollback, with 4 while a rollout runs" },
  ],
  async run(terminal, { options }) {
    const { exitCodeOf, factsOf, readStackStatus, renderStackStatus, servingCodeOf } = await import(
      "../stack-status.ts"
    );
    const seen = await terminal.during("asking the gateway", readStackStatus(options));
    terminal.say(renderStackStatus(seen, new Date(), terminal.paint));
    return { exitCode: options.exitCode ? exitCodeOf(seen) : servingCodeOf(seen), facts: factsOf(seen) };
  },
};
