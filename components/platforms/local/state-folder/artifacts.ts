import { existsSync, rmSync } from "node:fs";
import { replaceDirectory } from "../../../host/atomic-file.ts";
import { HostError } from "../../../host/host-error.ts";
import { describeContent } from "../../../sources/content.ts";
import { hashDirectory } from "../../../sources/directory-hash.ts";
import { type Source, SourceError } from "../../../sources/source.ts";
import { explainForbidden } from "./archive-manifest.ts";
import type { StateFolder } from "./folder.ts";
import { artifactPath } from "./paths.ts";

/**
 * Keeps a read-only copy of a version's files under their content. What is there already and intact stays; what was
 * changed is put right.
 * @throws HostError when the source has another content than the pin allows, or the disk is full.
 */
export async function storeArtifact(folder: StateFolder, source: Source, content: string): Promise<void> {
  const place = folder.path(artifactPath(content));
  if (await verifyArtifact(folder, content)) return;
  await replaceDirectory(place, async (copy) => {
    try {
      await source.open(content, copy);
    } catch (error) {
      throw explainSource(source, error);
    }
    const seen = await hashDirectory(copy);
    if (seen !== content) throw otherContent(source, seen, content);
  });
}

/** True when the copy is there and has the content that its hash says. @throws HostError when this user may not look. */
export async function verifyArtifact(folder: StateFolder, content: string): Promise<boolean> {
  const place = folder.path(artifactPath(content));
  if (!existsSync(place)) return false;
  try {
    return (await hashDirectory(place)) === content;
  } catch (error) {
    const explained = explainForbidden(place, error);
    if (explained instanceof HostError) throw explained;
    // Emptied, or something in it that no version may hold: changed in any case.
    return false;
  }
}

/** Removes the copy. Removing what is not there changes nothing. */
export async function removeArtifact(folder: StateFolder, content: string): Promise<void> {
  rmSync(folder.path(artifactPath(content)), { recursive: true, force: true });
}

function explainSource({ place }: Source, error: unknown): unknown {
  if (!(error instanceof SourceError)) return error;
  const { seen, allowed, cure } = error;
  return new HostError({ path: place, seen, allowed, cure }, { cause: error });
}

const otherContent = ({ place }: Source, seen: string, content: string): HostError =>
  new HostError({
    path: place,
    seen: `content with ${describeContent(seen)}`,
    allowed: `the pinned content, ${describeContent(content)}`,
    cure: "Bring the files back; or, when the change is meant, run `mlc pin` and have the new hash reviewed.",
  });
