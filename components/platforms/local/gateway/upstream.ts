import type { Dispatcher } from "undici";
import { Pool } from "undici";

/** How long a server is left alone after it could not be connected to, in ms. */
const EJECTION_MS = 1_000;
/** The longest a server may take to begin its answer, and between two parts of it, in ms. */
const ANSWER_TIMEOUT_MS = 30_000;
const CONNECT_TIMEOUT_MS = 2_000;
/** Connections kept to one server. One Node process answers one request at a time, so more would only queue elsewhere. */
const CONNECTIONS = 64;

export interface UpstreamRequest {
  readonly method: string;
  readonly path: string;
  /** Names and values in turn. */
  readonly headers: string[];
  readonly body: Buffer | null;
}

/** One model server, behind its Unix socket. */
export class Upstream {
  readonly socket: string;
  readonly #pool: Pool;
  #ejectedUntil = 0;

  constructor(socket: string) {
    this.socket = socket;
    this.#pool = new Pool("http://localhost", {
      socketPath: socket,
      connections: CONNECTIONS,
      pipelining: 1,
      connectTimeout: CONNECT_TIMEOUT_MS,
      headersTimeout: ANSWER_TIMEOUT_MS,
      bodyTimeout: ANSWER_TIMEOUT_MS,
      // Below the 65 s of the server, which then never closes a connection under a request.
      keepAliveTimeout: 30_000,
      keepAliveMaxTimeout: 60_000,
    });
  }

  /** Monotonic ms. */
  isEjected(now: number): boolean {
    return now < this.#ejectedUntil;
  }

  eject(now: number): void {
    this.#ejectedUntil = now + EJECTION_MS;
  }

  send(request: UpstreamRequest, handler: Dispatcher.DispatchHandler): void {
    this.#pool.dispatch(
      { method: request.method, path: request.path, headers: request.headers, body: request.body },
      handler,
    );
  }

  /** Answers what was sent, takes nothing new. */
  async close(): Promise<void> {
    await this.#pool.close();
  }
}

/** True when the request cannot have reached the server: nobody listens, or the socket is gone. */
export const isConnectFailure = (error: Error): boolean =>
  ["ECONNREFUSED", "ENOENT", "UND_ERR_CONNECT_TIMEOUT", "EAGAIN"].includes(codeOf(error));

/** True when a kept connection ended before a byte of the answer: the server closed it, or died. */
export const isBrokenConnection = (error: Error): boolean =>
  ["ECONNRESET", "EPIPE", "UND_ERR_SOCKET"].includes(codeOf(error));

const codeOf = (error: Error): string => ("code" in error && typeof error.code === "string" ? error.code : "");
