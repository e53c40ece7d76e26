import { DIGEST, digestOfBytes } from "./digest.ts";
import { type Descriptor, INDEX, type Manifest, readManifest, writeManifest } from "./manifests.ts";
import { RegistryError } from "./registry-error.ts";
import type { Repository } from "./repository.ts";
import { refusalOf } from "./transport.ts";

/** Where a registry that does not know who refers to what keeps the list (distribution specification 1.1, "Referrers Tag Schema"). */
const tagOf = (digest: string): string => digest.replace(":", "-");

/** The digests of what refers to a manifest: its signatures, its lists of parts. @throws RegistryError */
export async function referrersOf(repository: Repository, digest: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (let page: string | undefined = `referrers/${digest}`; page !== undefined; ) {
    const response: Response = await repository.send(page, { headers: { accept: INDEX } });
    // 404, 400 and 405 are what registries without this question answer.
    if ([400, 404, 405].includes(response.status)) {
      await response.arrayBuffer();
      return digestsIn(await listUnderTag(repository, digest));
    }
    if (!response.ok) throw await refusalOf(response);
    found.push(...digestsIn(await response.json()));
    const [, next] = /<([^>]+)>\s*;\s*rel="?next"?/.exec(response.headers.get("link") ?? "") ?? [];
    page = next === undefined ? undefined : new URL(next, response.url).href;
  }
  return [...new Set(found)];
}

/** Enters a manifest as a referrer where the registry does not do it by itself; what the list has already stays in it. */
export async function enterReferrer(repository: Repository, subject: string, referrer: Manifest): Promise<void> {
  const { manifests: before } = await listUnderTag(repository, subject);
  if (before.some(({ digest }) => digest === referrer.digest)) return;
  const { mediaType, digest, bytes, artifactType, annotations } = referrer;
  const entry = { mediaType, digest, size: bytes.length, artifactType, annotations };
  const list = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests: [...before, entry] }));
  const index = { mediaType: INDEX, bytes: list, digest: digestOfBytes(list) };
  await writeManifest(repository, tagOf(subject), index);
}

interface List {
  readonly manifests: readonly Descriptor[];
}

async function listUnderTag(repository: Repository, digest: string): Promise<List> {
  try {
    const { bytes } = await readManifest(repository, tagOf(digest));
    // As it is written: entries have more than what a manifest is read for.
    return JSON.parse(bytes.toString("utf8")) as List;
  } catch (error) {
    if (error instanceof RegistryError && error.status === 404) return { manifests: [] };
    throw error;
  }
}

function digestsIn(list: unknown): readonly string[] {
  const manifests = typeof list === "object" && list !== null && "manifests" in list ? list.manifests : [];
  return (Array.isArray(manifests) ? manifests : []).flatMap((entry: { readonly digest?: unknown }) =>
    typeof entry.digest === "string" && DIGEST.test(entry.digest) ? [entry.digest] : [],
  );
}
