import { problemsFailure } from "../failure.ts";
import { stackOptions } from "../option-words.ts";
import type { Verb } from "../verb.ts";

/** Lists every problem of a stack's release and of its local files. */
export const validate: Verb = {
  usage: "validate",
  summary: "list every problem of a stack's release, and compare local files with their pins",
  example: "mlc validate --stack prod --json",
  options: stackOptions,
  async run(terminal, { options }) {
    const { checkRelease } = await import("../../../components/release/index.ts");
    const { findProject } = await import("../project.ts");
    const { readStackFile } = await import("../stack-file.ts");
    const { checkFiles, unreadVersions } = await import("../version-files.ts");
    const project = await findProject(options);
    const { path, release } = readStackFile(project);
    const files = terminal.during("hashing the versions' files", checkFiles(project.root, release));
    const problems = [...checkRelease(release), ...(await files)];
    if (problems.length > 0) throw problemsFailure(problems);
    terminal.say(`${terminal.paint("green", "✓")} ${path}: the release is valid and the files match their pins`);
    const unread = await unreadVersions(project.root, release);
    terminal.say(`  not looked at: whether a version starts, and what it answers (mlc check)`);
    if (unread.length > 0) terminal.say(`  not looked at: files that only the cluster can read: ${unread.join(", ")}`);
    return { facts: { stack: project.stack, file: path, problems, unread } };
  },
};
