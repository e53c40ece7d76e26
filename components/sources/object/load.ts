import { GOOGLE } from "../bucket-place.ts";
import { ask, askText } from "../fetched/ask.ts";
import { type SignRequest, signerOf } from "../fetched/bucket.ts";
import { fetchedSource } from "../fetched/fetched-source.ts";
import { type Advice, type Remote, RemoteError, type RemoteFile } from "../fetched/remote.ts";
import { type LoadSource, type ResolveReference, SourceError } from "../source.ts";
import type { ResolvedObjectSource } from "./document.ts";
import { type Entry, entriesOf, keyOf, textOf } from "./listing.ts";

/**
 * What content comes from by `source: { kind: object }`. Requests are signed with `AWS_ACCESS_KEY_ID` and
 * `AWS_SECRET_ACCESS_KEY` (`AWS_SESSION_TOKEN` beside them), for Google with those of an HMAC key.
 */
export const load: LoadSource<Omit<ResolvedObjectSource, "content">> = (part, context) =>
  fetchedSource(remoteOf(part), part, context);

function remoteOf(part: Omit<ResolvedObjectSource, "content">): Remote {
  const { bucket, prefix, endpoint } = part;
  const sign = signerOf(part, process.env);
  const below = `${prefix}/`;
  return {
    name: `s3://${bucket}/${below}`,
    place: `${endpoint}/${bucket}/${below}`,
    async list() {
      const files = (await listObjects(sign, below)).map(({ key, ...entry }) =>
        fileOf(sign, key, key.slice(below.length), entry),
      );
      if (files.length === 0) throw new RemoteError("there is no object below it", { code: "NoFile" });
      const listed: RemoteFile[] = [];
      for (const file of files) listed.push(await withHash(sign, `${below}${file.path}`, file));
      return listed;
    },
    earlier: (path) => listVersions(sign, `${below}${path}`, path),
    advise,
  };
}

interface Listed {
  readonly key: string;
  readonly bytes: number;
  readonly tag: string;
  /** Its hash is known there, of the whole of it. */
  readonly isHashed: boolean;
}

async function listObjects(sign: SignRequest, prefix: string): Promise<readonly Listed[]> {
  const found: Listed[] = [];
  for (let token: string | undefined, isFirst = true; isFirst || token !== undefined; isFirst = false) {
    const query = {
      "list-type": "2",
      prefix,
      "encoding-type": "url",
      ...(token !== undefined && { "continuation-token": token }),
    };
    const { text } = await askText(await sign({ query }));
    found.push(...entriesOf(text, "Contents").map((entry) => ({ key: keyOf(text, entry), ...listedOf(entry) })));
    token = textOf(text, "IsTruncated") === "true" ? textOf(text, "NextContinuationToken") : undefined;
  }
  // What consoles make for a folder.
  return found.filter(({ key, bytes }) => !(key.endsWith("/") && bytes === 0));
}

function listedOf({
  Size = "",
  ETag = "",
  ChecksumAlgorithm = "",
  ChecksumType = "FULL_OBJECT",
}: Entry): Omit<Listed, "key"> {
  const isHashed = ChecksumAlgorithm === "SHA256" && (ChecksumType || "FULL_OBJECT") === "FULL_OBJECT";
  return { bytes: Number(Size), tag: ETag, isHashed };
}

/** The tag is asked for, so that what was written since the list is refused; a version is asked for by its id. */
function fileOf(
  sign: SignRequest,
  key: string,
  path: string,
  { bytes, tag, isHashed }: Omit<Listed, "key">,
  query: Readonly<Record<string, string>> = {},
): RemoteFile & Pick<Listed, "isHashed"> {
  return { path, bytes, mark: tag, isHashed, request: () => sign({ key, query, headers: { "if-match": tag } }) };
}

/** With the hash that the store knows: of the whole object alone, for that of parts is a hash of hashes. */
async function withHash(
  sign: SignRequest,
  key: string,
  { isHashed, ...file }: ReturnType<typeof fileOf>,
): Promise<RemoteFile> {
  if (!isHashed) return file;
  const headers = { "x-amz-checksum-mode": "ENABLED", "if-match": file.mark ?? "" };
  const response = await ask(await sign({ key, headers, method: "HEAD" }), { method: "HEAD" });
  const told = Buffer.from(response.headers.get("x-amz-checksum-sha256") ?? "", "base64");
  const isWhole = response.ok && response.headers.get("x-amz-checksum-type") === "FULL_OBJECT" && told.length === 32;
  return isWhole ? { ...file, hash: told.toString("hex") } : file;
}

/** What a versioned bucket has under this name; nothing where it has no versions, or shows none to this login. */
async function listVersions(sign: SignRequest, key: string, path: string): Promise<readonly RemoteFile[]> {
  const query = { versions: "", prefix: key, "encoding-type": "url" };
  try {
    const { text } = await askText(await sign({ query }));
    return entriesOf(text, "Version").flatMap((entry) => {
      // Google's word for it is generation.
      const { VersionId, Generation } = entry;
      const id = Generation === undefined ? { versionId: VersionId ?? "null" } : { generation: Generation };
      return keyOf(text, entry) === key ? [fileOf(sign, key, path, listedOf(entry), id)] : [];
    });
  } catch (error) {
    if (error instanceof RemoteError && error.status !== undefined && error.status < 500) return [];
    throw error;
  }
}

/** `s3://bucket/prefix`, `gs://bucket/prefix`. The store and the region are those of the environment, in Amazon's variables. */
export const resolve: ResolveReference = async (reference, { env, endpoint: named }) => {
  const [, scheme, bucket, prefix] = /^(s3|gs):\/\/([^/]+)\/(.*[^/])\/*$/.exec(reference) ?? [];
  if (bucket === undefined || prefix === undefined) {
    const [allowed, cure] = ["s3://bucket/prefix or gs://bucket/prefix", "Name the folder in the bucket."];
    throw new SourceError({ seen: `"${reference}"`, allowed, cure, field: "from" });
  }
  const isGoogle = scheme === "gs";
  const endpoint = named ?? (isGoogle ? GOOGLE : env.AWS_ENDPOINT_URL_S3 || env.AWS_ENDPOINT_URL);
  const region = isGoogle ? "auto" : env.AWS_REGION || env.AWS_DEFAULT_REGION;
  return {
    kind: "object",
    bucket,
    prefix,
    ...(region && { region }),
    ...(endpoint && { endpoint: endpoint.replace(/\/+$/, "") }),
    from: reference,
  };
};

function advise({ status, code }: RemoteError): Advice {
  const allowed = "objects that the store gives out";
  const keys = "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY";
  const byCode: Readonly<Record<string, Advice>> = {
    NoFile: { allowed, cure: "Correct prefix, or put the files there.", field: "prefix" },
    NoSuchBucket: { allowed, cure: "Correct bucket, or endpoint.", field: "bucket" },
    PermanentRedirect: { allowed, cure: "Write the bucket's region.", field: "region" },
    AuthorizationHeaderMalformed: { allowed, cure: "Write the bucket's region.", field: "region" },
    InvalidAccessKeyId: { allowed, cure: `The store knows no such key: correct ${keys}.`, field: "bucket" },
    SignatureDoesNotMatch: { allowed, cure: `The secret is not that of the key: correct ${keys}.`, field: "bucket" },
  };
  const known = byCode[code ?? ""];
  if (known !== undefined) return known;
  if (status === 412) return { allowed, cure: "It was written to while it was read: run this again.", field: "prefix" };
  if (status === 401 || status === 403) {
    return { allowed, cure: `Set ${keys} to a login that may list and read it.`, field: "bucket" };
  }
  if (status !== undefined && status < 500)
    return { allowed, cure: `Correct bucket, endpoint, or ${keys}.`, field: "bucket" };
  return { allowed, cure: "Ask again when the store answers.", field: "endpoint" };
}
