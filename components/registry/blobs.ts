import { digestOf, startHash } from "./digest.ts";
import type { Descriptor } from "./manifests.ts";
import { RegistryError } from "./registry-error.ts";
import type { Repository } from "./repository.ts";
import { refusalOf } from "./transport.ts";

/** Whether the blob is there, of the size that it should have. @throws RegistryError also for another size */
export async function hasBlob(repository: Repository, { digest, size }: Descriptor): Promise<boolean> {
  const response = await repository.send(`blobs/${digest}`, { method: "HEAD" });
  if (response.status === 404) return false;
  if (!response.ok) throw await refusalOf(response);
  const seen = response.headers.get("content-length");
  if (seen === null || Number(seen) === size) return true;
  throw new RegistryError(`${repository.name} has ${seen} bytes of ${digest}, which has ${size}`);
}

/** The bytes of a blob. The last of them come when all are known to be the right ones. @throws RegistryError */
export async function* readBlob(repository: Repository, blob: Descriptor): AsyncGenerator<Uint8Array, void, undefined> {
  // Without this, what is a compressed file would be unpacked on the way.
  const headers = { "accept-encoding": "identity" };
  const response = await repository.send(`blobs/${blob.digest}`, { headers }, true);
  if (!response.ok) throw await refusalOf(response);
  const hash = startHash();
  let seen = 0;
  let held: Uint8Array | undefined;
  for await (const chunk of arriving(response, repository)) {
    seen += chunk.length;
    hash.update(chunk);
    if (seen > blob.size) break;
    if (held !== undefined) yield held;
    held = chunk;
  }
  const digest = digestOf(hash.digest("hex"));
  const where = `${repository.name}, blob ${blob.digest},`;
  if (seen !== blob.size) {
    throw new RegistryError(`${where} has ${seen > blob.size ? "more" : seen} bytes, and should have ${blob.size}`);
  }
  if (digest !== blob.digest) throw new RegistryError(`${where} has other bytes: ${digest}`);
  if (held !== undefined) yield held;
}

async function* arriving(response: Response, { name }: Repository): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    if (response.body !== null) yield* response.body;
  } catch (error) {
    throw new RegistryError(`${name} broke off in a blob`, undefined, { cause: error });
  }
}

/**
 * Enters a blob of another repository of the same registry, without its bytes.
 * @returns whether it is there; a registry may refuse mounts, and take the same bytes @throws RegistryError
 */
export async function mountBlob(to: Repository, from: Repository, { digest }: Descriptor): Promise<boolean> {
  if (to.registry !== from.registry) return false;
  const query = new URLSearchParams({ mount: digest, from: from.repository });
  const response = await to.send(`blobs/uploads/?${query}`, { method: "POST" });
  await response.arrayBuffer();
  return response.status === 201;
}

/**
 * Sends a blob. What breaks off leaves nothing that could be taken for it.
 * @param bytes of the blob, known to be the right ones when the last of them come
 * @throws RegistryError; what `bytes` throws
 */
export async function writeBlob(to: Repository, blob: Descriptor, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  const begun = await to.send("blobs/uploads/", { method: "POST" });
  const location = begun.headers.get("location");
  if (begun.status !== 202 || location === null) throw await refusalOf(begun);
  await begun.arrayBuffer();
  const address = new URL(location, begun.url);
  address.searchParams.set("digest", blob.digest);
  const headers = { "content-type": "application/octet-stream", "content-length": String(blob.size) };
  const response = await to.send(address.href, { method: "PUT", headers, body: bytes }, true);
  if (!response.ok) throw await refusalOf(response);
  await response.arrayBuffer();
}
