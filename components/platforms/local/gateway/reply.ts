import type { ServerResponse } from "node:http";

/** A request as far as routing cares: the body comes apart from it. */
export interface Question {
  readonly method: string;
  readonly path: string;
  /** Names as they were sent, and values, in turn. */
  readonly headers: readonly string[];
}

/** The value of a header, the first one when it stands there twice; undefined when it is empty. @param name in lower case */
export function headerOf({ headers }: Question, name: string): string | undefined {
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const candidate = headers[i];
    if (candidate?.length === name.length && candidate.toLowerCase() === name) return headers[i + 1] || undefined;
  }
  return undefined;
}

/** What is kept of one answer for a client that does not take it, in bytes: its server is free meanwhile. */
const MOST_BEHIND_BYTES = 16 * 1024 * 1024;
/** The same for all clients together; beyond it they wait for each other's servers. */
const MOST_BEHIND_TOGETHER_BYTES = 96 * 1024 * 1024;

let behindTogether = 0;

/** The answer to a request that Node's HTTP server has read. It is given either whole, or as a head, parts and an end. */
export class HttpReply {
  readonly #response: ServerResponse;
  #behind = 0;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  /** Gives it whole. @param headers names and values in turn, with the length of the body */
  answer(status: number, headers: readonly string[], body: Buffer): void {
    if (!this.#head(status, headers)) return;
    this.#response.end(body);
  }

  /** Gives its head. @param headers names and values in turn, without a length when it is not known */
  begin(status: number, headers: readonly string[]): void {
    this.#head(status, headers);
  }

  /** Gives a part. False when the client is far behind: no further part before `drained` was called. */
  write(part: Buffer, drained: () => void): boolean {
    const response = this.#response;
    if (response.destroyed || response.writableEnded || response.write(part)) return true;
    if (this.#behind === 0) this.#watch();
    this.#behind += part.length;
    behindTogether += part.length;
    if (this.#behind <= MOST_BEHIND_BYTES && behindTogether <= MOST_BEHIND_TOGETHER_BYTES) return true;
    const once = (): void => {
      response.off("drain", once).off("close", once);
      drained();
    };
    response.on("drain", once).on("close", once);
    return false;
  }

  /** All parts were given. */
  end(): void {
    this.#response.end();
  }

  /** The rest will not come. */
  breakOff(): void {
    this.#response.destroy();
  }

  /** Until the client has caught up, or left. */
  #watch(): void {
    const settle = (): void => {
      this.#response.off("drain", settle).off("close", settle);
      behindTogether -= this.#behind;
      this.#behind = 0;
    };
    this.#response.on("drain", settle).on("close", settle);
  }

  /** A head that cannot be written, because of what a model put into it, becomes a 502. */
  #head(status: number, headers: readonly string[]): boolean {
    const response = this.#response;
    if (response.headersSent || response.destroyed) return false;
    try {
      response.writeHead(status, [...headers]);
      return true;
    } catch {
      const body = Buffer.from('{"error":"the model\'s answer has a header that cannot be passed on"}');
      response.writeHead(502, ["content-type", "application/json", "content-length", String(body.length)]);
      response.end(body);
      return false;
    }
  }
}

/** Answers with a JSON document. */
export function replyJson(reply: HttpReply, status: number, document: unknown, headers: readonly string[] = []): void {
  const body = Buffer.from(JSON.stringify(document));
  const length = ["content-length", String(body.length)];
  reply.answer(status, ["content-type", "application/json", ...length, "cache-control", "no-store", ...headers], body);
}
