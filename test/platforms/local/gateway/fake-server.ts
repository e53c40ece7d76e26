import { rmSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";

export interface Seen {
  readonly path: string;
  readonly body: string;
  readonly headers: IncomingMessage["headers"];
}

/** A model server whose behaviour a test may change at any time. */
export interface FakeServer {
  readonly version: string;
  readonly socket: string;
  readonly seen: Seen[];
  /** Requests received, kept even while `seen` is not. */
  received: number;
  /** Whether to remember each request. */
  remember: boolean;
  answer: (seen: Seen, response: ServerResponse) => void;
  /** Ends like a killed process: connections break, nobody listens. */
  readonly kill: () => Promise<void>;
}

export async function startFakeServer(version: string, socket: string): Promise<FakeServer> {
  const sockets = new Set<Socket>();
  const server: Server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      fake.received++;
      const seen = { path: request.url ?? "", body: Buffer.concat(chunks).toString(), headers: request.headers };
      if (fake.remember) fake.seen.push(seen);
      fake.answer(seen, response);
    });
  });
  server.on("connection", (connection) => {
    sockets.add(connection);
    connection.on("close", () => sockets.delete(connection));
  });
  const fake: FakeServer = {
    version,
    socket,
    seen: [],
    received: 0,
    remember: true,
    answer: (_seen, response) => succeed(response, version),
    kill: () =>
      new Promise((resolve) => {
        for (const connection of sockets) connection.destroy();
        server.close(() => resolve());
        rmSync(socket, { force: true });
      }),
  };
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  return fake;
}

export function succeed(response: ServerResponse, version: string, label = "positive"): void {
  const body = JSON.stringify({ version, label });
  response.writeHead(200, [
    "content-type",
    "application/json",
    "content-length",
    String(body.length),
    "x-model-version",
    version,
    "x-prediction-label",
    label,
  ]);
  response.end(body);
}

export function fail(response: ServerResponse, status = 500): void {
  response.writeHead(status, ["content-length", "2"]);
  response.end("{}");
}
