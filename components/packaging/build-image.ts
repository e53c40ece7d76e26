import { globSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { z } from "zod";
import {
  type Descriptor,
  digestOf,
  digestOfBytes,
  hasBlob,
  type Manifest,
  mountBlob,
  RegistryError,
  type Repository,
  readBlob,
  readManifest,
  startHash,
  writeBlob,
  writeManifest,
} from "../registry/index.ts";
import { byBytes } from "../sources/directory-hash.ts";
import { IMAGE_PORT, IMAGE_USER, type ImagePlan } from "./image-plan.ts";
import { renderTar, type TarEntry } from "./tar.ts";

const IMAGE = "application/vnd.oci.image.manifest.v1+json";
const INDEX = "application/vnd.oci.image.index.v1+json";
const CONFIG = "application/vnd.oci.image.config.v1+json";
/** Not compressed: the same files are the same digest, whatever compresses them elsewhere; a model hardly gets smaller. */
const LAYER = "application/vnd.oci.image.layer.v1.tar";
const EPOCH = "1970-01-01T00:00:00Z";

/** Where an image is made from, and where it is put. */
export interface ImageRoute {
  /** The base's repository. */
  readonly from: Repository;
  readonly to: Repository;
  readonly tag: string;
}

const index = z.object({
  manifests: z.array(
    z.object({ digest: z.string(), platform: z.object({ os: z.string(), architecture: z.string() }).optional() }),
  ),
});

const config = z.looseObject({
  architecture: z.string(),
  os: z.string(),
  config: z.looseObject({ Env: z.array(z.string()).optional() }).default({}),
  rootfs: z.object({ type: z.literal("layers"), diff_ids: z.array(z.string()) }),
  history: z.array(z.looseObject({})).default([]),
});

const layers = z.object({ layers: z.array(z.object({ mediaType: z.string(), digest: z.string(), size: z.int() })) });

/**
 * Makes an image without a daemon, and pushes it: the layers of the base as they are, and one for each copy of the plan. What
 * a Dockerfile of the same plan describes; the same files and base are the same digest on every machine.
 * @param context the folder of the plan
 * @returns its digest: of one image, or of the list of one for each processor that the base has
 * @throws RegistryError
 */
export async function buildImage(route: ImageRoute, plan: ImagePlan, context: string): Promise<string> {
  const digest = plan.base.replace(/^.*@/, "");
  const base = await readManifest(route.from, digest);
  const added: Layer[] = [];
  for (const copy of plan.copies) added.push(await pushLayer(route.to, context, copy));
  if (base.manifests.length === 0) {
    const image = await buildOne(route, plan, base, added);
    await writeManifest(route.to, route.tag, image);
    return image.digest;
  }
  const images = [];
  for (const { digest: of, platform } of index.parse(JSON.parse(base.bytes.toString())).manifests) {
    // Beside images a list names what was attested of them, for no processor.
    if (platform?.os !== "linux") continue;
    const image = await buildOne(route, plan, await readManifest(route.from, of), added);
    await writeManifest(route.to, image.digest, image);
    images.push({ mediaType: IMAGE, digest: image.digest, size: image.bytes.length, platform });
  }
  if (images.length === 0) throw new RegistryError(`${plan.base} has no image for Linux`);
  const list = manifestOf(INDEX, { schemaVersion: 2, mediaType: INDEX, manifests: images });
  await writeManifest(route.to, route.tag, list);
  return list.digest;
}

type Written = Pick<Manifest, "mediaType" | "bytes" | "digest">;

interface Layer extends Descriptor {
  readonly what: string;
}

async function buildOne(route: ImageRoute, plan: ImagePlan, base: Manifest, added: readonly Layer[]): Promise<Written> {
  const [described] = base.blobs;
  if (described === undefined) throw new RegistryError(`${plan.base} is no image`);
  const below = layers.parse(JSON.parse(base.bytes.toString())).layers;
  for (const blob of below) await bring(route, blob);
  const made = Buffer.from(
    JSON.stringify(configOf(config.parse(JSON.parse(await textOf(route.from, described))), plan, added)),
  );
  const written = descriptorOf(CONFIG, made);
  await push(route.to, written, made);
  const above = added.map(({ mediaType, digest, size }) => ({ mediaType, digest, size }));
  return manifestOf(IMAGE, { schemaVersion: 2, mediaType: IMAGE, config: written, layers: [...below, ...above] });
}

function configOf(base: z.output<typeof config>, plan: ImagePlan, added: readonly Layer[]): object {
  const { Env = [], ...rest } = base.config;
  const own = Object.entries(plan.env).map(([name, value]) => `${name}=${value}`);
  const names = new Set(Object.keys(plan.env));
  return {
    ...base,
    created: EPOCH,
    config: {
      ...rest,
      User: IMAGE_USER,
      ExposedPorts: { [`${IMAGE_PORT}/tcp`]: {} },
      Env: [...Env.filter((each) => !names.has(each.split("=")[0] ?? "")), ...own],
      Entrypoint: plan.entrypoint,
      Cmd: null,
      WorkingDir: plan.directory,
      Labels: plan.labels,
    },
    // Not compressed, a layer's digest is that of what is in it.
    rootfs: { type: "layers", diff_ids: [...base.rootfs.diff_ids, ...added.map(({ digest }) => digest)] },
    history: [...base.history, ...added.map(({ what }) => ({ created: EPOCH, created_by: what }))],
  };
}

async function pushLayer(to: Repository, context: string, copy: ImagePlan["copies"][number]): Promise<Layer> {
  const entries = entriesOf(join(context, copy.from), copy.to.slice(1));
  const hash = startHash();
  let size = 0;
  for await (const chunk of renderTar(entries)) {
    hash.update(chunk);
    size += chunk.length;
  }
  const layer = { mediaType: LAYER, digest: digestOf(hash.digest("hex")), size };
  if (!(await hasBlob(to, layer))) await writeBlob(to, layer, renderTar(entries));
  return { ...layer, what: `COPY ${copy.from} ${copy.to}` };
}

function entriesOf(folder: string, at: string): readonly TarEntry[] {
  const found = globSync("**/*", { cwd: folder, withFileTypes: true })
    .map((entry) => ({ path: join(entry.parentPath, entry.name), directory: entry.isDirectory() }))
    .map((each) => ({ ...each, to: `${at}/${relative(folder, each.path)}` }))
    .toSorted((one, other) => byBytes(one.to, other.to));
  return [
    { path: at, directory: true },
    ...found.map(
      ({ path, directory, to }): TarEntry =>
        directory ? { path: to, directory } : { path: to, file: path, bytes: statSync(path).size },
    ),
  ];
}

async function bring({ from, to }: ImageRoute, blob: Descriptor): Promise<void> {
  if ((await hasBlob(to, blob)) || (await mountBlob(to, from, blob))) return;
  await writeBlob(to, blob, readBlob(from, blob));
}

async function push(to: Repository, blob: Descriptor, bytes: Buffer): Promise<void> {
  if (!(await hasBlob(to, blob))) await writeBlob(to, blob, once(bytes));
}

async function* once(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function textOf(from: Repository, blob: Descriptor): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of readBlob(from, blob)) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

const descriptorOf = (mediaType: string, bytes: Buffer): Descriptor => ({
  mediaType,
  digest: digestOfBytes(bytes),
  size: bytes.length,
});

function manifestOf(mediaType: string, manifest: object): Written {
  const bytes = Buffer.from(JSON.stringify(manifest));
  return { mediaType, bytes, digest: digestOfBytes(bytes) };
}
