import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { isTemporary, replaceDirectory, temporaryBeside } from "../../../host/atomic-file.ts";
import { copyFiles } from "../../../host/copy-files.ts";
import { errorCode, HostError } from "../../../host/host-error.ts";
import { whoAsks } from "../../../host/who-asks.ts";
import { describeContent } from "../../../sources/content.ts";
import { listDirectory, pathsIn } from "../../../sources/directory-hash.ts";
import type { Source } from "../../../sources/source.ts";
import { compareFiles, findArchiveDamage } from "./archive-damage.ts";
import {
  type ArchiveManifest,
  type ArchiveName,
  archivePlace,
  explainForbidden,
  filesIn,
  hashOfManifest,
  isAsNoted,
  lostManifest,
  readManifest,
  readNote,
  retentionEnd,
  writeManifest,
} from "./archive-manifest.ts";
import { verifyArtifact } from "./artifacts.ts";
import type { StateFolder } from "./folder.ts";
import { artifactPath } from "./paths.ts";

/** What is to be archived, why, and for how long. */
export interface ArchiveRequest extends ArchiveName {
  /** The content of the version. */
  readonly content: string;
  /** Where the version's files come from: read when the folder has no artifact of this content any more. @default - nowhere */
  readonly source?: Source;
  /** Days from its making in which the archive cannot be removed. @default 0 */
  readonly retentionDays?: number;
  readonly reason: string;
  /** What is known of the version's life: any plain data. */
  readonly metrics?: unknown;
  /** Who archives. @default the user and the machine */
  readonly by?: string;
}

/** An archive that was read back and is whole. */
export interface Archived {
  readonly uri: string;
  /** Sha256 of the manifest itself. */
  readonly manifestSha256: string;
  readonly manifest: ArchiveManifest;
}

/**
 * Copies a version's files into the archive, reads everything back and compares. The same content again keeps the
 * record, puts right the files that were changed since, and makes the retention longer if it is longer.
 * @throws HostError when there are no files of this content, when another content is archived by this name, when
 * the manifest was lost or changed, or when this user may not look.
 */
export async function archiveVersion(
  folder: StateFolder,
  request: ArchiveRequest,
  now: Date = new Date(),
): Promise<Archived> {
  const place = archivePlace(folder, request);
  try {
    const known = readManifest(place);
    if (known === undefined) await createArchive(folder, place, request, now);
    else await keepArchive(folder, place, known, request);
    return await readBack(folder, place, request);
  } catch (error) {
    throw explainForbidden(place, error);
  }
}

/** What an archive of this name holds; undefined when there is none. @throws HostError as `archiveVersion`. */
export const archivedContent = (folder: StateFolder, name: ArchiveName): string | undefined =>
  readManifest(archivePlace(folder, name))?.content;

/**
 * Until when an archive cannot be removed; undefined when it can, or is not there.
 * @throws HostError when the manifest that tells it was lost, or this user may not look.
 */
export function retainedUntil(folder: StateFolder, name: ArchiveName, now: Date = new Date()): string | undefined {
  const place = archivePlace(folder, name);
  const manifest = readManifest(place);
  if (manifest === undefined && existsSync(place)) throw lostManifest(place, "an archive without manifest.json");
  return manifest !== undefined && now < new Date(manifest.retentionUntil) ? manifest.retentionUntil : undefined;
}

/**
 * Removes an archive whose retention is over. Removing what is not there changes nothing.
 * @throws HostError before that, and as `retainedUntil`.
 */
export function removeArchive(folder: StateFolder, name: ArchiveName, now: Date = new Date()): void {
  const place = archivePlace(folder, name);
  const until = retainedUntil(folder, name, now);
  if (until !== undefined)
    throw new HostError({
      path: place,
      seen: `a removal before the end of its retention, ${until}`,
      allowed: "a removal after it",
      cure: `Wait until then; or run the same command with ${LEAVE_ARCHIVES}=1 in the environment: the archive stays where it is and leaves the stack.`,
    });
  if (!existsSync(place)) return;
  try {
    // As a whole: half an archive would be one whose manifest was lost.
    const aside = temporaryBeside(place);
    renameSync(place, aside);
    rmSync(aside, { recursive: true });
  } catch (error) {
    throw explainForbidden(place, error);
  }
}

/** In the environment of the engine: archives whose retention runs leave the stack and stay on the disk. */
export const LEAVE_ARCHIVES = "MLC_LEAVE_ARCHIVES";

async function createArchive(folder: StateFolder, place: string, request: ArchiveRequest, now: Date): Promise<void> {
  if (existsSync(place)) throw lostManifest(place, "an archive without manifest.json");
  const { model, version, content, retentionDays = 0, reason, by = whoAsks(), metrics } = request;
  const putFiles = await findFiles(folder, request);
  await replaceDirectory(place, async (copy) => {
    mkdirSync(filesIn(copy));
    await putFiles(filesIn(copy));
    const files = await listDirectory(filesIn(copy));
    const archivedAt = now.toISOString();
    const record = { by, reason, archivedAt, retentionUntil: retentionEnd(archivedAt, retentionDays) };
    writeManifest(copy, {
      ...{ format: 1, model, version, content, files, ...record },
      ...(metrics === undefined ? {} : { metrics }),
    });
  });
}

/** The record stays what it is: of its manifest only the retention may change, and only its files are put right. */
async function keepArchive(
  folder: StateFolder,
  place: string,
  known: ArchiveManifest,
  request: ArchiveRequest,
): Promise<void> {
  if (known.content !== request.content) throw otherContent(place, known, request);
  const note = readNote(folder, request);
  if (note !== undefined && !isAsNoted(place, known, note)) throw lostManifest(place, "manifest.json was changed");
  // Left by a run that was killed here.
  for (const name of readdirSync(place).filter(isTemporary)) rmSync(join(place, name), { recursive: true });
  if ((await compareFiles(place, known.files)).length > 0) {
    await replaceDirectory(filesIn(place), await findFiles(folder, request));
  }
  const retentionUntil = retentionEnd(known.archivedAt, request.retentionDays ?? 0);
  if (retentionUntil > known.retentionUntil) writeManifest(place, { ...known, retentionUntil });
}

async function readBack(
  folder: StateFolder,
  place: string,
  { model, version, content }: ArchiveRequest,
): Promise<Archived> {
  // What was noted is compared before anything is written: it knows a longer retention only after this.
  const manifestSha256 = hashOfManifest(place);
  const damage = await findArchiveDamage(folder, { model, version, content, manifestSha256 });
  const manifest = readManifest(place);
  if (damage.length > 0 || manifest === undefined)
    throw new HostError({
      path: place,
      seen: damage.join("; "),
      allowed: "exactly what was archived",
      cure: "Look at the disk: what was written cannot be read back. Then run `pulumi up` again.",
    });
  return { uri: pathToFileURL(place).href, manifestSha256, manifest };
}

/** What puts exactly the content into a directory: from the artifact that is or was served, or from where it came. */
async function findFiles(folder: StateFolder, request: ArchiveRequest): Promise<(directory: string) => Promise<void>> {
  const { model, version, content, source } = request;
  const artifact = folder.path(artifactPath(content));
  if (await verifyArtifact(folder, content)) {
    return async (directory) => copyFiles(artifact, await pathsIn(artifact), directory);
  }
  if (source !== undefined && (await holds(source, content))) return (directory) => source.open(content, directory);
  throw new HostError({
    path: archivePlace(folder, request),
    seen: `nothing to archive ${model} ${version} from: no artifact here${source === undefined ? "" : `, and not ${source.place},`} has its content, ${describeContent(content)}`,
    allowed: "the files that were served",
    cure: `Bring them back where versions.${version}.source.path leads to, or this folder from a backup, and run \`pulumi up\`; or give the record up: take ${version} out of retirement and versions.`,
  });
}

async function holds(source: Source, content: string): Promise<boolean> {
  try {
    return (await source.verify(content)).length === 0;
  } catch (error) {
    if (errorCode(error) === "EACCES") throw explainForbidden(source.place, error);
    return false;
  }
}

const otherContent = (place: string, known: ArchiveManifest, { content }: ArchiveRequest): HostError =>
  new HostError({
    path: place,
    seen: `an archive of content ${known.content}, made ${known.archivedAt}`,
    allowed: `content ${content} under a name of its own`,
    cure: "An archive is never overwritten: give the new content another version name.",
  });
