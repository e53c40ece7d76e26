import type { Release } from "../../../components/release/index.ts";
import type { Found } from "../../../components/sources/index.ts";
import { problemsFailure, usageFailure } from "../failure.ts";
import { configuredVersions, stackOptions } from "../option-words.ts";
import type { ChangeOptions } from "../options.ts";
import type { Verb } from "../verb.ts";
import type { SourcedVersion } from "../version-files.ts";

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
    const { changesSince, describeChange, findContent, sourcedVersions } = await import("../version-files.ts");
    const { writeFileListOf } = await import("../../../components/sources/kept-lists.ts");
    const project = await findProject(options);
    const file = readStackFile(project);
    const chosen = choose(await sourcedVersions(project.root, file.release), args);
    const looked = await terminal.during(
      "hashing the versions' files",
      Promise.all(chosen.map(async (version) => ({ version, found: await findContent(version) }))),
    );
    const problems = looked.flatMap(({ found }) => ("seen" in found ? [found] : []));
    if (problems.length > 0) throw problemsFailure(problems);
    const read = looked.flatMap(({ version, found }) => ("seen" in found ? [] : [{ version, found }]));
    const pins = read.map(({ version, found }) => ({ name: version.name, before: version.pin, after: found.content }));
    const changes = read.filter(({ version, found }) => version.pin !== found.content);
    const keepLists = (): void => {
      for (const { found } of read)
        if (found.files.length > 0) writeFileListOf(project.root, found.content, found.files);
    };
    const text = renderStackFile(file, withPins(file.release as Release, changes));
    const diff = renderDiff(file.path, file.text, text);
    const facts = { stack: project.stack, file: file.path, pins, diff };
    if (diff === "") {
      keepLists();
      terminal.say(`Nothing to change in ${file.path}: ${pins.length} versions are pinned to what is there.`);
      return { facts: { ...facts, changed: false } };
    }
    showDiff(terminal, diff);
    for (const { version, found } of changes) {
      const isNew = typeof version.pin !== "string" || version.pin === "";
      const how = isNew
        ? "is pinned"
        : `is pinned to other content than before${describeChange(changesSince(project.root, version.pin, found))}`;
      terminal.say(`${terminal.paint("dim", "·")} ${version.name} ${how}`);
    }
    const changed = await agreed(terminal, options, "Write this?");
    if (changed) {
      writeStackFile(file, text);
      keepLists();
    }
    terminal.say(changed ? "Written." : "Nothing was written.");
    return { facts: { ...facts, changed } };
  },
};

function choose(versions: readonly SourcedVersion[], names: readonly string[]): readonly SourcedVersion[] {
  const known = versions.map(({ name }) => name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw usageFailure(`No version with a path: ${unknown.join(", ")}. There are: ${known.join(", ") || "none"}.`);
  }
  // What cannot be read from here is asked for only by its name, which says so.
  return versions.filter(({ name, source }) =>
    names.length === 0 ? source.isElsewhere !== true : names.includes(name),
  );
}

function withPins(
  release: Release,
  pins: readonly { readonly version: SourcedVersion; readonly found: Found }[],
): Release {
  const versions: Record<string, Release["versions"][string]> = { ...release.versions };
  for (const { version, found } of pins) {
    const before = versions[version.name];
    if (before === undefined) continue;
    versions[version.name] = { ...before, source: { ...before.source, [version.pinField]: found.content } };
  }
  return { ...release, versions };
}
