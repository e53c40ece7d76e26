/** Receives an answer as it comes. */
export interface AnswerSink {
  /** Names (lower case) and values in turn. */
  onHead(status: number, headers: readonly string[]): void;
  onBody(part: Buffer): void;
  /** @param reusable whether the connection may carry another request */
  onEnd(reusable: boolean): void;
}

/** The server broke the protocol. */
export class ProtocolError extends Error {}

const MOST_HEAD_BYTES = 64 * 1024;
const HEAD_END = Buffer.from("\r\n\r\n");

type Framing =
  | { readonly kind: "length"; left: number }
  | { readonly kind: "chunked"; readonly chunks: ChunkReader }
  | { readonly kind: "untilClosed" };

/**
 * Reads HTTP/1.1 answers off one connection, one after the other (RFC 9112). It reads from servers that this gateway
 * was configured with, so it is strict: what it does not understand ends the connection.
 */
export class ResponseParser {
  readonly #sink: AnswerSink;
  #pending: Buffer | undefined;
  #framing: Framing | undefined;
  #reusable = true;

  constructor(sink: AnswerSink) {
    this.#sink = sink;
  }

  /** @throws ProtocolError */
  read(data: Buffer): void {
    let rest = this.#pending === undefined ? data : Buffer.concat([this.#pending, data]);
    this.#pending = undefined;
    while (this.#framing === undefined) {
      const end = rest.indexOf(HEAD_END);
      if (end < 0) {
        if (rest.length > MOST_HEAD_BYTES) throw new ProtocolError("the head of the answer is too long");
        this.#pending = rest;
        return;
      }
      this.#readHead(rest.toString("latin1", 0, end));
      rest = rest.subarray(end + HEAD_END.length);
      if (this.#framing === undefined && rest.length === 0) return;
    }
    this.#readBody(this.#framing, rest);
  }

  /** The connection ended: for an answer without a length that is how it is complete. */
  close(): boolean {
    if (this.#framing?.kind !== "untilClosed") return false;
    this.#framing = undefined;
    this.#sink.onEnd(false);
    return true;
  }

  #readHead(head: string): void {
    const lineEnd = head.indexOf("\r\n");
    const statusLine = lineEnd < 0 ? head : head.slice(0, lineEnd);
    if (!statusLine.startsWith("HTTP/1.1 ") && !statusLine.startsWith("HTTP/1.0 ")) {
      throw new ProtocolError(`not an HTTP answer: ${statusLine.slice(0, 40)}`);
    }
    const status = Number(statusLine.slice(9, 12));
    if (!(status >= 100 && status <= 599)) throw new ProtocolError(`no status: ${statusLine.slice(0, 40)}`);
    const headers = lineEnd < 0 ? [] : readHeaders(head, lineEnd + 2);
    // An interim answer; the real one follows.
    if (status < 200) return;
    this.#reusable = statusLine.startsWith("HTTP/1.1 ");
    this.#framing = this.#framingOf(status, headers);
    this.#sink.onHead(status, headers);
  }

  #framingOf(status: number, headers: readonly string[]): Framing {
    let length: number | undefined;
    let chunked = false;
    for (let i = 0; i < headers.length; i += 2) {
      const value = headers[i + 1] ?? "";
      switch (headers[i]) {
        case "content-length":
          length = readLength(value);
          break;
        case "transfer-encoding":
          if (value.toLowerCase() !== "chunked") throw new ProtocolError(`transfer-encoding ${value}`);
          chunked = true;
          break;
        case "connection":
          if (value.toLowerCase() === "close") this.#reusable = false;
          break;
      }
    }
    if (status === 204 || status === 304) return { kind: "length", left: 0 };
    if (chunked && length !== undefined) throw new ProtocolError("both a length and chunks");
    if (chunked) return { kind: "chunked", chunks: new ChunkReader() };
    if (length !== undefined) return { kind: "length", left: length };
    return { kind: "untilClosed" };
  }

  #readBody(framing: Framing, data: Buffer): void {
    switch (framing.kind) {
      case "length":
        if (data.length > framing.left) throw new ProtocolError("more bytes than the answer's length");
        framing.left -= data.length;
        if (data.length > 0) this.#sink.onBody(data);
        if (framing.left === 0) this.#end();
        return;
      case "chunked":
        if (framing.chunks.read(data, (part) => this.#sink.onBody(part))) this.#end();
        return;
      case "untilClosed":
        if (data.length > 0) this.#sink.onBody(data);
    }
  }

  #end(): void {
    this.#framing = undefined;
    this.#sink.onEnd(this.#reusable);
  }
}

function readHeaders(head: string, from: number): string[] {
  const headers: string[] = [];
  for (let start = from; start < head.length; ) {
    let end = head.indexOf("\r\n", start);
    if (end < 0) end = head.length;
    const colon = head.indexOf(":", start);
    if (colon <= start || colon > end) throw new ProtocolError("a header without a name");
    headers.push(head.slice(start, colon).toLowerCase(), head.slice(colon + 1, end).trim());
    start = end + 2;
  }
  return headers;
}

function readLength(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new ProtocolError(`content-length ${text}`);
}

/** The chunked transfer coding (RFC 9112 §7.1). Trailers are dropped. */
class ChunkReader {
  #line = "";
  #left = 0;
  #state: "size" | "data" | "dataEnd" | "trailer" = "size";

  /** True when the last chunk and the trailers have been read. */
  read(data: Buffer, part: (part: Buffer) => void): boolean {
    let at = 0;
    while (at < data.length) {
      if (this.#state === "data") {
        const taken = Math.min(this.#left, data.length - at);
        part(data.subarray(at, at + taken));
        at += taken;
        this.#left -= taken;
        if (this.#left === 0) this.#state = "dataEnd";
        continue;
      }
      const end = data.indexOf(0x0a, at);
      this.#line += data.toString("latin1", at, end < 0 ? data.length : end);
      if (this.#line.length > MOST_HEAD_BYTES) throw new ProtocolError("a line of the chunked answer is too long");
      if (end < 0) return false;
      at = end + 1;
      const line = this.#line.replace(/\r$/, "");
      this.#line = "";
      if (this.#readLine(line)) {
        if (at < data.length) throw new ProtocolError("more bytes than the answer's chunks");
        return true;
      }
    }
    return false;
  }

  #readLine(line: string): boolean {
    switch (this.#state) {
      case "dataEnd":
        if (line !== "") throw new ProtocolError("a chunk that does not end");
        this.#state = "size";
        return false;
      case "trailer":
        return line === "";
      default: {
        const [size = ""] = line.split(";", 1);
        if (!/^[0-9a-fA-F]{1,8}$/.test(size.trim())) throw new ProtocolError(`chunk size ${line.slice(0, 20)}`);
        this.#left = Number.parseInt(size, 16);
        this.#state = this.#left === 0 ? "trailer" : "data";
        return false;
      }
    }
  }
}
