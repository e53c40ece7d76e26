import { createHash } from "node:crypto";
import { lstatSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { readJson, writeAtomic } from "../../../host/atomic-file.ts";
import { errorCode, HostError } from "../../../host/host-error.ts";
import { nameOf } from "../../../host/user-name.ts";
import { asRecorded } from "../../../sources/content.ts";
import type { HashedFile } from "../../../sources/directory-hash.ts";
import { recordedFile, recordOfContent } from "../../../sources/recorded.ts";
import type { StateFolder } from "./folder.ts";
import { archivePath, recordPath } from "./paths.ts";

/** Which archive: one for each version of a model. */
export interface ArchiveName {
  readonly model: string;
  readonly version: string;
}

/** What stands in an archive, and why: `archive/<model>/<version>/manifest.json`, beside the files in `artifact/`. */
export interface ArchiveManifest extends ArchiveName {
  readonly format: 1;
  /** The content of `artifact/`; in the file it has the name of its hash. */
  readonly content: string;
  readonly files: readonly HashedFile[];
  readonly by: string;
  readonly reason: string;
  /** RFC 3339 in UTC. */
  readonly archivedAt: string;
  /** RFC 3339 in UTC: until then it cannot be removed. */
  readonly retentionUntil: string;
  readonly metrics?: unknown;
}

/** What is known of a manifest outside the archive; it shows that neither the files nor what is said of them changed. */
export interface ManifestNote {
  readonly manifestSha256: string;
  readonly retentionDays: number;
}

/** An archive's folder, absolute. */
export const archivePlace = (folder: StateFolder, { model, version }: ArchiveName): string =>
  folder.path(archivePath(model, version));

/** The files in an archive's folder. */
export const filesIn = (place: string): string => join(place, "artifact");

/** The manifest; undefined when there is none. @throws HostError when it is damaged, or this user may not look. */
export function readManifest(place: string): ArchiveManifest | undefined {
  try {
    return readJson(manifestFile(place), manifestSchema);
  } catch (error) {
    if (error instanceof HostError) throw lostManifest(place, "manifest.json is damaged");
    throw explainForbidden(place, error);
  }
}

/** Writes the manifest, read-only and as a whole. */
export const writeManifest = (place: string, manifest: ArchiveManifest): void =>
  writeAtomic(manifestFile(place), render(manifest), { mode: 0o444 });

/** SHA-256 of the manifest as it stands. */
export const hashOfManifest = (place: string): string => hashOf(readFileSync(manifestFile(place)));

/** False when somebody else wrote it. A retention that was made longer just before a crash is not in the note yet. */
export function isAsNoted(place: string, manifest: ArchiveManifest, note: ManifestNote): boolean {
  const text = readFileSync(manifestFile(place), "utf8");
  if (hashOf(text) === note.manifestSha256) return true;
  const before = { ...manifest, retentionUntil: retentionEnd(manifest.archivedAt, note.retentionDays) };
  return text === render(manifest) && hashOf(render(before)) === note.manifestSha256;
}

/** What was noted outside the archive when it was made; undefined for one that the engine did not order. */
export const readNote = (folder: StateFolder, { model, version }: ArchiveName): ManifestNote | undefined =>
  readJson(folder.path(recordPath("Archive", `${model}/${version}`)), noteSchema)?.state;

/** Until when an archive cannot be removed: RFC 3339. @param days from its making */
export const retentionEnd = (archivedAt: string, days: number): string =>
  new Date(Date.parse(archivedAt) + days * 86_400_000).toISOString();

/** Without its manifest an archive is no record, whatever files are left of it. */
export const lostManifest = (place: string, seen: string): HostError =>
  new HostError({
    path: place,
    seen,
    allowed: "the manifest that was written when it was archived",
    cure: "Bring it back from a backup. To begin a new record, move this folder away and run `pulumi up`.",
  });

/** An error that names who may look, or the error as it came: "may not look" is not "is not there". */
export function explainForbidden(place: string, error: unknown): unknown {
  const code = errorCode(error);
  if (code !== "EACCES" && code !== "EPERM") return error;
  const owner = ownerOf(place);
  return new HostError(
    {
      path: place,
      seen: `it belongs to ${nameOf(owner)}, and this user may not look there (${code})`,
      allowed: "the user who archived it",
      cure: owner === process.getuid?.() ? `chmod -R u+rX ${place}` : `Run this as ${nameOf(owner)}.`,
    },
    { cause: error },
  );
}

/** Of the place, or of what lies above it and can be seen. */
function ownerOf(place: string): number {
  try {
    return lstatSync(place).uid;
  } catch {
    return ownerOf(dirname(place));
  }
}

const manifestFile = (place: string): string => join(place, "manifest.json");

const hashOf = (content: string | Uint8Array): string => createHash("sha256").update(content).digest("hex");

const render = (manifest: ArchiveManifest): string => `${JSON.stringify(asRecorded(manifest), undefined, 2)}\n`;

const noteSchema = z.object({ state: z.object({ manifestSha256: z.string(), retentionDays: z.number() }) });

const manifestSchema = recordOfContent(
  z.object({
    format: z.literal(1),
    model: z.string(),
    version: z.string(),
    content: z.string(),
    files: z.array(recordedFile),
    by: z.string(),
    reason: z.string(),
    archivedAt: z.iso.datetime(),
    retentionUntil: z.iso.datetime(),
    metrics: z.unknown().optional(),
  }),
);
