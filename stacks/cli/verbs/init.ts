import { usageFailure } from "../failure.ts";
import type { StarterChoice } from "../first-project.ts";
import type { Verb } from "../verb.ts";
import type { WorkflowChoice } from "../workflows/write-workflows.ts";

/** Writes a first project, or the workflows of one. */
export const init: Verb<StarterChoice & WorkflowChoice> = {
  usage: "init [ci] [system]",
  summary: "write a first project: Pulumi.yaml, index.ts and a stack with a commented release; or its workflows",
  description:
    "Writes a first project: with --platform local one that runs as it is, with --platform kubernetes one for a cluster. `mlc init ci github`, or `gitlab`, writes the workflows of a stack that is there: a pull request is checked, planned and commented; what is merged is deployed and watched, and what comes of the rollout is proposed; a look each night; a rollback by a button. What exists is never overwritten.",
  example: "mlc init --stack dev --model sentiment",
  options: [
    { flags: "--cwd <dir>", description: "the folder to write into, or the project's folder" },
    {
      flags: "--stack <name>",
      description: "the first stack [dev]; with ci the stack [the only one configured]",
      values: async (options) => (await import("../known-values.ts")).stacks(options),
    },
    { flags: "--name <project>", description: "the project's name [the folder's]" },
    { flags: "--model <name>", description: "the model's name [approval]" },
    {
      flags: "--platform <kind>",
      description: "where it is served: local or kubernetes [local]",
      values: async () => (await import("../starters/index.ts")).starterPlatforms,
    },
    {
      flags: "--archive <repository>",
      description: "with --platform kubernetes: the repository that keeps images of retired versions [none]",
    },
    { flags: "--branch <name>", description: "with ci: the branch whose configuration is what serves [main]" },
    {
      flags: "--runner <labels>",
      description:
        "with ci: who runs the jobs [the runner model-lifecycle on a machine of one's own, else a small one of the system's]",
    },
    {
      flags: "--login <cloud>",
      description: "with ci: the cloud that gives jobs a short-lived credential: aws or gcp [none]",
      values: async () => (await import("../workflows/settings.ts")).logins,
    },
    {
      flags: "--image <name>",
      description: "with ci gitlab: the image that jobs run in, with its digest [the runner's own machine]",
    },
  ],
  arguments: async () => ["ci", ...(await import("../workflows/write-workflows.ts")).systems],
  async run(terminal, { args: [what, system = "github"], options }) {
    if (what === "ci")
      return (await import("../workflows/write-workflows.ts")).writeWorkflows(terminal, system, options);
    if (what !== undefined) throw usageFailure(`init: seen "${what}", allowed is nothing, or: ci github, ci gitlab.`);
    return (await import("../first-project.ts")).writeFirstProject(terminal, options);
  },
};
