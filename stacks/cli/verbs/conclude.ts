import { exitCodes, Failure } from "../failure.ts";
import { changeOptions } from "../option-words.ts";
import type { ChangeOptions } from "../options.ts";
import type { Verb } from "../verb.ts";

interface ConcludeOptions extends ChangeOptions {
  readonly wait?: boolean;
}

/** Writes what came of the rollout into the configuration. */
export const conclude: Verb<ConcludeOptions> = {
  usage: "conclude",
  summary: "write what came of the rollout into the configuration: its promotion, or its end",
  description:
    "Promotes a candidate whose rollout is complete, and takes one out of the configuration whose rollout was ended; in a pipeline, nobody has to tell which. Without a candidate there is nothing to do. Ends with 4 while the rollout runs.",
  example: "mlc conclude --wait --no-up --yes",
  options: [...changeOptions, { flags: "--wait", description: "wait until the rollout is complete, or ended" }],
  async run(terminal, { options }) {
    const { abort, promote } = await import("../../../components/lifecycle/index.ts");
    const { parseRelease } = await import("../../../components/release/index.ts");
    const { changeRelease } = await import("../change.ts");
    const { refuseEarlyPromotion } = await import("../data-plane-check.ts");
    const { findProject } = await import("../project.ts");
    const { refuseByRules } = await import("../rule-check.ts");
    const { readStackFile } = await import("../stack-file.ts");
    const project = await findProject(options);
    const file = readStackFile(project);
    const { model, rollout } = parseRelease(file.release);
    if (rollout.candidate === undefined) {
      terminal.say("No candidate is on trial: there is nothing to conclude.");
      return { facts: { stack: project.stack, concluded: null, changed: false } };
    }
    if ((await project.dataPlane.endpoints({ model: model.name })).length === 0) {
      throw new Failure(
        exitCodes.waiting,
        `Nothing of ${model.name} serves in ${project.dataPlane.place}, so nobody knows what came of ${rollout.candidate}. Run this where the stack serves, after pulumi up.`,
      );
    }
    const isComplete = await refuseEarlyPromotion(terminal, { project, file }, options).then(
      () => true,
      (error: unknown) => {
        if (error instanceof Failure && error.exitCode === exitCodes.aborted) {
          terminal.say(error.message);
          return false;
        }
        throw error;
      },
    );
    const outcome = await changeRelease(
      terminal,
      options,
      isComplete ? { move: promote, check: refuseByRules } : { move: abort },
    );
    return { ...outcome, facts: { ...outcome.facts, concluded: isComplete ? "promoted" : "ended" } };
  },
};
