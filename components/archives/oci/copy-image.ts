import { HostError } from "../../host/host-error.ts";
import {
  type Descriptor,
  digestOfTag,
  enterReferrer,
  hasBlob,
  type Manifest,
  mountBlob,
  type Repository,
  readBlob,
  readManifest,
  referrersOf,
  writeBlob,
  writeManifest,
} from "../../registry/index.ts";
import { told, toldOf } from "./archive-error.ts";

/** Where an image serves from, and where it is kept. */
export interface Route {
  readonly from: Repository;
  readonly to: Repository;
}

/**
 * Copies an image with all its processors, layers, signatures and lists of parts. Blobs first, then the manifest that
 * names them, and the tag when all is there: what is cut off goes on where it was, and what has the tag is whole.
 * @param digest with its algorithm
 * @param tag what it is called in the archive
 * @throws HostError
 */
export async function copyImage(route: Route, digest: string, tag: string): Promise<void> {
  const { to } = route;
  await refuseOtherTag(to, tag, digest);
  const image = await copyManifest(route, digest, new Set());
  await told("archive", to, () => writeManifest(to, tag, image));
}

/** A tag never comes to name another image. @throws HostError */
export async function refuseOtherTag(to: Repository, tag: string, digest: string): Promise<void> {
  const seen = await told("archive", to, () => digestOfTag(to, tag));
  if (seen === undefined || seen === digest) return;
  throw new HostError({
    path: `${to.name}:${tag}`,
    seen: `${seen}, which is archived by this name`,
    allowed: digest,
    cure: "An archive is never overwritten: give the new content another version name, or name another repository.",
  });
}

/** @param known the digests that were copied already; grows */
async function copyManifest(route: Route, digest: string, known: Set<string>): Promise<Manifest> {
  const { from, to } = route;
  known.add(digest);
  const manifest = await told("source", from, () => readManifest(from, digest));
  for (const child of manifest.manifests) {
    if (!known.has(child.digest)) await copyManifest(route, child.digest, known);
  }
  for (const blob of manifest.blobs) await copyBlob(route, blob);
  await told("archive", to, () => writeManifest(to, digest, manifest));
  for (const referrer of await told("source", from, () => referrersOf(from, digest))) {
    if (!known.has(referrer)) await copyReferrer(route, digest, referrer, known);
  }
  return manifest;
}

async function copyBlob({ from, to }: Route, blob: Descriptor): Promise<void> {
  const isThere = await told("archive", to, async () => (await hasBlob(to, blob)) || mountBlob(to, from, blob));
  if (isThere) return;
  await told("archive", to, () => writeBlob(to, blob, toldOf("source", from, readBlob(from, blob))));
}

async function copyReferrer(route: Route, subject: string, digest: string, known: Set<string>): Promise<void> {
  const { to } = route;
  const referrer = await copyManifest(route, digest, known);
  await told("archive", to, async () => {
    const entered = await referrersOf(to, subject);
    if (!entered.includes(digest)) await enterReferrer(to, subject, referrer);
  });
}
