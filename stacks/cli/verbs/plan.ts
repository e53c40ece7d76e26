import { exitCodes, Failure } from "../failure.ts";
import { changeOptions } from "../option-words.ts";
import type { ChangeOptions } from "../options.ts";
import type { Verb } from "../verb.ts";

interface PlanOptions extends ChangeOptions {
  readonly rps?: string;
  readonly baseline?: string;
  readonly burst?: string;
  readonly bake?: string;
  readonly guard?: string;
  readonly write?: boolean;
}

/** Says what a rollout can see and how long it takes, before it begins; writes the steps that it would climb. */
export const plan: Verb<PlanOptions> = {
  usage: "plan",
  summary: "what a rollout would see on which step, and how long it would take; `--write` writes its steps",
  description:
    "Plans a rollout of this stack from its traffic: which shares, how long on each, what each can find, and how long a good version takes; or why it cannot be, and what would help. Ends with 1 when it is not feasible. With --write it writes steps and bake.",
  example: "mlc plan --rps 100 --baseline 1% --write",
  options: [
    ...changeOptions,
    { flags: "--rps <number>", description: "requests a second, of both versions [counted at what serves]" },
    { flags: "--baseline <share>", description: "the stable version's rate, such as 0.5% [what it has shown]" },
    { flags: "--burst <requests>", description: "failed requests that a broken candidate may cost [20]" },
    { flags: "--bake <duration>", description: 'the least time on a step ["1 minute"]' },
    {
      flags: "--guard <metric>",
      description: "the guard that is planned for [the first on a share]",
      values: async (options) => (await import("../known-values.ts")).guardMetrics(options),
    },
    { flags: "--write", description: "write steps and bake into the stack's configuration" },
  ],
  async run(terminal, { options }) {
    const { planOf } = await import("../plan/plan-stack.ts");
    const { renderPlan } = await import("../plan/render-plan.ts");
    const { view, facts, document } = await planOf(terminal, options);
    terminal.say(renderPlan(view, terminal.paint));
    if (!view.plan.feasible) {
      if (options.write) throw new Failure(exitCodes.error, "Not feasible: nothing was written.", { facts });
      return { exitCode: exitCodes.error, facts };
    }
    if (!options.write) {
      terminal.say(`  steps: ${JSON.stringify(document.steps)}, bake: "${document.bake}"; write them: --write`);
      return { facts };
    }
    const { changeRelease } = await import("../change.ts");
    const { refuseByRules } = await import("../rule-check.ts");
    const { setSteps } = await import("../../../components/lifecycle/index.ts");
    const outcome = await changeRelease(terminal, options, {
      move: (release) => setSteps(release, document),
      check: refuseByRules,
    });
    return { ...outcome, facts: { ...facts, ...outcome.facts } };
  },
};
