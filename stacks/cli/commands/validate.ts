import { checkRelease } from "../../../components/release/index.ts";
import type { Command } from "../command.ts";
import { problemsFailure } from "../failure.ts";
import { findProject } from "../project.ts";
import { readStackFile } from "../stack-file.ts";
import { checkFiles } from "../version-files.ts";

export const validate: Command = async (terminal, { options }) => {
  const project = findProject(options);
  const { path, release } = readStackFile(project);
  const files = terminal.during("hashing the versions' files", checkFiles(project.root, release));
  const problems = [...checkRelease(release), ...(await files)];
  if (problems.length > 0) throw problemsFailure(problems);
  terminal.say(`${terminal.paint("green", "✓")} ${path}: the release is valid and the files match their pins`);
  return { facts: { stack: project.stack, file: path, problems } };
};
