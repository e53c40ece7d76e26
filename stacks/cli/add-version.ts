import { checkRelease, type Problem, type Release } from "../../components/release/index.ts";
import { writeFileListOf } from "../../components/sources/kept-lists.ts";
import { loadSource } from "../../components/sources/load-source.ts";
import { PIN_FIELD } from "../../components/sources/pinned.ts";
import { resolveReference } from "../../components/sources/resolve-reference.ts";
import { type Found, SourceError } from "../../components/sources/source.ts";
import { readUnpinned, type UnpinnedPart } from "../../components/sources/unpinned.ts";
import { agreed, showDiff } from "./change.ts";
import { renderDiff } from "./configuration-diff.ts";
import { problemsFailure, usageFailure } from "./failure.ts";
import type { AddOptions } from "./options.ts";
import { findProject, type Project } from "./project.ts";
import { isMapping } from "./render-yaml.ts";
import { readStackFile, releaseKey, renderStackFile, writeStackFile } from "./stack-file.ts";
import type { Terminal } from "./terminal.ts";
import type { Outcome } from "./verb.ts";

/** A version's part of the document, without its pin until that is known. */
type Source = Readonly<Record<string, unknown>>;

/** Resolves, fetches, hashes, shows, asks and writes. @throws Failure (2) before anything is fetched where the name is taken or the reference is wrong */
export async function addVersion(terminal: Terminal, name: string, options: AddOptions): Promise<Outcome> {
  const project = await findProject(options);
  const file = readStackFile(project);
  const release = file.release;
  const versions = isMapping(release) && isMapping(release.versions) ? release.versions : {};
  if (name in versions) {
    throw usageFailure(
      `Version ${name} is there already, and a version never becomes another one. Take the next name: there are ${Object.keys(versions).join(", ")}.`,
    );
  }
  const source = await explained(name, resolved(options, project));
  const found = await fetched(terminal, project, name, source);
  const { pinField } = unpinnedOf(name, source);
  const version = { source: { ...source, [pinField]: found.content } };
  const after = {
    ...(isMapping(release) ? release : {}),
    versions: { ...versions, [name]: version },
  } as unknown as Release;
  // What is wrong elsewhere in the document is no reason not to add to it; mlc validate tells it.
  const problems = checkRelease(after).filter(({ path }) => path.startsWith(`${releaseKey}.versions.${name}`));
  if (problems.length > 0) throw problemsFailure(problems);
  const text = renderStackFile(file, after);
  const diff = renderDiff(file.path, file.text, text);
  showDiff(terminal, diff);
  const changed = await agreed(terminal, options, "Write this?");
  if (changed) {
    writeStackFile(file, text);
    if (found.files.length > 0) writeFileListOf(project.root, found.content, found.files);
  }
  terminal.say(changed ? `Written. Next: mlc check ${name}, then mlc start ${name}` : "Nothing was written.");
  const { files } = found;
  return {
    facts: { stack: project.stack, file: file.path, version: name, source: version.source, files, diff, changed },
  };
}

async function resolved({ from, endpoint, include, allowPickle }: AddOptions, { root }: Project): Promise<Source> {
  const part = await resolveReference(from, { env: process.env, root, ...(endpoint !== undefined && { endpoint }) });
  return {
    ...part,
    ...(include !== undefined && include.length > 0 && { include }),
    ...(allowPickle !== undefined && { allowPickle }),
  };
}

async function fetched(terminal: Terminal, { root }: Project, name: string, source: Source): Promise<Found> {
  const { part } = unpinnedOf(name, source);
  let progress = `fetching ${String(source.from ?? source.path ?? "")}`;
  const { pin } = await loadSource(part, {
    root,
    progress: (sentence) => {
      progress = sentence;
    },
  });
  return terminal.during(() => progress, explained(name, pin()));
}

/** @throws Failure (2) with what is wrong with the fields, as for what is written by hand */
function unpinnedOf(name: string, source: Source): UnpinnedPart {
  const unpinned = readUnpinned(source);
  if (unpinned !== undefined) return unpinned;
  const anyPin = { [PIN_FIELD]: "0".repeat(64) };
  const path = `${releaseKey}.versions.${name}.source`;
  const release = { versions: { [name]: { source: { ...source, ...anyPin } } } };
  throw problemsFailure(checkRelease(release).filter((problem) => problem.path.startsWith(path)));
}

async function explained<Value>(name: string, asked: Promise<Value>): Promise<Value> {
  try {
    return await asked;
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    const { seen, allowed, cure, field } = error;
    const path = `${releaseKey}.versions.${name}.source.${field}`;
    throw problemsFailure([{ path, seen, allowed, cure } satisfies Problem]);
  }
}
