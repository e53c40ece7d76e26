import type { ServerResponse } from "node:http";

/** A request as far as routing cares: the body comes apart from it. */
export interface Question {
  readonly method: string;
  readonly path: string;
  /** Names as they were sent, and values, in turn. */
  readonly headers: readonly string[];
}

/** The value of a header; the first one when it stands there twice. @param name in lower case */
export function headerOf({ headers }: Question, name: string): string | undefined {
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const candidate = headers[i];
    if (candidate?.length === name.length && candidate.toLowerCase() === name) return headers[i + 1];
  }
  return undefined;
}

/** Where an answer goes. It is given either whole, or as a head, parts and an end. */
export interface Reply {
  /** @param headers names and values in turn, with the length of the body */
  answer(status: number, headers: readonly string[], body: Buffer): void;
  /** @param headers without a length when it is not known */
  begin(status: number, headers: readonly string[]): void;
  /** False when the client does not keep up: no further part before `drained` was called. */
  write(part: Buffer, drained: () => void): boolean;
  end(): void;
  /** The rest will not come. */
  breakOff(): void;
}

/** The answer to a request that Node's HTTP server has read. */
export class HttpReply implements Reply {
  readonly #response: ServerResponse;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  answer(status: number, headers: readonly string[], body: Buffer): void {
    this.#response.writeHead(status, [...headers]);
    this.#response.end(body);
  }

  begin(status: number, headers: readonly string[]): void {
    this.#response.writeHead(status, [...headers]);
  }

  write(part: Buffer, drained: () => void): boolean {
    const response = this.#response;
    if (response.write(part) || response.destroyed) return true;
    const once = (): void => {
      response.off("drain", once).off("close", once);
      drained();
    };
    response.on("drain", once).on("close", once);
    return false;
  }

  end(): void {
    this.#response.end();
  }

  breakOff(): void {
    this.#response.destroy();
  }
}

/** Answers with a JSON document. */
export function replyJson(reply: Reply, status: number, document: unknown, headers: readonly string[] = []): void {
  const body = Buffer.from(JSON.stringify(document));
  const length = ["content-length", String(body.length)];
  reply.answer(status, ["content-type", "application/json", ...length, "cache-control", "no-store", ...headers], body);
}
