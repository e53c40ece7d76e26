import { exitCodes, problemsFailure } from "../failure.ts";
import { changeOptions } from "../option-words.ts";
import type { ChangeOptions } from "../options.ts";
import type { Verb } from "../verb.ts";

interface ReviewOptions extends ChangeOptions {
  readonly base?: string;
  readonly out?: string;
}

/** Says what a branch changes of a stack, for those who review it. */
export const review: Verb<ReviewOptions> = {
  usage: "review",
  summary: "what this branch changes of a stack, as a page for its pull request; nothing is deployed",
  description:
    "Compares the stack's release with that of another branch, lets the engine plan it, asks the rules, tries out the version that goes on trial, and writes it all as one page of Markdown. Ends with 1 when something speaks against it.",
  example: "mlc review --base origin/main --out review.md",
  options: [
    ...changeOptions.filter(({ flags }) => !flags.startsWith("--yes") && !flags.startsWith("--no-up")),
    { flags: "--base <branch>", description: "what it is compared with [origin/main]" },
    { flags: "--out <file>", description: "write the page there instead of to the terminal" },
  ],
  async run(terminal, { options }) {
    const { examineRelease } = await import("../../../components/release/release.ts");
    const { policyPacksOf } = await import("../change.ts");
    const { checkVersion } = await import("../check/check-version.ts");
    const { renderDiff } = await import("../configuration-diff.ts");
    const { replaceFile } = await import("../file-writer.ts");
    const { findProject } = await import("../project.ts");
    const { readBase } = await import("../review/base.ts");
    const { describeChange } = await import("../review/describe-change.ts");
    const { objectionsTo, renderReview } = await import("../review/render-review.ts");
    const { ruleFindings } = await import("../rule-check.ts");
    const { findTheEngine, runEngine } = await import("../run-engine.ts");
    const { readStackFile } = await import("../stack-file.ts");
    const { checkFiles } = await import("../version-files.ts");
    const project = await findProject(options);
    const { root, stack, stackFile, dataPlane } = project;
    const file = readStackFile(project);
    const examined = examineRelease(file.release);
    const problems = [...(examined.problems ?? []), ...(await checkFiles(root, file.release))];
    if (examined.problems !== undefined || problems.length > 0) throw problemsFailure(problems);
    const { release } = examined;
    const base = readBase(stackFile, options.base ?? "origin/main");
    const { candidate } = release.rollout;
    const { rehearse } = dataPlane;
    const checked =
      candidate === undefined || rehearse === undefined
        ? undefined
        : await terminal.during(
            `starting ${candidate} and asking it`,
            checkVersion({ root, release, version: candidate, rehearse }),
          );
    const engine = await findTheEngine(terminal);
    const packs = policyPacksOf(options).flatMap((pack) => ["--policy-pack", pack]);
    const preview = await runEngine(terminal, project, engine, ["preview", "--stack", stack, ...packs]);
    const seen = {
      ...{ model: release.model.name, stack, consumers: release.consumers, preview },
      changes: describeChange(base.release, release),
      diff: renderDiff(stackFile, base.text, file.text),
      findings: ruleFindings(release),
      ...(checked !== undefined && { checked }),
    };
    const page = renderReview(seen);
    if (options.out === undefined) terminal.say(page);
    else replaceFile(terminal, options.out, page);
    const objections = objectionsTo(seen);
    return {
      exitCode: objections.length === 0 ? exitCodes.done : exitCodes.error,
      facts: {
        ...{ stack, base: base.commit, changes: seen.changes, diff: seen.diff, findings: seen.findings, objections },
        ...{ steps: preview.steps, errors: preview.errors, out: options.out ?? null, page },
      },
    };
  },
};
