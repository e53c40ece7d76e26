import { closeSync, ftruncateSync, openSync, readFileSync, rmSync, statSync, writeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { explainFullDisk, writeAtomic } from "../../host/atomic-file.ts";
import { errorCode } from "../../host/host-error.ts";
import { answererOf, ask, reasonOf, refusalOf } from "./ask.ts";
import { RemoteError, type RemoteFile } from "./remote.ts";

/** A download that may have begun in another process. */
export interface Part {
  readonly file: string;
  /** The entity tag of the answer that its bytes are of. */
  readonly tag: string;
}

/** How a download goes. */
export interface DownloadOptions {
  /** The same request can give no other bytes, or a hash decides about them in the end: what is there is gone on with. */
  readonly isSame: boolean;
  /** Told of each chunk. */
  readonly arrived: (bytes: number) => void;
  /** Before the next try in a row that came no further. @default 250 ms, doubled each time */
  readonly waitMs?: number;
}

/** So many tries in a row may come no further. */
const TRIES = 5;
const LONGEST_WAIT_MS = 30_000;

/**
 * Downloads a file to its listed length, from where an earlier download was cut. A server that ignores ranges, or whose
 * file is another one by now, makes it begin anew.
 * @returns whether all of it came in one answer
 * @throws RemoteError when it is refused, when more comes than was listed, or when several tries in a row come no further
 */
export async function download(file: RemoteFile, part: Part, options: DownloadOptions): Promise<boolean> {
  const { waitMs = 250 } = options;
  for (let idle = 0, furthest = 0; ; ) {
    if (options.isSame && file.bytes > 0 && sizeOf(part.file) === file.bytes) return false;
    const outcome = await attempt(file, part, options);
    if ("from" in outcome) return outcome.from === 0;
    idle = outcome.reached > furthest ? 0 : idle + 1;
    furthest = Math.max(furthest, outcome.reached);
    if (outcome.isFinal || idle >= TRIES) throw outcome.error;
    await sleep(Math.min(outcome.waitMs ?? waitMs * 2 ** idle, LONGEST_WAIT_MS));
  }
}

/** All of it is there, the last of it from this byte on. */
interface Whole {
  readonly from: number;
}

interface Failed {
  readonly error: RemoteError;
  /** So far it came, from the beginning of the file. */
  readonly reached: number;
  /** Trying again is of no use. */
  readonly isFinal?: boolean;
  readonly waitMs?: number;
}

async function attempt(file: RemoteFile, part: Part, options: DownloadOptions): Promise<Whole | Failed> {
  const tag = options.isSame ? undefined : tagOf(part);
  const size = sizeOf(part.file);
  // At least the last byte is asked for: the answer says whether the file is still the same.
  const have =
    (options.isSame || tag !== undefined) && size <= file.bytes ? Math.max(0, Math.min(size, file.bytes - 1)) : 0;
  const goingOn = { range: `bytes=${have}-`, ...(tag === undefined ? {} : { "if-range": tag }) };
  // Without this, what is a compressed file would be unpacked on the way; with a range it is asked for anyway.
  const headers = have > 0 ? goingOn : { "accept-encoding": "identity" };
  let response: Response;
  try {
    response = await ask(await file.request(), { headers });
  } catch (error) {
    if (!(error instanceof RemoteError)) throw error;
    return { error, reached: 0 };
  }
  if (response.status === 416 || (response.status === 206 && !continues(response, have, file.bytes, tag))) {
    await response.body?.cancel();
    forget(part);
    return {
      error: new RemoteError(`${file.path}: the server has other bytes than those that came before`),
      reached: 0,
    };
  }
  if (response.status !== 206 && response.status !== 200) return refused(response);
  const from = response.status === 206 ? have : 0;
  if (from === 0) rememberTag(part, response.headers.get("etag"));
  return receive(response, file, part, from, options);
}

async function refused(response: Response): Promise<Failed> {
  const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
  const isFinal = response.status !== 429 && response.status < 500;
  const waitMs = Number.isFinite(seconds) ? { waitMs: seconds * 1000 } : {};
  return { error: await refusalOf(response), reached: 0, isFinal, ...waitMs };
}

/** Each chunk is written at once: what still waits when the connection breaks is lost. */
async function receive(
  response: Response,
  { path, bytes }: RemoteFile,
  { file }: Part,
  from: number,
  { arrived }: DownloadOptions,
): Promise<Whole | Failed> {
  const out = openSync(file, from === 0 ? "w" : "r+", 0o600);
  let at = from;
  try {
    for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
      if (at + chunk.length > bytes) {
        ftruncateSync(out, 0);
        const error = new RemoteError(`${path}: more than the ${bytes} bytes that are listed`);
        return { error, reached: 0, isFinal: true };
      }
      for (let written = 0; written < chunk.length; )
        written += writeSync(out, chunk, written, undefined, at + written);
      at += chunk.length;
      arrived(chunk.length);
    }
  } catch (error) {
    if (errorCode(error) !== undefined) throw explainFullDisk(file, error);
    return {
      error: new RemoteError(`${path}: ${answererOf(response.url)} broke off: ${reasonOf(error)}`, { cause: error }),
      reached: at,
    };
  } finally {
    closeSync(out);
  }
  // Without a length in the answer, an end that came too early looks like any other.
  if (at === bytes) return { from };
  return { error: new RemoteError(`${path}: ended at ${at} of ${bytes} bytes`), reached: at };
}

/** Whether the answer begins where the part ends, in a file of the same length and tag. */
function continues(response: Response, have: number, bytes: number, tag: string | undefined): boolean {
  const [, start, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.headers.get("content-range") ?? "") ?? [];
  const now = response.headers.get("etag");
  const isTagged = tag === undefined || now === null || now === tag;
  return Number(start) === have && (total === "*" || Number(total) === bytes) && isTagged;
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** A tag that stands for bytes; a weak one stands for something like them. */
function rememberTag(part: Part, tag: string | null): void {
  if (tag === null || tag.startsWith("W/")) rmSync(part.tag, { force: true });
  else writeAtomic(part.tag, tag);
}

function tagOf({ tag }: Part): string | undefined {
  return statSync(tag, { throwIfNoEntry: false }) === undefined ? undefined : readFileSync(tag, "utf8");
}

/** Removes what came. */
export function forget({ file, tag }: Part): void {
  for (const each of [file, tag]) rmSync(each, { force: true });
}
