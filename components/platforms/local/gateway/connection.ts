import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { Client, type Dispatcher } from "undici";
import { messageOf } from "../../../host/host-error.ts";
import type { AnswerHandler, Flow, UpstreamFailure, UpstreamRequest } from "./upstream-request.ts";

/** Below the 65 s of the server, which then never closes a connection under a request. */
const IDLE_MS = 30_000;
const MOST_HEAD_BYTES = 32 * 1024;
/** A process that ended has let go of its socket by then, and its successor has not taken it yet, in ms. */
const ENDED_AFTER_MS = 15;

/** Why a connection is no more. `broken`: under a request. */
export type Gone = "refused" | "broken" | "closed";

/** What is known, a little later, of a request whose connection ended before it was answered. */
export interface Ended {
  /** None of those whose connections ended together was sent earlier. */
  readonly isFirst: boolean;
  /** It was not cancelled meanwhile. */
  readonly isWanted: boolean;
}

/** What a connection tells the upstream that it belongs to. */
export interface ConnectionEvents {
  readonly connected: () => void;
  readonly free: () => void;
  readonly gone: (why: Gone) => void;
  /** Called for each request that was unanswered when its connection ended; says later what is known of it by then. */
  readonly ended: (sentAt: number, handler: AnswerHandler | undefined) => () => Ended;
}

/** One connection to a model server, one request at a time. */
export class Connection implements Dispatcher.DispatchHandler, Flow {
  readonly #path: string;
  readonly #client: Client;
  readonly #events: ConnectionEvents;
  #handler: AnswerHandler | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #connected = false;
  /** A connection was there for the request: it may have reached the server. */
  #reached = false;
  /** It had answered another request before: it may have been closed, or its server gone, before this one was sent. */
  #kept = false;
  #answerBegun = false;
  #gone = false;
  #sentAt: number | undefined;

  constructor(path: string, events: ConnectionEvents) {
    this.#path = path;
    this.#events = events;
    this.#client = clientOf(path);
    this.#client.on("connect", () => {
      this.#connected = true;
      this.#reached = true;
      this.#events.connected();
    });
    this.#client.on("disconnect", () => {
      this.#connected = false;
      if (this.#handler === undefined) this.#leave("closed");
    });
  }

  get handler(): AnswerHandler | undefined {
    return this.#handler;
  }

  /** When the request that is under way was sent, in monotonic ms. */
  get sentAt(): number | undefined {
    return this.#sentAt;
  }

  send(request: UpstreamRequest, handler: AnswerHandler): void {
    this.#handler = handler;
    this.#controller = undefined;
    this.#answerBegun = false;
    this.#reached = this.#connected;
    this.#kept = this.#connected;
    this.#sentAt = performance.now();
    handler.onSent?.();
    const { method, path, headers, body } = request;
    try {
      this.#client.dispatch(
        { method: method as Dispatcher.HttpMethod, path, headers: [...headers], body: method === "POST" ? body : null },
        this,
      );
    } catch (error) {
      this.#fail({ kind: "failed", message: messageOf(error) });
    }
  }

  /** The request is not wanted any more: its handler hears nothing of it. */
  cancel(): void {
    this.#handler = undefined;
    this.#leave("closed");
  }

  close(): void {
    this.#leave("closed");
  }

  pause(): void {
    this.#controller?.pause();
  }

  resume(): void {
    this.#controller?.resume();
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
  ): void {
    this.#answerBegun = true;
    this.#handler?.onHead(status, flat(headers));
  }

  onResponseData(_controller: Dispatcher.DispatchController, part: Buffer): void {
    this.#handler?.onBody(part, this);
  }

  onResponseEnd(): void {
    const handler = this.#handler;
    this.#handler = undefined;
    this.#sentAt = undefined;
    if (this.#connected && !this.#gone) this.#events.free();
    else this.#leave("closed");
    handler?.onEnd();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error & { readonly code?: string }): void {
    const message = messageOf(error);
    if (this.#handler === undefined) return;
    // undici connects anew by itself when it finds the connection closed before it has written anything.
    if (isOwnLack(error)) this.#fail({ kind: "overloaded", message });
    else if (!this.#reached || isRefusal(error)) this.#fail({ kind: "refused", message });
    else if (this.#answerBegun || !isEnd(error)) this.#fail({ kind: "failed", message });
    // A server that closes with a request unread resets the connection; one that may have read it just ends it.
    else if (error.code !== "UND_ERR_SOCKET") this.#fail({ kind: "broken", message });
    else void this.#tellEnd(message, this.#kept);
  }

  /** Did the server's process end, and with this request, the one it had longest? */
  async #tellEnd(message: string, kept: boolean): Promise<void> {
    const handler = this.#handler;
    const known = this.#events.ended(this.#sentAt ?? 0, handler);
    this.#handler = undefined;
    this.#leave("broken");
    await sleep(ENDED_AFTER_MS);
    const listens = known().isFirst ? await isListening(this.#path) : undefined;
    if (!known().isWanted) return;
    if (listens === undefined) handler?.onFailure({ kind: "broken", message });
    else if (listens) handler?.onFailure({ kind: kept ? "broken" : "failed", message });
    else handler?.onFailure({ kind: "ended", message });
  }

  #fail(failure: UpstreamFailure): void {
    const handler = this.#handler;
    this.#handler = undefined;
    // Told before the failure is: what the handler sends next must not get this connection.
    this.#leave(failure.kind === "refused" ? "refused" : failure.kind === "broken" ? "broken" : "closed");
    handler?.onFailure(failure);
  }

  #leave(why: Gone): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#sentAt = undefined;
    void this.#client.destroy().catch(() => {});
    this.#events.gone(why);
  }
}

const clientOf = (socketPath: string): Client =>
  new Client("http://model", {
    socketPath,
    pipelining: 1,
    keepAliveTimeout: IDLE_MS,
    keepAliveMaxTimeout: IDLE_MS,
    // The exchange keeps the deadline.
    headersTimeout: 0,
    bodyTimeout: 0,
    maxHeaderSize: MOST_HEAD_BYTES,
  });

async function isListening(socketPath: string): Promise<boolean> {
  const client = clientOf(socketPath);
  let connected = false;
  client.on("connect", () => {
    connected = true;
  });
  try {
    await client.request({ method: "GET", path: "/v2/health/live", signal: AbortSignal.timeout(1_000) });
    return true;
  } catch {
    return connected;
  } finally {
    void client.destroy().catch(() => {});
  }
}

const REFUSALS = ["ECONNREFUSED", "ENOENT", "EAGAIN", "EACCES", "ENOTSOCK", "UND_ERR_CONNECT_TIMEOUT"];

/** This process has no more of it: the server was not asked. */
const LACKS = ["EMFILE", "ENFILE", "ENOBUFS", "ENOMEM"];

const isOwnLack = ({ code = "" }: { readonly code?: string }): boolean => LACKS.includes(code);

const isRefusal = ({ code = "" }: { readonly code?: string }): boolean => REFUSALS.includes(code);

const isEnd = ({ code }: { readonly code?: string }): boolean =>
  code === "UND_ERR_SOCKET" || code === "ECONNRESET" || code === "EPIPE";

function flat(headers: Readonly<Record<string, string | string[] | undefined>>): string[] {
  const pairs: string[] = [];
  for (const name in headers) {
    const value = headers[name];
    if (typeof value === "string") pairs.push(name, value);
    else for (const each of value ?? []) pairs.push(name, each);
  }
  return pairs;
}
