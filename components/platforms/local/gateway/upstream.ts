import { connect, type Socket } from "node:net";
import { performance } from "node:perf_hooks";
import { type AnswerSink, ResponseParser } from "./response-parser.ts";

/** How long a server is left alone after it could not be connected to, in ms. */
const EJECTION_MS = 1_000;
/** The longest a server may be silent while it owes an answer, in ms. */
const ANSWER_TIMEOUT_MS = 30_000;
/** Below the 65 s of the server, which then never closes a connection under a request. */
const IDLE_MS = 30_000;
const SWEEP_MS = 1_000;
/** How often a server that is away is tried again for the requests that wait for it, in ms. */
const RETRY_MS = 25;
/** What may wait for one server that is away, in bytes of bodies; each request counts 4 KB more for itself. */
const MOST_HELD_BYTES = 64 * 1024 * 1024;
const REQUEST_BYTES = 4 * 1024;
/** Connections kept to one server. One Node process answers one request at a time, so more would only queue elsewhere. */
const MOST_CONNECTIONS = 64;

export interface UpstreamRequest {
  readonly method: string;
  readonly path: string;
  /** Names and values in turn, as they were received: a parser has made sure that no line break is in them. */
  readonly headers: readonly string[];
  readonly body: Buffer;
}

export interface AnswerHandler {
  /** Names (lower case) and values in turn. */
  onHead(status: number, headers: readonly string[]): void;
  /** @param flow stops and resumes reading, when the answer comes faster than it can be passed on */
  onBody(part: Buffer, flow: Flow): void;
  onEnd(): void;
  /** The answer will not come, or not whole. */
  onFailure(failure: Failure): void;
}

export interface Flow {
  readonly pause: () => void;
  readonly resume: () => void;
}

export interface Failure {
  /**
   * `refused`: nobody listens, the request was not sent. `broken`: the connection ended before a byte of the answer
   * came. `failed`: everything else (timeout, an answer that breaks off or is none).
   */
  readonly kind: "refused" | "broken" | "failed";
  readonly message: string;
}

interface Waiting {
  readonly request: UpstreamRequest;
  readonly handler: AnswerHandler;
}

interface Held extends Waiting {
  /** Monotonic ms. */
  readonly until: number;
}

/**
 * One model server, behind its Unix socket, with connections kept open. Written on the socket itself because a general
 * client spends more on a small request than the model does; `docs/decisions/gateway-throughput.md` has the numbers.
 */
export class Upstream {
  readonly socket: string;
  readonly #connections = new Set<Connection>();
  readonly #idle: Connection[] = [];
  readonly #waiting: Waiting[] = [];
  #held: Held[] = [];
  #heldBytes = 0;
  #retry: NodeJS.Timeout | undefined;
  readonly #sweep: NodeJS.Timeout;
  #ejectedUntil = 0;
  #closing = false;
  #reachable = true;

  constructor(socket: string) {
    this.socket = socket;
    this.#sweep = setInterval(() => this.#sweepNow(performance.now()), SWEEP_MS);
    this.#sweep.unref();
  }

  /** False after a connection was refused, until the next one is made. */
  get reachable(): boolean {
    return this.#reachable;
  }

  /** Monotonic ms. */
  isEjected(now: number): boolean {
    return now < this.#ejectedUntil;
  }

  send(request: UpstreamRequest, handler: AnswerHandler): void {
    const connection = this.#idle.pop() ?? this.#open();
    if (connection === undefined) this.#waiting.push({ request, handler });
    else connection.send(request, handler);
  }

  /**
   * Sends as soon as the server listens again, which is tried every 25 ms. After `until` (monotonic ms) the request fails
   * as refused. False when too much waits already.
   */
  sendWhenBack(request: UpstreamRequest, handler: AnswerHandler, until: number): boolean {
    const bytes = costOf(request);
    if (this.#closing || this.#heldBytes + bytes > MOST_HELD_BYTES) return false;
    this.#held.push({ request, handler, until });
    this.#heldBytes += bytes;
    this.#retry ??= setTimeout(() => this.#tryAgain(), RETRY_MS);
    return true;
  }

  /** One request finds out whether the server is back; the others follow it. */
  #tryAgain(): void {
    this.#retry = undefined;
    const now = performance.now();
    for (const { handler } of this.#release(({ until }) => until <= now)) handler.onFailure(this.#refusal());
    const [first] = this.#held;
    for (const { request, handler } of this.#release((each) => each === first)) this.send(request, handler);
    if (this.#held.length > 0) this.#retry ??= setTimeout(() => this.#tryAgain(), RETRY_MS);
  }

  #release(is: (held: Held) => boolean): readonly Held[] {
    const released = this.#held.filter(is);
    this.#held = this.#held.filter((held) => !is(held));
    this.#heldBytes = this.#held.reduce((sum, { request }) => sum + costOf(request), 0);
    return released;
  }

  #refusal(): Failure {
    return { kind: "refused", message: `nobody listens on ${this.socket}` };
  }

  /** Answers what was sent, takes nothing new. */
  close(): void {
    this.#closing = true;
    clearTimeout(this.#retry);
    for (const { handler } of this.#release(() => true)) handler.onFailure(this.#refusal());
    for (const connection of this.#idle.splice(0)) connection.close();
    if (this.#connections.size === 0) clearInterval(this.#sweep);
  }

  #open(): Connection | undefined {
    if (this.#connections.size >= MOST_CONNECTIONS) return undefined;
    const connection = new Connection(this.socket, {
      connected: () => {
        this.#reachable = true;
        for (const { request, handler } of this.#release(() => true)) this.send(request, handler);
      },
      free: () => this.#free(connection),
      gone: (why) => this.#gone(connection, why),
    });
    this.#connections.add(connection);
    return connection;
  }

  #free(connection: Connection): void {
    const next = this.#waiting.shift();
    if (next !== undefined) connection.send(next.request, next.handler);
    else if (this.#closing) connection.close();
    else this.#idle.push(connection);
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
      for (const { handler } of this.#waiting.splice(0)) handler.onFailure(this.#refusal());
    }
    const next = this.#waiting.shift();
    if (next !== undefined) this.send(next.request, next.handler);
    if (this.#closing && this.#connections.size === 0) clearInterval(this.#sweep);
  }

  #sweepNow(now: number): void {
    for (const connection of this.#connections) {
      if (connection.owesSince(now) > ANSWER_TIMEOUT_MS) {
        connection.fail({ kind: "failed", message: `no answer within ${ANSWER_TIMEOUT_MS / 1000} s` });
      } else if (connection.idleSince(now) > IDLE_MS) connection.close();
    }
  }
}

/** `broken`: under a request. */
type Gone = "refused" | "broken" | "closed";

interface ConnectionEvents {
  readonly connected: () => void;
  readonly free: () => void;
  readonly gone: (why: Gone) => void;
}

/** One connection, one request at a time. */
class Connection implements AnswerSink, Flow {
  readonly #socket: Socket;
  readonly #events: ConnectionEvents;
  readonly #parser: ResponseParser;
  #handler: AnswerHandler | undefined;
  #connected = false;
  #closed = false;
  #answerBegun = false;
  #lastAt: number = performance.now();

  constructor(path: string, events: ConnectionEvents) {
    this.#events = events;
    this.#parser = new ResponseParser(this);
    const socket = connect({ path });
    this.#socket = socket;
    socket.on("connect", () => {
      this.#connected = true;
      this.#events.connected();
    });
    socket.on("data", (data: Buffer) => this.#read(data));
    socket.on("end", () => this.#ended("the connection ended before the answer"));
    socket.on("error", (error) => this.#ended(error.message));
    socket.on("close", () => this.#ended("the connection was closed before the answer"));
  }

  send(request: UpstreamRequest, handler: AnswerHandler): void {
    this.#handler = handler;
    this.#answerBegun = false;
    this.#lastAt = performance.now();
    this.#socket.write(renderRequest(request));
  }

  owesSince(now: number): number {
    return this.#handler === undefined ? 0 : now - this.#lastAt;
  }

  idleSince(now: number): number {
    return this.#handler === undefined ? now - this.#lastAt : 0;
  }

  /** Told before the failure is: what the handler sends next must not get this connection. */
  close(why: Gone = this.#connected ? "closed" : "refused"): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#socket.destroy();
    this.#events.gone(why);
  }

  fail(failure: Failure): void {
    const handler = this.#handler;
    this.#handler = undefined;
    this.close(failure.kind === "broken" ? "broken" : undefined);
    handler?.onFailure(failure);
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  onHead(status: number, headers: readonly string[]): void {
    this.#handler?.onHead(status, headers);
  }

  onBody(part: Buffer): void {
    this.#handler?.onBody(part, this);
  }

  onEnd(reusable: boolean): void {
    const handler = this.#handler;
    this.#handler = undefined;
    if (reusable) this.#events.free();
    else this.close();
    handler?.onEnd();
  }

  #read(data: Buffer): void {
    if (this.#handler === undefined) {
      this.close();
      return;
    }
    this.#answerBegun = true;
    this.#lastAt = performance.now();
    try {
      this.#parser.read(data);
    } catch (error) {
      this.fail({ kind: "failed", message: error instanceof Error ? error.message : String(error) });
    }
  }

  #ended(message: string): void {
    if (this.#handler === undefined || this.#parser.close()) {
      this.close();
      return;
    }
    this.fail({ kind: !this.#connected ? "refused" : this.#answerBegun ? "failed" : "broken", message });
  }
}

const costOf = ({ body }: UpstreamRequest): number => body.length + REQUEST_BYTES;

/** Head and body in one buffer: one system call. */
function renderRequest({ method, path, headers, body }: UpstreamRequest): Buffer {
  let head = `${method} ${path} HTTP/1.1\r\nhost: model\r\n`;
  for (let i = 0; i + 1 < headers.length; i += 2) head += `${headers[i]}: ${headers[i + 1]}\r\n`;
  head += method === "GET" ? "\r\n" : `content-length: ${body.length}\r\n\r\n`;
  const bytes = Buffer.allocUnsafe(head.length + body.length);
  bytes.write(head, "latin1");
  body.copy(bytes, head.length);
  return bytes;
}
