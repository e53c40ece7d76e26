import { existsSync, rmSync } from "node:fs";
import { replaceDirectory } from "../../../host/atomic-file.ts";
import { HostError, messageOf } from "../../../host/host-error.ts";
import { hashDirectory, hashOfFiles, listDirectory } from "../../../sources/directory-hash.ts";
import { explainForbidden } from "./archive-manifest.ts";
import { copyFiles } from "./copy-files.ts";
import type { StateFolder } from "./folder.ts";
import { artifactPath } from "./paths.ts";

/**
 * Keeps a read-only copy of a version's directory under its content hash. What is there already and intact stays; what
 * was changed is put right.
 * @throws HostError when the source has another content than the hash allows, or the disk is full.
 */
export async function storeArtifact(folder: StateFolder, source: string, sha256: string): Promise<void> {
  const place = folder.path(artifactPath(sha256));
  if (await verifyArtifact(folder, sha256)) return;
  const files = await listSource(source);
  checkContent(source, hashOfFiles(files), sha256);
  await replaceDirectory(place, async (copy) => {
    copyFiles(source, files, copy);
    // The source may have changed between reading and copying.
    checkContent(source, await hashDirectory(copy), sha256);
  });
}

/** True when the copy is there and has the content that its hash says. @throws HostError when this user may not look. */
export async function verifyArtifact(folder: StateFolder, sha256: string): Promise<boolean> {
  const place = folder.path(artifactPath(sha256));
  if (!existsSync(place)) return false;
  try {
    return (await hashDirectory(place)) === sha256;
  } catch (error) {
    const explained = explainForbidden(place, error);
    if (explained instanceof HostError) throw explained;
    // Emptied, or something in it that no version may hold: changed in any case.
    return false;
  }
}

/** Removes the copy. Removing what is not there changes nothing. */
export async function removeArtifact(folder: StateFolder, sha256: string): Promise<void> {
  rmSync(folder.path(artifactPath(sha256)), { recursive: true, force: true });
}

async function listSource(source: string): ReturnType<typeof listDirectory> {
  try {
    return await listDirectory(source);
  } catch (error) {
    throw new HostError(
      {
        path: source,
        seen: messageOf(error),
        allowed: "a directory of regular files, the content of one version",
        cure: "Correct `source.path` of the version, or what stands there, then run `mlc pin`.",
      },
      { cause: error },
    );
  }
}

function checkContent(source: string, seen: string, sha256: string): void {
  if (seen === sha256) return;
  throw new HostError({
    path: source,
    seen: `content with sha256 ${seen}`,
    allowed: `the pinned content, sha256 ${sha256}`,
    cure: "Bring the files back; or, when the change is meant, run `mlc pin` and have the new hash reviewed.",
  });
}
