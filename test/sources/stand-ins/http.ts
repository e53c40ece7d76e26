import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** What a server was asked. */
export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly range: string | undefined;
  readonly authorization: string | undefined;
}

/** A server on loopback, until the test ends. */
export interface Served {
  readonly origin: string;
  readonly asked: Asked[];
  readonly stop: () => Promise<void>;
}

/** Starts one. */
export async function serve(
  answer: (request: IncomingMessage, response: ServerResponse, url: URL) => void,
): Promise<Served> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const { method = "", url = "", headers } = request;
    asked.push({ method, url, range: headers.range, authorization: headers.authorization });
    answer(request, response, new URL(url, "http://127.0.0.1"));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const stop = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  onTestFinished(stop);
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, stop };
}

/** How bytes are handed out. */
export interface Manner {
  /** Only so many bytes of each answer, then the connection breaks. */
  readonly cutAfter?: number;
  /** Whole answers, whatever is asked for. */
  readonly ignoresRanges?: boolean;
  /** No length is told: an early end looks like the end. */
  readonly isChunked?: boolean;
  readonly tag?: string;
}

/** Hands bytes out as a file server does. */
export function sendFile(request: IncomingMessage, response: ServerResponse, bytes: Buffer, manner: Manner = {}): void {
  const { cutAfter, ignoresRanges = false, isChunked = false, tag } = manner;
  const [, start] = /^bytes=(\d+)-/.exec(request.headers.range ?? "") ?? [];
  const [, end] = /^bytes=\d+-(\d+)$/.exec(request.headers.range ?? "") ?? [];
  const condition = request.headers["if-range"];
  const isPart = start !== undefined && !ignoresRanges && (condition === undefined || condition === tag);
  const from = isPart ? Number(start) : 0;
  if (isPart && from >= bytes.length) {
    response.writeHead(416, { "content-range": `bytes */${bytes.length}` }).end();
    return;
  }
  const to = isPart && end !== undefined ? Math.min(Number(end) + 1, bytes.length) : bytes.length;
  const body = bytes.subarray(from, to);
  const headers = {
    ...(isChunked ? {} : { "content-length": body.length }),
    ...(isPart && { "content-range": `bytes ${from}-${to - 1}/${bytes.length}` }),
    ...(tag !== undefined && { etag: tag }),
  };
  response.writeHead(isPart ? 206 : 200, headers);
  if (request.method === "HEAD") response.end();
  else if (cutAfter === undefined || cutAfter >= body.length) response.end(body);
  else if (isChunked) response.end(body.subarray(0, cutAfter));
  else response.write(body.subarray(0, cutAfter), () => response.socket?.end());
}
