import type { Command } from "../command.ts";
import { exitCodes, Failure } from "../failure.ts";
import { findProject, shortName } from "../project.ts";

/** Prints what systemd needs to start this stack's processes again after a reboot: nothing else does. */
export const unit: Command = async (terminal, { options }) => {
  const project = findProject(options);
  const { dataPlane } = project;
  if (!dataPlane.exists()) {
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
};
