import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { errorCode } from "../../host/host-error.ts";

const STATUS: Readonly<Record<string, number>> = { ENOENT: 404, ENOTDIR: 404, EACCES: 403, EPERM: 403 };

/**
 * What a server of files would answer for a file of this machine: a folder is then a place like any other, and what is
 * fetched from it is resumed, verified and kept in the same way.
 * @param range the header, where the answer is to begin later than at the first byte
 */
export async function answerLocalFile(url: string, range = ""): Promise<Response> {
  const path = fileURLToPath(url);
  try {
    const facts = await stat(path);
    return named(url, facts.isFile() ? answerBytes(path, facts.size, range) : new Response(null, { status: 404 }));
  } catch (error) {
    const status = STATUS[errorCode(error) ?? ""];
    if (status === undefined) throw error;
    return named(url, new Response(null, { status }));
  }
}

/** With the address that it is the answer of, as one that came over a network has it. */
const named = (url: string, response: Response): Response => Object.defineProperty(response, "url", { value: url });

function answerBytes(path: string, size: number, range: string): Response {
  const [, start, last] = /^bytes=(\d+)-(\d*)$/.exec(range) ?? [];
  const from = Number(start ?? 0);
  if (start !== undefined && from >= size) return new Response(null, { status: 416 });
  const to = last ? Math.min(Number(last) + 1, size) : size;
  const headers = {
    "content-length": String(to - from),
    ...(start !== undefined && { "content-range": `bytes ${from}-${to - 1}/${size}` }),
  };
  // Opened when it is read: of a question for its length alone nothing stays open.
  const bytes = to > from ? Readable.from(readBytes(path, from, to - 1)) : null;
  const body = bytes === null ? null : (Readable.toWeb(bytes) as ReadableStream<Uint8Array>);
  return new Response(body, { status: start === undefined ? 200 : 206, headers });
}

async function* readBytes(path: string, start: number, end: number): AsyncGenerator<Uint8Array> {
  yield* createReadStream(path, { start, end });
}
