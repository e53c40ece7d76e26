import { exitCodes, problemsFailure, usageFailure } from "../failure.ts";
import { configuredVersions, stackOptions } from "../option-words.ts";
import type { Verb } from "../verb.ts";

/** Starts a version on this machine, away from what serves, and asks it what it will be asked. */
export const check: Verb = {
  usage: "check [version]",
  summary:
    "start a version on this machine, ask it its golden requests, and compare it with stable; nothing is deployed",
  description:
    "Compares the version's files with their pin, starts it as `up` would start it, asks it its golden requests in every form that clients use, and says what breaks for callers of the stable version. Without a name it is the candidate, or else the stable version. Ends with 1 when something does not hold.",
  example: "mlc check v2",
  options: stackOptions,
  arguments: configuredVersions,
  async run(terminal, { args: [named], options }) {
    const { examineRelease } = await import("../../../components/release/release.ts");
    const { findProject } = await import("../project.ts");
    const { readStackFile } = await import("../stack-file.ts");
    const { checkFiles } = await import("../version-files.ts");
    const { checkVersion, failuresIn } = await import("../check/check-version.ts");
    const { renderCheck } = await import("../check/render-check.ts");
    const project = await findProject(options);
    const document = readStackFile(project).release;
    const examined = examineRelease(document);
    if (examined.problems !== undefined) throw problemsFailure(examined.problems);
    const { release } = examined;
    const { candidate, stable } = release.rollout;
    const version = named ?? candidate ?? stable;
    const deployed = Object.entries(release.versions).flatMap(([name, each]) => (each.deployed ? [name] : []));
    if (!deployed.includes(version)) {
      throw usageFailure(`No version ${version} that is deployed. There are: ${deployed.join(", ")}.`);
    }
    const { rehearse } = project.dataPlane;
    if (rehearse === undefined) {
      throw usageFailure(
        `Platform ${release.platform.kind} starts no version from here: ask its golden requests where its image is built.`,
      );
    }
    const { root } = project;
    const problems = await terminal.during("hashing the versions' files", checkFiles(root, document));
    if (problems.length > 0) throw problemsFailure(problems);
    const checked = await terminal.during(
      `starting ${version} and asking it`,
      checkVersion({ root, release, version, rehearse }),
    );
    const { paint } = terminal;
    terminal.say(renderCheck(checked, release.consumers, paint));
    const failures = failuresIn(checked);
    const { labels: _, ...rehearsal } = checked.rehearsal;
    return {
      exitCode: failures.length === 0 ? exitCodes.done : exitCodes.error,
      facts: { stack: project.stack, ...checked, rehearsal, failures },
    };
  },
};
