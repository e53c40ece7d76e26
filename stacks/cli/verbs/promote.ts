import { usageFailure } from "../failure.ts";
import { changeOptions } from "../option-words.ts";
import type { ChangeOptions } from "../options.ts";
import type { Verb } from "../verb.ts";

interface PromoteOptions extends ChangeOptions {
  readonly wait?: boolean;
  readonly force?: boolean;
  readonly reason?: string;
}

/** Makes the candidate stable. */
export const promote: Verb<PromoteOptions> = {
  usage: "promote",
  summary: "make the candidate stable; the old version stays warm as the way back",
  example: "mlc promote --wait --yes",
  options: [
    ...changeOptions,
    { flags: "--wait", description: "wait until the rollout is complete" },
    { flags: "--force", description: "promote although it is not complete; needs --reason" },
    { flags: "--reason <text>", description: "with --force: why, written into the configuration as an override" },
  ],
  async run(terminal, { options }) {
    const { force, reason } = options;
    if (force && reason === undefined) {
      throw usageFailure(
        '--force promotes what has not proven itself: say why, for the record. For example: mlc promote --force --reason "hotfix of ticket 4711"',
      );
    }
    const { changeRelease } = await import("../change.ts");
    const { promote: move } = await import("../../../components/lifecycle/index.ts");
    const { refuseEarlyPromotion } = await import("../data-plane-check.ts");
    const { refuseByRules } = await import("../rule-check.ts");
    return changeRelease(terminal, options, {
      move: (release) => move(release, force && reason !== undefined ? { override: reason } : {}),
      async check(change) {
        refuseByRules(change);
        await refuseEarlyPromotion(terminal, change, options);
      },
    });
  },
};
