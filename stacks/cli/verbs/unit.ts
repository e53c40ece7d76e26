import { exitCodes, Failure } from "../failure.ts";
import { stackOptions } from "../option-words.ts";
import type { Verb } from "../verb.ts";

/** Prints what systemd needs to start this stack's processes again after a reboot: nothing else does. */
export const unit: Verb = {
  usage: "unit",
  summary: "print a systemd unit that starts this stack's processes again after a reboot",
  example: "mlc unit > ~/.config/systemd/user/mlc-prod.service",
  options: stackOptions,
  async run(terminal, { options }) {
    const { findProject, shortName } = await import("../project.ts");
    const project = await findProject(options);
    const { dataPlane } = project;
    if (!(await dataPlane.exists())) {
      throw new Failure(exitCodes.error, `Nothing was deployed from here yet (${dataPlane.place}): pulumi up`);
    }
    const text = await dataPlane.unit?.(`pulumi-model-lifecycle: ${project.stack}`);
    if (text === undefined) {
      terminal.say("Nothing has to be done: what serves this stack comes back by itself.");
      return { facts: { stack: project.stack, name: null, unit: null } };
    }
    const name = `mlc-${shortName(project.stack)}.service`;
    terminal.say(text);
    terminal.warn(
      `mlc unit > ~/.config/systemd/user/${name}\nsystemctl --user enable --now ${name}; loginctl enable-linger`,
    );
    return { facts: { stack: project.stack, name, unit: text } };
  },
};
