import { performance } from "node:perf_hooks";
import { Connection, type Ended, type Gone } from "./connection.ts";
import type { AnswerHandler, UpstreamFailure, UpstreamRequest } from "./upstream-request.ts";

/** How long a server is left alone after it could not be connected to, in ms. */
const EJECTION_MS = 1_000;
/** How often a server that is away is tried again for the requests that wait for it, in ms. */
const RETRY_MS = 25;
/** What may wait for one server, in bytes of bodies; each request counts 4 KB more for itself. */
const MOST_WAITING_BYTES = 64 * 1024 * 1024;
const REQUEST_BYTES = 4 * 1024;
/** Connections kept to one server. One Node process answers one request at a time, so more would only queue elsewhere. */
const MOST_CONNECTIONS = 64;

interface Waiting {
  readonly request: UpstreamRequest;
  readonly handler: AnswerHandler;
  /** Present when the server is away: monotonic ms at which the request stops waiting for it. */
  readonly until?: number;
}

/**
 * One model server, behind its Unix socket, with connections kept open. undici speaks HTTP; what a failure means for the
 * next step is decided here. `docs/decisions/failover.md` has the reasons.
 */
export class Upstream {
  readonly socket: string;
  readonly #connections = new Set<Connection>();
  readonly #idle: Connection[] = [];
  /** In the order they came; those with `until` wait for the server, the others for a connection. */
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #retry: NodeJS.Timeout | undefined;
  #ejectedUntil = 0;
  /** When the requests were sent whose connections ended just now, in monotonic ms. */
  #ends: number[] = [];
  #endsAt = 0;
  /** Whose requests these were, until they were cancelled. */
  readonly #ending = new WeakSet<AnswerHandler>();
  #closing = false;
  #reachable = true;

  constructor(socket: string) {
    this.socket = socket;
  }

  /** False after a connection was refused, until the next one is made. */
  get reachable(): boolean {
    return this.#reachable;
  }

  /** All its connections are in use, and requests wait for one. */
  get isCrowded(): boolean {
    return this.#waiting.some(({ until }) => until === undefined);
  }

  /** Whether its process ended just now on a request: that one counts, and what others miss meanwhile is the same event. */
  isExcused(now: number): boolean {
    return now - this.#endsAt < EXCUSED_MS && this.#ends.length > 0;
  }

  /** Monotonic ms. */
  isEjected(now: number): boolean {
    return now < this.#ejectedUntil;
  }

  send(request: UpstreamRequest, handler: AnswerHandler): void {
    const connection = this.#idle.pop() ?? this.#open();
    if (connection !== undefined) connection.send(request, handler);
    else if (!this.#wait({ request, handler })) {
      handler.onFailure({ kind: "overloaded", message: "too many requests wait already" });
    }
  }

  /**
   * Sends as soon as the server listens again, which is tried every 25 ms. After `until` (monotonic ms) the request fails
   * as refused. False when too much waits already.
   */
  sendWhenBack(request: UpstreamRequest, handler: AnswerHandler, until: number): boolean {
    if (this.#closing || !this.#wait({ request, handler, until })) return false;
    this.#retry ??= setTimeout(() => this.#tryAgain(), RETRY_MS);
    return true;
  }

  /** Nobody waits for this answer any more. It is not told of anything from here on. */
  cancel(handler: AnswerHandler): void {
    this.#ending.delete(handler);
    if (this.#release((each) => each.handler === handler).length > 0) return;
    for (const connection of this.#connections) if (connection.handler === handler) connection.cancel();
  }

  /** Whether the server says that it is ready, within 1 s. */
  async isReady(): Promise<boolean> {
    const handlerless = new Promise<boolean>((settle) => {
      let status = 0;
      const timer = setTimeout(() => {
        this.cancel(handler);
        settle(false);
      }, READY_WITHIN_MS);
      const end = (ready: boolean): void => {
        clearTimeout(timer);
        settle(ready);
      };
      const handler: AnswerHandler = {
        onHead: (code) => {
          status = code;
        },
        onBody: () => {},
        onEnd: () => end(status === 200),
        onFailure: () => end(false),
      };
      this.send({ method: "GET", path: "/v2/health/ready", headers: [], body: Buffer.alloc(0) }, handler);
    });
    return await handlerless;
  }

  /** Answers what was sent, takes nothing new. */
  close(): void {
    this.#closing = true;
    clearTimeout(this.#retry);
    for (const { handler } of this.#release(({ until }) => until !== undefined)) handler.onFailure(this.#refusal());
    for (const connection of this.#idle.splice(0)) connection.close();
  }

  /** One request finds out whether the server is back; the others follow it. */
  #tryAgain(): void {
    this.#retry = undefined;
    const now = performance.now();
    for (const { handler } of this.#release(({ until = now + 1 }) => until <= now)) handler.onFailure(this.#refusal());
    const first = this.#waiting.find(({ until }) => until !== undefined);
    for (const { request, handler } of this.#release((each) => each === first)) this.send(request, handler);
    if (this.#waiting.some(({ until }) => until !== undefined)) {
      this.#retry ??= setTimeout(() => this.#tryAgain(), RETRY_MS);
    }
  }

  #wait(waiting: Waiting): boolean {
    const bytes = costOf(waiting);
    if (this.#waitingBytes + bytes > MOST_WAITING_BYTES) return false;
    this.#waiting.push(waiting);
    this.#waitingBytes += bytes;
    return true;
  }

  #release(is: (waiting: Waiting) => boolean): readonly Waiting[] {
    const released = this.#waiting.filter(is);
    if (released.length === 0) return released;
    this.#waiting = this.#waiting.filter((waiting) => !is(waiting));
    this.#waitingBytes = this.#waiting.reduce((sum, waiting) => sum + costOf(waiting), 0);
    return released;
  }

  #next(): Waiting | undefined {
    const at = this.#waiting.findIndex(({ until }) => until === undefined);
    if (at < 0) return undefined;
    const [next] = this.#waiting.splice(at, 1);
    if (next !== undefined) this.#waitingBytes -= costOf(next);
    return next;
  }

  #refusal(): UpstreamFailure {
    return { kind: "refused", message: `nobody listens on ${this.socket}` };
  }

  #open(): Connection | undefined {
    if (this.#connections.size >= MOST_CONNECTIONS) return undefined;
    const connection = new Connection(this.socket, {
      connected: () => {
        this.#reachable = true;
        for (const { request, handler } of this.#release(({ until }) => until !== undefined))
          this.send(request, handler);
      },
      free: () => this.#free(connection),
      gone: (why) => this.#gone(connection, why),
      ended: (sentAt, handler) => this.#noteEnd(sentAt, handler),
    });
    this.#connections.add(connection);
    return connection;
  }

  #free(connection: Connection): void {
    const next = this.#next();
    if (next !== undefined) connection.send(next.request, next.handler);
    else if (this.#closing) connection.close();
    else this.#idle.push(connection);
  }

  /** Requests that were unanswered when their connections ended together: a process answers in turn, so the first is to blame. */
  #noteEnd(sentAt: number, handler: AnswerHandler | undefined): () => Ended {
    const now = performance.now();
    if (now - this.#endsAt > TOGETHER_MS) this.#ends = [];
    this.#endsAt = now;
    const ends = this.#ends;
    ends.push(sentAt);
    if (handler !== undefined) this.#ending.add(handler);
    return () => ({
      isFirst: Math.min(...ends) === sentAt,
      isWanted: handler !== undefined && this.#ending.has(handler),
    });
  }

  #gone(connection: Connection, why: Gone): void {
    this.#connections.delete(connection);
    const at = this.#idle.indexOf(connection);
    if (at >= 0) this.#idle.splice(at, 1);
    // The server is no more, most likely: what it kept open would break under the next requests, and under this one again.
    if (why === "broken") for (const idle of this.#idle.splice(0)) idle.close();
    if (why === "refused") {
      this.#reachable = false;
      this.#ejectedUntil = performance.now() + EJECTION_MS;
      for (const { handler } of this.#release(({ until }) => until === undefined)) handler.onFailure(this.#refusal());
    }
    const next = this.#next();
    if (next !== undefined) this.send(next.request, next.handler);
  }
}

const READY_WITHIN_MS = 1_000;
const TOGETHER_MS = 100;
/** A process that ended is back by then, in ms. */
const EXCUSED_MS = 2_000;

const costOf = ({ request }: Waiting): number => request.body.length + REQUEST_BYTES;
