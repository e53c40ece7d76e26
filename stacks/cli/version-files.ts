import { readGolden } from "../../components/release/golden-file.ts";
import type { Problem } from "../../components/release/index.ts";
import { isContent } from "../../components/sources/content.ts";
import { differencesOf } from "../../components/sources/file-list.ts";
import { readFileListOf } from "../../components/sources/kept-lists.ts";
import { loadSource } from "../../components/sources/load-source.ts";
import { type Found, type Source, SourceError } from "../../components/sources/source.ts";
import { readUnpinned } from "../../components/sources/unpinned.ts";
import { isMapping } from "./render-yaml.ts";
import { releaseKey } from "./stack-file.ts";

/** A version by where its content comes from, as the document names it; the pin may be missing or wrong. */
export interface SourcedVersion {
  readonly name: string;
  readonly source: Source;
  /** The field of the document in which the pin stands. */
  readonly pinField: string;
  /** What stands there. */
  readonly pin: unknown;
}

/** Read from a document that need not be valid: a version that is not pinned yet makes it invalid. */
export async function sourcedVersions(root: string, release: unknown): Promise<readonly SourcedVersion[]> {
  const versions = isMapping(release) && isMapping(release.versions) ? release.versions : {};
  const found = Object.entries(versions).map(async ([name, version]): Promise<readonly SourcedVersion[]> => {
    const written = isMapping(version) && isMapping(version.source) ? version.source : {};
    const unpinned = readUnpinned(written);
    if (unpinned === undefined) return [];
    const { part, pinField } = unpinned;
    return [{ name, source: await loadSource(part, { root }), pinField, pin: written[pinField] }];
  });
  return (await Promise.all(found)).flat();
}

/** What a version's source holds now, or what keeps it from being pinned. */
export async function findContent({ name, source }: SourcedVersion): Promise<Found | Problem> {
  try {
    return await source.pin();
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    const { seen, allowed, cure, field } = error;
    return { path: `${releaseKey}.versions.${name}.source.${field}`, seen, allowed, cure };
  }
}

/** Local files that are not there, or are not what the release pins. */
export async function checkFiles(root: string, release: unknown): Promise<readonly Problem[]> {
  const sourced = (await sourcedVersions(root, release)).filter(isDeployed(release));
  const versions = await Promise.all(sourced.map((version) => checkVersion(root, version)));
  return [...versions.flat(), ...(await checkGoldenFiles(root, release))];
}

/** Versions whose files nobody can compare with their pins from here, each with where they are. */
export async function unreadVersions(root: string, release: unknown): Promise<readonly string[]> {
  const versions = await sourcedVersions(root, release);
  return versions.flatMap(({ name, source }) => (source.isElsewhere === true ? [`${name} (${source.name})`] : []));
}

async function checkVersion(root: string, version: SourcedVersion): Promise<readonly Problem[]> {
  const { name, source, pinField, pin } = version;
  if (source.isElsewhere === true) return [];
  const found = await findContent(version);
  if ("seen" in found) return [found];
  // A hash that is missing or malformed is a problem of the document already.
  if (found.content === pin || !isContent(pin)) return [];
  return [
    {
      path: `${releaseKey}.versions.${name}.source.${pinField}`,
      seen: `"${pin}"${describeChange(changesSince(root, pin, found))}`,
      allowed: `"${found.content}", the hash of what is in ${source.name}`,
      cure: `Put the files back; or, when the new content is meant, give it a version of its own, or pin it: mlc pin ${name}`,
    },
  ];
}

/** Which files differ from those that were pinned; none when the list of these is not kept. */
export function changesSince(root: string, pin: unknown, { files }: Found): readonly string[] {
  const list = isContent(pin) ? readFileListOf(root, pin) : undefined;
  return list === undefined ? [] : differencesOf(list, files);
}

const MOST_CHANGES = 5;

/** `: model.json was changed; notes.txt was added`. */
export function describeChange(changes: readonly string[]): string {
  if (changes.length === 0) return "";
  const more = changes.length > MOST_CHANGES ? [`${changes.length - MOST_CHANGES} more`] : [];
  return `: ${[...changes.slice(0, MOST_CHANGES), ...more].join("; ")}`;
}

async function checkGoldenFiles(root: string, release: unknown): Promise<readonly Problem[]> {
  const versions = isMapping(release) && isMapping(release.versions) ? Object.entries(release.versions) : [];
  const problems = versions.map(async ([name, version]): Promise<readonly Problem[]> => {
    const checks = isMapping(version) && isMapping(version.checks) ? version.checks : {};
    if (typeof checks.golden !== "string") return [];
    const { faults } = await readGolden(root, checks.golden);
    return faults.map((fault) => ({ path: `${releaseKey}.versions.${name}.checks.golden`, ...fault }));
  });
  return (await Promise.all(problems)).flat();
}

/** The files of a retired version may be gone. */
const isDeployed =
  (release: unknown) =>
  ({ name }: SourcedVersion): boolean => {
    const retirement = isMapping(release) && isMapping(release.retirement) ? release.retirement[name] : undefined;
    return !(isMapping(retirement) && retirement.phase === "retired");
  };
