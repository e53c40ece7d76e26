import { Pool } from "undici";
import type { Address } from "../../../host/listeners.ts";

/** What a program answered. */
export interface Reply {
  readonly status: number;
  readonly text: string;
}

/** What a program is asked. */
export interface Question {
  readonly path: string;
  /** JSON text; absent for GET. */
  readonly body?: string;
  readonly signal?: AbortSignal;
}

/** Asks a program, with connections that are kept. */
export interface Asking {
  /** @throws Error when no whole answer came */
  readonly ask: (question: Question) => Promise<Reply>;
  readonly close: () => Promise<void>;
}

/** What a program may answer at most, in bytes. */
const MOST_ANSWER_BYTES = 16 * 1024 * 1024;

/** @param options.keepAliveMs how long an idle connection is used again: shorter than the program keeps it */
export function createAsking(
  address: Address,
  options: { readonly keepAliveMs: number; readonly concurrency: number },
): Asking {
  const origin = "port" in address ? `http://127.0.0.1:${address.port}` : "http://localhost";
  const pool = new Pool(origin, {
    connections: options.concurrency,
    pipelining: 1,
    keepAliveTimeout: options.keepAliveMs,
    keepAliveMaxTimeout: options.keepAliveMs,
    // Whoever asks this process has a deadline of its own, and hangs up.
    headersTimeout: 0,
    bodyTimeout: 0,
    maxResponseSize: MOST_ANSWER_BYTES,
    ...("socket" in address ? { connect: { socketPath: address.socket } } : {}),
  });
  return {
    async ask({ path, body, signal }) {
      const headers = {
        accept: "application/json",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      };
      const { statusCode, body: answer } = await pool.request({
        path,
        method: body === undefined ? "GET" : "POST",
        headers,
        ...(body === undefined ? {} : { body }),
        ...(signal === undefined ? {} : { signal }),
      });
      return { status: statusCode, text: await answer.text() };
    },
    close: () => pool.destroy(),
  };
}
