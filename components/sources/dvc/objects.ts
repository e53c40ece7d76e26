import { createHash } from "node:crypto";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { z } from "zod";
import { ask, askText, refusalOf } from "../fetched/ask.ts";
import { signerOf } from "../fetched/bucket.ts";
import { encodePath, RemoteError, type RemoteFile, type RemoteRequest } from "../fetched/remote.ts";
import type { ResolvedDvcSource } from "./document.ts";

// A remote of DVC 3 holds objects by the md5 of their bytes, `files/md5/<2>/<30>`. A directory is one of them too: the list
// of its files, whose name ends with `.dir`.

/** Asks for an object. @param path inside the remote */
type AskFor = (path: string, method: "GET" | "HEAD") => RemoteRequest | Promise<RemoteRequest>;

/** The objects of a remote. */
export interface Objects {
  /** The remote's address. */
  readonly place: string;
  readonly askFor: AskFor;
}

/** Opens a remote. @param root what a folder is relative to */
export function openObjects(
  { remote, region, endpoint }: Pick<ResolvedDvcSource, "remote" | "region" | "endpoint">,
  root: string,
  env: NodeJS.ProcessEnv,
): Objects {
  const [, bucket, prefix] = /^s3:\/\/([^/]+)(?:\/(.*))?$/.exec(remote) ?? [];
  if (bucket !== undefined) {
    const sign = signerOf({ bucket, region, endpoint }, env);
    const below = prefix === undefined ? "" : `${prefix}/`;
    return {
      place: `${endpoint}/${bucket}/${below}`,
      askFor: (path, method) => sign({ key: `${below}${path}`, method }),
    };
  }
  if (/^https?:/.test(remote)) return { place: remote, askFor: (path) => ({ url: `${remote}/${encodePath(path)}` }) };
  const folder = resolve(root, remote);
  return { place: folder, askFor: (path) => ({ url: pathToFileURL(resolve(folder, path)).href }) };
}

const pathOf = (md5: string): string => `files/md5/${md5.slice(0, 2)}/${md5.slice(2)}`;

const directory = z.array(z.object({ md5: z.string().regex(/^[0-9a-f]{32}$/), relpath: z.string() }));

/** The files of an output, each with the md5 that it is called by. @param file what it is called when it is one @throws RemoteError */
export async function listOutput(objects: Objects, md5: string, file?: string): Promise<readonly RemoteFile[]> {
  const entries = file === undefined ? await readDirectory(objects, md5) : [{ md5, relpath: file }];
  const sizes = await sizesOf(objects, [...new Set(entries.map((entry) => entry.md5))]);
  return entries.map((entry) => ({
    path: entry.relpath,
    bytes: sizes.get(entry.md5) ?? 0,
    md5: entry.md5,
    mark: entry.md5,
    request: () => objects.askFor(pathOf(entry.md5), "GET"),
  }));
}

async function readDirectory({ askFor }: Objects, md5: string): Promise<z.output<typeof directory>> {
  const { text } = await askText(await askFor(pathOf(md5), "GET"));
  const found = `${createHash("md5").update(text).digest("hex")}.dir`;
  if (found !== md5) throw new RemoteError(`its list of files is ${found} there`, { code: "changed" });
  const { success, data: entries = [] } = directory.safeParse(JSON.parse(text));
  if (!success) throw new RemoteError("its list of files is none that DVC wrote");
  if (entries.length === 0) throw new RemoteError("the directory is empty", { code: "NoFile" });
  return entries;
}

/** So many are asked for at once. */
const AT_ONCE = 8;

/** How long each object is: a directory does not say. */
async function sizesOf({ askFor }: Objects, all: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const sizes = new Map<string, number>();
  const left = [...all];
  const askNext = async (): Promise<void> => {
    for (let md5 = left.pop(); md5 !== undefined; md5 = left.pop()) {
      // What is packed on the way has another length.
      const options = { method: "HEAD", headers: { "accept-encoding": "identity" } } as const;
      const response = await ask(await askFor(pathOf(md5), "HEAD"), options);
      if (!response.ok) throw await refusalOf(response);
      sizes.set(md5, lengthOf(response));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, askNext));
  return sizes;
}

function lengthOf({ headers }: Response): number {
  const length = headers.get("content-length");
  if (length === null) throw new RemoteError("the remote does not tell how long its objects are");
  return Number(length);
}
