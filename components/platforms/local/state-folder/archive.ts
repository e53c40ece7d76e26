import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { z } from "zod";
import { type HashedFile, hashOfFiles, listDirectory } from "../../../spec/directory-hash.ts";
import { verifyArtifact } from "./artifacts.ts";
import { readJson, replaceDirectory, writeJsonAtomic } from "./atomic-file.ts";
import { copyFiles } from "./copy-files.ts";
import type { StateFolder } from "./folder.ts";
import { archivePath, artifactPath } from "./paths.ts";
import { StateFolderError } from "./state-folder-error.ts";

export interface ArchiveRequest {
  readonly model: string;
  readonly version: string;
  /** Content hash of the version's artifact, which must be in the folder. */
  readonly sha256: string;
  /** Days from its making in which the archive cannot be removed. @default 0 */
  readonly retentionDays?: number;
  readonly reason: string;
  /** What is known of the version's life: any plain data. */
  readonly metrics?: unknown;
  /** Who archives. @default the user and the machine */
  readonly by?: string;
}

/** What stands in an archive, and why: `archive/<model>/<version>/manifest.json`, beside the files in `artifact/`. */
export interface ArchiveManifest {
  readonly format: 1;
  readonly model: string;
  readonly version: string;
  /** Content hash of `artifact/`. */
  readonly sha256: string;
  readonly files: readonly HashedFile[];
  readonly by: string;
  readonly reason: string;
  /** RFC 3339 in UTC. */
  readonly archivedAt: string;
  /** RFC 3339 in UTC: until then it cannot be removed. */
  readonly retentionUntil: string;
  readonly metrics?: unknown;
}

export interface Archived {
  readonly uri: string;
  /** Sha256 of the manifest itself: kept elsewhere, it shows that neither the files nor what is said of them changed. */
  readonly manifestSha256: string;
  readonly manifest: ArchiveManifest;
}

export interface ArchiveName {
  readonly model: string;
  readonly version: string;
  /** What `archiveVersion` gave; absent, a manifest rewritten together with its files is not noticed. */
  readonly manifestSha256?: string;
}

/**
 * Copies a version's artifact into the archive, reads everything back and compares. The same content again keeps the
 * copy, and makes the retention longer if it is longer.
 * @throws StateFolderError when the artifact is missing or changed, or when another content is archived by this name.
 */
export async function archiveVersion(
  folder: StateFolder,
  request: ArchiveRequest,
  now: Date = new Date(),
): Promise<Archived> {
  const place = folder.path(archivePath(request.model, request.version));
  const known = readManifest(place);
  if (known === undefined) await createArchive(folder, place, request, now);
  else extendArchive(place, known, request);
  const damage = await findArchiveDamage(folder, request);
  const manifest = readManifest(place);
  if (damage.length > 0 || manifest === undefined)
    throw new StateFolderError({
      path: place,
      seen: damage.join("; "),
      allowed: "exactly what was archived",
      cure: "Look at the disk: what was written cannot be read back. Then remove this folder and run `pulumi up`.",
    });
  return { uri: pathToFileURL(place).href, manifestSha256: hashFile(manifestFile(place)), manifest };
}

/** True when the archive is there and complete and nothing in it was changed. */
export async function verifyArchive(folder: StateFolder, archive: ArchiveName): Promise<boolean> {
  return (await findArchiveDamage(folder, archive)).length === 0;
}

/** What is wrong with an archive, a sentence each; empty when nothing is. */
export async function findArchiveDamage(folder: StateFolder, archive: ArchiveName): Promise<readonly string[]> {
  const place = folder.path(archivePath(archive.model, archive.version));
  let manifest: ArchiveManifest | undefined;
  try {
    manifest = readManifest(place);
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
  if (manifest === undefined) return ["there is no such archive"];
  const { manifestSha256 } = archive;
  const rewritten = manifestSha256 !== undefined && hashFile(manifestFile(place)) !== manifestSha256;
  const total = hashOfFiles(manifest.files) !== manifest.sha256;
  return [
    ...(rewritten ? ["manifest.json was changed"] : []),
    ...(total ? ["manifest.json: the files do not give the content hash"] : []),
    ...(await compareFiles(join(place, "artifact"), manifest.files)),
  ];
}

/**
 * Removes an archive whose retention is over. Removing what is not there changes nothing.
 * @throws StateFolderError before that.
 */
export async function removeArchive(folder: StateFolder, archive: ArchiveName, now: Date = new Date()): Promise<void> {
  const place = folder.path(archivePath(archive.model, archive.version));
  const manifest = readManifest(place);
  if (manifest !== undefined && now < new Date(manifest.retentionUntil))
    throw new StateFolderError({
      path: place,
      seen: `a removal before the end of its retention, ${manifest.retentionUntil}`,
      allowed: "a removal after it",
      cure: `Keep the archive until then; to take the rest of the stack down now, leave the archive behind with \`pulumi state delete <its URN>\`.`,
    });
  rmSync(place, { recursive: true, force: true });
}

async function createArchive(folder: StateFolder, place: string, request: ArchiveRequest, now: Date): Promise<void> {
  const artifact = artifactPath(request.sha256);
  const source = folder.path(artifact);
  if (!(await verifyArtifact(folder, request.sha256)))
    throw new StateFolderError({
      path: source,
      seen: existsSync(source) ? "an artifact whose files were changed" : "no artifact",
      allowed: `the content of ${request.model} ${request.version}`,
      cure: "Run `pulumi refresh`, then `pulumi up`: the artifact is stored again from its source, and archived then.",
    });
  const files = await listDirectory(source);
  await replaceDirectory(place, (copy) => {
    mkdirSync(copy, { recursive: true });
    copyFiles(source, files, join(copy, "artifact"));
    writeManifest(copy, {
      format: 1,
      model: request.model,
      version: request.version,
      sha256: request.sha256,
      files,
      by: request.by ?? `${userInfo().username}@${hostname()}`,
      reason: request.reason,
      archivedAt: now.toISOString(),
      retentionUntil: retentionEnd(request, now),
      ...(request.metrics === undefined ? {} : { metrics: request.metrics }),
    });
  });
}

function extendArchive(place: string, known: ArchiveManifest, request: ArchiveRequest): void {
  if (known.sha256 !== request.sha256)
    throw new StateFolderError({
      path: place,
      seen: `an archive of content ${known.sha256}, made ${known.archivedAt}`,
      allowed: `content ${request.sha256} under a name of its own`,
      cure: "An archive is never overwritten: give the new content another version name.",
    });
  const retentionUntil = retentionEnd(request, new Date(known.archivedAt));
  if (retentionUntil > known.retentionUntil) writeManifest(place, { ...known, retentionUntil });
}

async function compareFiles(directory: string, files: readonly HashedFile[]): Promise<readonly string[]> {
  let found: readonly HashedFile[];
  try {
    found = await listDirectory(directory);
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
  const seen = new Map(found.map(({ path, sha256 }) => [path, sha256]));
  const archived = new Set(files.map(({ path }) => path));
  return [
    ...files.flatMap(({ path, sha256 }) => {
      if (!seen.has(path)) return [`artifact/${path} is missing`];
      return seen.get(path) === sha256 ? [] : [`artifact/${path} was changed`];
    }),
    ...found.filter(({ path }) => !archived.has(path)).map(({ path }) => `artifact/${path} was added`),
  ];
}

const retentionEnd = ({ retentionDays = 0 }: ArchiveRequest, now: Date): string =>
  new Date(now.getTime() + retentionDays * 86_400_000).toISOString();

const manifestFile = (place: string): string => join(place, "manifest.json");

const writeManifest = (place: string, manifest: ArchiveManifest): void =>
  writeJsonAtomic(manifestFile(place), manifest, { mode: 0o444 });

const readManifest = (place: string): ArchiveManifest | undefined => readJson(manifestFile(place), manifestSchema);

const hashFile = (path: string): string => createHash("sha256").update(readFileSync(path)).digest("hex");

const manifestSchema = z.object({
  format: z.literal(1),
  model: z.string(),
  version: z.string(),
  sha256: z.string(),
  files: z.array(z.object({ path: z.string(), sha256: z.string(), bytes: z.int() })),
  by: z.string(),
  reason: z.string(),
  archivedAt: z.string(),
  retentionUntil: z.string(),
  metrics: z.unknown().optional(),
});
