import type { Release } from "../../../components/release/index.ts";
import { problemsFailure, usageFailure } from "../failure.ts";
import { configuredVersions, stackOptions } from "../option-words.ts";
import type { ChangeOptions } from "../options.ts";
import type { Verb } from "../verb.ts";
import type { PathVersion } from "../version-files.ts";

/** Writes the hashes of directories into the configuration; nothing is deployed. */
export const pin: Verb<ChangeOptions> = {
  usage: "pin [versions...]",
  summary: "write the hash of each version's files into the configuration",
  example: "mlc pin v2",
  options: [...stackOptions, { flags: "--yes", description: "write without asking" }],
  arguments: configuredVersions,
  async run(terminal, { args, options }) {
    const { agreed, showDiff } = await import("../change.ts");
    const { renderDiff } = await import("../configuration-diff.ts");
    const { findProject } = await import("../project.ts");
    const { readStackFile, renderStackFile, writeStackFile } = await import("../stack-file.ts");
    const { hashVersion, pathVersions } = await import("../version-files.ts");
    const project = await findProject(options);
    const file = readStackFile(project);
    const chosen = choose(pathVersions(file.release), args);
    const hashed = await terminal.during(
      "hashing the versions' files",
      Promise.all(chosen.map(async (version) => ({ ...version, found: await hashVersion(project.root, version) }))),
    );
    const problems = hashed.flatMap(({ found }) => (typeof found === "string" ? [] : [found]));
    if (problems.length > 0) throw problemsFailure(problems);
    const pins = hashed.flatMap(({ name, found, sha256 }) =>
      typeof found === "string" ? [{ name, before: sha256, after: found }] : [],
    );
    const changes = pins.filter(({ before, after }) => before !== after);
    const text = renderStackFile(file, withPins(file.release as Release, changes));
    const diff = renderDiff(file.path, file.text, text);
    const facts = { stack: project.stack, file: file.path, pins, diff };
    if (diff === "") {
      terminal.say(`Nothing to change in ${file.path}: ${pins.length} versions are pinned to what is there.`);
      return { facts: { ...facts, changed: false } };
    }
    showDiff(terminal, diff);
    for (const { name, before } of changes) {
      terminal.say(
        `${terminal.paint("dim", "·")} ${name} ${typeof before === "string" && before ? "is pinned to other content than before" : "is pinned"}`,
      );
    }
    const changed = await agreed(terminal, options, "Write this?");
    if (changed) writeStackFile(file, text);
    terminal.say(changed ? "Written." : "Nothing was written.");
    return { facts: { ...facts, changed } };
  },
};

function choose(versions: readonly PathVersion[], names: readonly string[]): readonly PathVersion[] {
  const known = versions.map(({ name }) => name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw usageFailure(`No version with a path: ${unknown.join(", ")}. There are: ${known.join(", ") || "none"}.`);
  }
  return names.length === 0 ? versions : versions.filter(({ name }) => names.includes(name));
}

function withPins(release: Release, pins: readonly { readonly name: string; readonly after: string }[]): Release {
  const versions = Object.entries(release.versions).map(([name, version]) => {
    const pin = pins.find((each) => each.name === name);
    return [name, pin ? { ...version, source: { ...version.source, sha256: pin.after } } : version] as const;
  });
  return { ...release, versions: Object.fromEntries(versions) };
}
