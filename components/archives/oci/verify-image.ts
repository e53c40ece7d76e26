import {
  digestOfTag,
  hasBlob,
  RegistryError,
  type Repository,
  readBlob,
  readManifest,
  referrersOf,
} from "../../registry/index.ts";
import { told } from "./archive-error.ts";

/**
 * How closely an archive is looked at. `present`: every manifest is read, and every blob is there in its size. `read`:
 * every byte is read as well.
 */
export type Closeness = "present" | "read";

/**
 * Looks whether an image is kept whole under its tag.
 * @returns what it lacks, in a few words; undefined when it lacks nothing
 * @throws HostError when the registry cannot be asked, or holds other bytes than it should
 */
export async function lackOf(
  archive: Repository,
  tag: string,
  digest: string,
  closeness: Closeness,
): Promise<string | undefined> {
  return told("archive", archive, async () => {
    const seen = await digestOfTag(archive, tag);
    if (seen === undefined) return `no tag ${tag}`;
    if (seen !== digest) return `${seen} under the tag ${tag}, which is to name ${digest}`;
    return lackBelow(archive, digest, closeness, new Set());
  });
}

async function lackBelow(
  archive: Repository,
  digest: string,
  closeness: Closeness,
  known: Set<string>,
): Promise<string | undefined> {
  if (known.has(digest)) return undefined;
  known.add(digest);
  const manifest = await readManifest(archive, digest).catch((error: unknown) => {
    if (error instanceof RegistryError && error.status === 404) return undefined;
    throw error;
  });
  if (manifest === undefined) return `no manifest ${digest}`;
  for (const blob of manifest.blobs) {
    if (!(await hasBlob(archive, blob))) return `no blob ${blob.digest}`;
    if (closeness === "read") for await (const _ of readBlob(archive, blob));
  }
  const others = [...manifest.manifests.map((child) => child.digest), ...(await referrersOf(archive, digest))];
  for (const other of others) {
    const lack = await lackBelow(archive, other, closeness, known);
    if (lack !== undefined) return lack;
  }
  return undefined;
}
