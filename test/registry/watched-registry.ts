import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What went through. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  /** Of the request's body. */
  readonly bytes: number;
  readonly status: number;
}

/** A registry behind an address where one sees what is asked, and cuts the line. */
export interface WatchedRegistry extends AsyncDisposable {
  readonly host: string;
  /** What was answered, the oldest first. */
  readonly seen: readonly Seen[];
  /** After so many more answers nobody answers any more. */
  cutAfter(requests: number): void;
  mend(): void;
  /** Answers instead of the registry, where it gives a status. */
  refuse(answer: (method: string, path: string) => number | undefined): void;
}

/** @param host the real registry */
export async function watch(host: string): Promise<WatchedRegistry> {
  const seen: Seen[] = [];
  let left = Number.POSITIVE_INFINITY;
  let refused: Parameters<WatchedRegistry["refuse"]>[0] = () => undefined;
  const server = createServer((incoming, outgoing) => {
    const { method = "", url = "" } = incoming;
    if (left <= 0) return void incoming.socket.destroy();
    const status = refused(method, url);
    if (status !== undefined) return void incoming.resume().on("end", () => outgoing.writeHead(status).end());
    forward(host, incoming, outgoing, (answer) => {
      seen.push({ method, path: url, ...answer });
      left -= 1;
      // The answer itself is lost with the line: the registry has done what it was asked, and nobody knows.
      if (left <= 0) incoming.socket.destroy();
      return left > 0;
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    cutAfter(requests) {
      left = requests;
    },
    mend() {
      left = Number.POSITIVE_INFINITY;
    },
    refuse(answer) {
      refused = answer;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function forward(
  host: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  answered: (answer: Pick<Seen, "bytes" | "status">) => boolean,
): void {
  const [hostname, port] = host.split(":");
  let bytes = 0;
  const { method, url: path, headers } = incoming;
  const onward = request({ hostname, port, method, path, headers }, (response) => {
    const { statusCode: status = 502 } = response;
    if (!answered({ bytes, status })) return void response.destroy();
    outgoing.writeHead(status, response.headers);
    response.pipe(outgoing);
  });
  onward.on("error", () => outgoing.destroy());
  incoming.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
  });
  incoming.on("close", () => {
    if (!incoming.complete) onward.destroy();
  });
  incoming.pipe(onward);
}

/** The blobs that were sent whole, by digest. */
export function sent(seen: readonly Seen[]): readonly string[] {
  const finished = seen.filter(
    ({ method, path, status }) => method === "PUT" && path.includes("uploads") && status === 201,
  );
  return finished.map((each) => new URL(each.path, "http://any").searchParams.get("digest") ?? "");
}
