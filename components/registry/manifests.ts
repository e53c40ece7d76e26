import { z } from "zod";
import { DIGEST, digestOfBytes } from "./digest.ts";
import { RegistryError } from "./registry-error.ts";
import type { Repository } from "./repository.ts";
import { refusalOf } from "./transport.ts";

/** What a manifest says of something that it is made of. */
export interface Descriptor {
  readonly mediaType: string;
  /** With its algorithm. */
  readonly digest: string;
  /** In bytes. */
  readonly size: number;
}

/** A manifest as a registry has it: its digest is the hash of these bytes. */
export interface Manifest {
  readonly digest: string;
  readonly mediaType: string;
  readonly bytes: Buffer;
  /** Of a list: the manifests of each processor. */
  readonly manifests: readonly Descriptor[];
  /** Of an image: its configuration and its layers. */
  readonly blobs: readonly Descriptor[];
  /** What a signature or a list of parts calls itself. */
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** The list of manifests in OCI's form. */
export const INDEX = "application/vnd.oci.image.index.v1+json";

/** Manifests in the forms that may be pinned: of one image, or the list of one for each processor. */
const MANIFESTS = [
  INDEX,
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.docker.distribution.manifest.v2+json",
];

/** A manifest is a few kilobytes; the registries' own limit is 4 MiB. */
const MOST_BYTES = 4 * 2 ** 20;

const descriptor = z.object({
  mediaType: z.string(),
  digest: z.string().regex(DIGEST),
  size: z.int().min(0),
});

const written = z.object({
  mediaType: z.string().optional(),
  manifests: z.array(descriptor).optional(),
  config: descriptor.optional(),
  layers: z.array(descriptor).optional(),
  artifactType: z.string().optional(),
  annotations: z.record(z.string(), z.string()).optional(),
});

/**
 * A manifest by tag or digest. Its digest is the hash of its bytes, whatever the registry says in `Docker-Content-Digest`
 * (https://github.com/opencontainers/distribution-spec/blob/main/spec.md).
 * @throws RegistryError
 */
export async function readManifest(repository: Repository, reference: string): Promise<Manifest> {
  const response = await repository.send(`manifests/${reference}`, { headers: { accept: MANIFESTS.join(", ") } });
  if (!response.ok) throw await refusalOf(response);
  const bytes = Buffer.from(await response.arrayBuffer());
  const where = `${repository.name}, manifest ${reference},`;
  if (bytes.length > MOST_BYTES) throw new RegistryError(`${where} has ${bytes.length} bytes`, response.status);
  const digest = digestOfBytes(bytes);
  const told = reference.includes(":") ? reference : response.headers.get("docker-content-digest");
  if (told !== null && told !== digest) {
    throw new RegistryError(`${where} is said to be ${told}, and its bytes are ${digest}`, response.status);
  }
  return parseManifest(bytes, digest, response.headers.get("content-type") ?? "", where);
}

function parseManifest(bytes: Buffer, digest: string, contentType: string, where: string): Manifest {
  let parsed: z.output<typeof written>;
  try {
    parsed = written.parse(JSON.parse(bytes.toString("utf8")));
  } catch (error) {
    throw new RegistryError(`${where} is no manifest that can be read`, undefined, { cause: error });
  }
  const { manifests = [], config, layers = [], artifactType = config?.mediaType, annotations } = parsed;
  return {
    digest,
    mediaType: parsed.mediaType ?? contentType.split(";")[0] ?? "",
    bytes,
    manifests,
    blobs: [...(config === undefined ? [] : [config]), ...layers],
    ...(artifactType !== undefined && { artifactType }),
    ...(annotations !== undefined && { annotations }),
  };
}

/** The digest of what a tag is now; undefined when the registry has no such tag. @throws RegistryError */
export async function digestOfTag(repository: Repository, tag: string): Promise<string | undefined> {
  try {
    return (await readManifest(repository, tag)).digest;
  } catch (error) {
    if (error instanceof RegistryError && error.status === 404) return undefined;
    throw error;
  }
}

/** Puts a manifest there, under its digest or a tag. @throws RegistryError */
export async function writeManifest(
  repository: Repository,
  reference: string,
  { mediaType, bytes, digest }: Pick<Manifest, "mediaType" | "bytes" | "digest">,
): Promise<void> {
  const headers = { "content-type": mediaType };
  const response = await repository.send(`manifests/${reference}`, { method: "PUT", headers, body: bytes });
  if (!response.ok) throw await refusalOf(response);
  await response.arrayBuffer();
  const told = response.headers.get("docker-content-digest");
  if (told !== null && told !== digest) {
    throw new RegistryError(`${repository.name} has kept ${told} for ${digest}`, response.status);
  }
}
