import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { findStateFolder } from "../../../components/platforms/local/state-folder/folder.ts";
import { renderUnit } from "../../../components/platforms/local/supervisor/unit.ts";
import type { Command } from "../command.ts";
import { exitCodes, Failure } from "../failure.ts";
import { findProject, shortName } from "../project.ts";

/** Prints what systemd needs to start this stack's processes again after a reboot: nothing else does. */
export const unit: Command = async (terminal, { options }) => {
  const project = findProject(options);
  const folder = findStateFolder(project.stateFolder);
  if (folder === undefined) {
    throw new Failure(exitCodes.error, `Nothing was deployed from here yet (${project.stateFolder}): pulumi up`);
  }
  const main = new URL(
    `../../../components/platforms/local/supervisor/main${extname(import.meta.url)}`,
    import.meta.url,
  );
  const text = renderUnit({
    description: `pulumi-model-lifecycle: ${project.stack}`,
    node: process.execPath,
    script: fileURLToPath(main),
    folder: folder.root,
  });
  const name = `mlc-${shortName(project.stack)}.service`;
  terminal.say(text);
  terminal.warn(
    `mlc unit > ~/.config/systemd/user/${name}\nsystemctl --user enable --now ${name}; loginctl enable-linger`,
  );
  return { facts: { stack: project.stack, name, unit: text } };
};
