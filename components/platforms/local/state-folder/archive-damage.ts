import { existsSync } from "node:fs";
import { errorCode, HostError } from "../../../host/host-error.ts";
import { type HashedFile, hashOfFiles, listDirectory, UnhashableError } from "../../../sources/directory-hash.ts";
import { differencesOf } from "../../../sources/file-list.ts";
import {
  type ArchiveManifest,
  type ArchiveName,
  archivePlace,
  explainForbidden,
  filesIn,
  isAsNoted,
  type ManifestNote,
  readManifest,
  readNote,
} from "./archive-manifest.ts";
import type { StateFolder } from "./folder.ts";

/** What was noted of the manifest is read in the folder, beside the archives, where it is not given. */
export interface ExpectedArchive extends ArchiveName, Partial<ManifestNote> {
  /** The content that it must hold. @default any */
  readonly content?: string;
}

/** True when the archive is there and complete and nothing in it was changed. @throws HostError when this user may not look. */
export async function verifyArchive(folder: StateFolder, expected: ExpectedArchive): Promise<boolean> {
  return (await findArchiveDamage(folder, expected)).length === 0;
}

/**
 * What is wrong with an archive, every file of which is read now; a sentence each, and none when nothing is.
 * @throws HostError when this user may not look.
 */
export async function findArchiveDamage(folder: StateFolder, expected: ExpectedArchive): Promise<readonly string[]> {
  const place = archivePlace(folder, expected);
  let manifest: ArchiveManifest | undefined;
  try {
    manifest = readManifest(place);
  } catch (error) {
    if (error instanceof HostError && error.cause === undefined) return [error.problem.seen];
    throw error;
  }
  if (manifest === undefined) return [existsSync(place) ? "manifest.json is missing" : "there is no such archive"];
  const { model, version, content = manifest.content, manifestSha256, retentionDays = 0 } = expected;
  const note = manifestSha256 === undefined ? readNote(folder, expected) : { manifestSha256, retentionDays };
  const isOther = manifest.model !== model || manifest.version !== version;
  const isRewritten = note !== undefined && !isAsNoted(place, manifest, note);
  return [
    ...(isOther ? [`manifest.json is that of ${manifest.model} ${manifest.version}`] : []),
    ...(isRewritten ? ["manifest.json was changed"] : []),
    ...(content === manifest.content ? [] : [`it holds content ${manifest.content}, not ${content}`]),
    ...(hashOfFiles(manifest.files) === manifest.content
      ? []
      : ["manifest.json: the files do not give the content hash"]),
    ...(await compareFiles(place, manifest.files)),
  ];
}

/** @throws HostError unless the version's archive is there and whole: nothing of the version may go before. */
export async function requireArchive(folder: StateFolder, expected: ExpectedArchive): Promise<void> {
  const damage = await findArchiveDamage(folder, expected);
  if (damage.length === 0) return;
  const { model, version } = expected;
  throw new HostError({
    path: archivePlace(folder, expected),
    seen: damage.join("; "),
    allowed: `a verified archive of ${version}, which is the record of it once it is retired`,
    cure: `Keep retirement.${version}.phase at "archived", see that the program has \`new ModelRetirement("${model}-retirement", { release, endpoint, store: localArchive() })\`, run \`pulumi up\`, and retire ${version} then.`,
  });
}

/** What differs between the files of an archive and its manifest. */
export async function compareFiles(place: string, files: readonly HashedFile[]): Promise<readonly string[]> {
  const found = await list(place);
  if (typeof found === "string") return [found];
  return differencesOf(files, found).map((difference) => `artifact/${difference}`);
}

/** The files, or what stands in their place. */
async function list(place: string): Promise<readonly HashedFile[] | string> {
  try {
    return await listDirectory(filesIn(place));
  } catch (error) {
    if (error instanceof UnhashableError) return error.message;
    if (errorCode(error) === "ENOENT") return "artifact is missing";
    throw explainForbidden(place, error);
  }
}
