import { Buffer } from "node:buffer";
import { imageOf, type RunningRegistry } from "../registry/real-registry.ts";

/** An image as it was pushed. */
export interface SentimentImage {
  /** Of the list of both processors, `sha256:…`. */
  readonly digest: string;
  /** Every manifest, the referrers included. */
  readonly manifests: readonly string[];
  /** Every blob, once. */
  readonly blobs: readonly string[];
  /** The layer that both processors share. */
  readonly shared: string;
}

/** Big enough to come in many pieces. */
const LAYER_BYTES = 300_000;

/** Pushes an image for two processors that share a layer, with a signature and the list of its parts. @param seed another one is another image */
export async function pushSentiment(
  registry: RunningRegistry,
  repository: string,
  seed = "one",
): Promise<SentimentImage> {
  const bytes = (what: string) => Buffer.alloc(LAYER_BYTES, `${seed} ${what} `);
  const shared = await registry.pushBlob(repository, bytes("shared"));
  const blobs = [shared.digest];
  const manifests: string[] = [];
  const images = [];
  for (const architecture of ["amd64", "arm64"]) {
    const config = await registry.pushBlob(repository, JSON.stringify({ architecture, os: "linux", seed }));
    const layer = await registry.pushBlob(repository, bytes(architecture));
    const image = await registry.pushManifest(repository, imageOf(config, [shared, layer]));
    blobs.push(config.digest, layer.digest);
    manifests.push(image.digest);
    images.push({ ...image, platform: { architecture, os: "linux" } });
  }
  const mediaType = "application/vnd.oci.image.index.v1+json";
  const index = await registry.pushManifest(repository, { schemaVersion: 2, mediaType, manifests: images }, "v1");
  manifests.push(index.digest);
  const referrers = [];
  for (const artifactType of ["application/vnd.example.signature", "application/spdx+json"]) {
    const config = await registry.pushBlob(repository, "{}");
    const layer = await registry.pushBlob(repository, `${seed} ${artifactType}`);
    const referrer = await registry.pushManifest(
      repository,
      imageOf(config, [layer], { artifactType, subject: index }),
    );
    blobs.push(config.digest, layer.digest);
    manifests.push(referrer.digest);
    referrers.push({ ...referrer, artifactType });
  }
  // This registry does not know who refers to what: who pushes keeps the list.
  const list = { schemaVersion: 2, mediaType, manifests: referrers };
  await registry.pushManifest(repository, list, index.digest.replace(":", "-"));
  return { digest: index.digest, manifests, blobs: [...new Set(blobs)], shared: shared.digest };
}
