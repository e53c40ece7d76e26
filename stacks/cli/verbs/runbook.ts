import type { Release } from "../../../components/release/index.ts";
import { problemsFailure } from "../failure.ts";
import { stackOptions } from "../option-words.ts";
import type { StackOptions } from "../options.ts";
import type { Verb } from "../verb.ts";

interface RunbookOptions extends StackOptions {
  readonly out?: string;
}

/** Writes the page for the person on call. */
export const runbook: Verb<RunbookOptions> = {
  usage: "runbook",
  summary: "write the page for the person on call: who answers, what serves, how back, whom it hurts",
  description:
    "Writes a runbook from the stack's configuration alone, as Markdown: the same configuration is the same page, so it can be kept beside it and compared in CI.",
  example: "mlc runbook --stack prod --out RUNBOOK.md",
  options: [...stackOptions, { flags: "--out <file>", description: "write the page there instead of to the terminal" }],
  async run(terminal, { options }) {
    const { basename } = await import("node:path");
    const { examineRelease } = await import("../../../components/release/release.ts");
    const { replaceFile } = await import("../file-writer.ts");
    const { findProject } = await import("../project.ts");
    const { renderRunbook } = await import("../runbook/render-runbook.ts");
    const { readStackFile } = await import("../stack-file.ts");
    const { sourcedVersions } = await import("../version-files.ts");
    const project = await findProject(options);
    const file = readStackFile(project);
    const examined = examineRelease(file.release);
    if (examined.problems !== undefined) throw problemsFailure(examined.problems);
    const { release } = examined;
    const sourced = await sourcedVersions(project.root, file.release);
    // It was gone through just now.
    const { guards = [] } = (file.release as Release).rollout;
    const page = renderRunbook({
      ...{ stack: project.stack, file: basename(file.path), release, guards },
      sources: Object.fromEntries(sourced.map(({ name, source }) => [name, source.name])),
    });
    if (options.out === undefined) terminal.say(page.trimEnd());
    else replaceFile(terminal, options.out, page);
    return { facts: { stack: project.stack, file: file.path, out: options.out ?? null, page } };
  },
};
