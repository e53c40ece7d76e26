import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { performance } from "node:perf_hooks";
import type { Question, Reply } from "./reply.ts";

/** A connection without a request for this long is closed, in ms. */
const IDLE_MS = 65_000;
/** What a client may send ahead of its answers before it is made to wait, in bytes. */
const MOST_AHEAD_BYTES = 256 * 1024;
const HEAD_END = Buffer.from("\r\n\r\n");

export interface ShortRequest extends Question {
  readonly body: Buffer;
  /** What came after it. */
  readonly rest: Buffer;
}

/**
 * A request line and headers that can be read in one way only: `POST`, HTTP/1.1, each header on one line, no control
 * characters (RFC 9112 §3 and §5, without obsolete line folding).
 */
const PLAIN_HEAD = /^POST (\/[\x21-\x7e]*) HTTP\/1\.1(?:\r\n[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7e\x80-\xff]*)+$/;

/** Headers that change how a request is read or a connection goes on. */
const NOT_PLAIN = new Set(["transfer-encoding", "expect", "upgrade", "connection", "te", "trailer", "http2-settings"]);

/**
 * Reads a request that is complete and plain. Undefined for every other: incomplete, large, malformed, or with anything
 * that has more than one reading. Those are Node's HTTP parser's, so this one never has to judge.
 */
export function readShortRequest(data: Buffer): ShortRequest | undefined {
  const end = data.indexOf(HEAD_END);
  if (end < 0) return undefined;
  const head = data.toString("latin1", 0, end);
  const path = PLAIN_HEAD.exec(head)?.[1];
  if (path === undefined) return undefined;
  const headers: string[] = [];
  let length: number | undefined;
  let hosts = 0;
  for (let start = head.indexOf("\r\n") + 2; start > 1; ) {
    const next = head.indexOf("\r\n", start);
    const colon = head.indexOf(":", start);
    const name = head.slice(start, colon);
    const value = head.slice(colon + 1, next < 0 ? head.length : next).trim();
    const lower = name.toLowerCase();
    if (lower === "content-length") {
      if (length !== undefined || !/^\d{1,7}$/.test(value)) return undefined;
      length = Number(value);
    } else if (lower === "host") hosts++;
    else if (NOT_PLAIN.has(lower) && !(lower === "connection" && value.toLowerCase() === "keep-alive"))
      return undefined;
    headers.push(name, value);
    start = next < 0 ? 0 : next + 2;
  }
  const from = end + HEAD_END.length;
  if (hosts !== 1 || length === undefined || data.length < from + length) return undefined;
  const body = data.subarray(from, from + length);
  return { method: "POST", path, headers, body, rest: data.subarray(from + length) };
}

export interface ShortPathSettings {
  /** Takes a request and its reply; false when it is not for the short path. */
  readonly take: (request: ShortRequest, reply: Reply) => boolean;
  /** Gives the connection to Node's HTTP server, with the bytes that were read already. */
  readonly handOver: (socket: Socket) => void;
  readonly draining: () => boolean;
}

/**
 * Connections whose requests are all small and plain, as those of a client library are: read and answered on the
 * socket itself, at less than half the cost of Node's HTTP server. With the first request that is anything else the
 * connection goes to that server for good.
 */
export class ShortPath {
  readonly #settings: ShortPathSettings;
  readonly #connections = new Set<ShortConnection>();

  constructor(settings: ShortPathSettings) {
    this.#settings = settings;
  }

  accept(socket: Socket): void {
    const connection = new ShortConnection(socket, this.#settings, () => this.#connections.delete(connection));
    this.#connections.add(connection);
  }

  /** Closes connections that no request is on. @param forMs and has not been for so long */
  closeIdle(forMs: number = IDLE_MS): void {
    const now = performance.now();
    for (const connection of this.#connections) connection.closeIfIdle(now, forMs);
  }
}

class ShortConnection implements Reply {
  readonly #socket: Socket;
  readonly #settings: ShortPathSettings;
  readonly #left: () => void;
  #busy = false;
  #chunked = false;
  #halfClosed = false;
  #ahead: Buffer | undefined;
  #lastAt: number = performance.now();

  constructor(socket: Socket, settings: ShortPathSettings, left: () => void) {
    this.#socket = socket;
    this.#settings = settings;
    this.#left = left;
    socket.on("data", this.#onData);
    socket.on("end", this.#onEnd);
    socket.on("error", this.#onError);
    socket.on("close", left);
  }

  closeIfIdle(now: number, forMs: number): void {
    if (!this.#busy && now - this.#lastAt >= forMs) this.#socket.destroy();
  }

  answer(status: number, headers: readonly string[], body: Buffer): void {
    // Bytes as Latin-1 text, so that head and body are one write.
    this.#socket.write(this.#head(status, headers) + body.toString("latin1"), "latin1");
    this.#done();
  }

  begin(status: number, headers: readonly string[]): void {
    this.#chunked = !headers.includes("content-length");
    const framing = this.#chunked ? ["transfer-encoding", "chunked"] : [];
    this.#socket.write(this.#head(status, [...headers, ...framing]), "latin1");
  }

  write(part: Buffer, drained: () => void): boolean {
    const socket = this.#socket;
    if (this.#chunked) socket.write(`${part.length.toString(16)}\r\n`, "latin1");
    const flows = socket.write(part) && !this.#chunked;
    if ((this.#chunked ? socket.write("\r\n", "latin1") : flows) || socket.destroyed) return true;
    const once = (): void => {
      socket.off("drain", once).off("close", once);
      drained();
    };
    socket.on("drain", once).on("close", once);
    return false;
  }

  end(): void {
    if (this.#chunked) this.#socket.write("0\r\n\r\n", "latin1");
    this.#chunked = false;
    this.#done();
  }

  breakOff(): void {
    this.#socket.destroy();
  }

  readonly #onData = (data: Buffer): void => {
    if (!this.#busy) {
      this.#read(data);
      return;
    }
    this.#ahead = this.#ahead === undefined ? data : Buffer.concat([this.#ahead, data]);
    if (this.#ahead.length > MOST_AHEAD_BYTES) this.#socket.pause();
  };

  readonly #onEnd = (): void => {
    this.#halfClosed = true;
    if (!this.#busy) this.#socket.end();
  };

  readonly #onError = (): void => {
    this.#socket.destroy();
  };

  #read(data: Buffer): void {
    const request = readShortRequest(data);
    if (request !== undefined) {
      this.#busy = true;
      this.#ahead = request.rest.length > 0 ? request.rest : undefined;
      if (this.#settings.take(request, this)) return;
      this.#busy = false;
    }
    this.#handOver(data);
  }

  #handOver(data: Buffer): void {
    const socket = this.#socket;
    socket.off("data", this.#onData).off("end", this.#onEnd).off("error", this.#onError).off("close", this.#left);
    this.#left();
    socket.unshift(data);
    this.#settings.handOver(socket);
  }

  #head(status: number, headers: readonly string[]): string {
    let head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? "Unknown"}\r\n`;
    for (let i = 0; i + 1 < headers.length; i += 2) head += `${headers[i]}: ${headers[i + 1]}\r\n`;
    if (this.#mustClose()) head += "connection: close\r\n";
    return `${head}date: ${httpDate()}\r\n\r\n`;
  }

  #mustClose(): boolean {
    return this.#halfClosed || this.#settings.draining();
  }

  #done(): void {
    this.#busy = false;
    this.#lastAt = performance.now();
    const ahead = this.#ahead;
    this.#ahead = undefined;
    if (ahead !== undefined && !this.#settings.draining()) {
      this.#socket.resume();
      // Not at once: a client that sends a thousand requests ahead would deepen the stack with each.
      setImmediate(() => this.#onData(ahead));
    } else if (this.#mustClose()) this.#socket.end();
  }
}

let dateSecond = 0;
let dateText = "";

/** The Date header's value, made once a second (RFC 9110 §6.6.1). */
function httpDate(): string {
  const second = Math.floor(Date.now() / 1000);
  if (second !== dateSecond) {
    dateSecond = second;
    dateText = new Date(second * 1000).toUTCString();
  }
  return dateText;
}
