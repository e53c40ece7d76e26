import { performance } from "node:perf_hooks";
import { NO_ANSWER } from "./counters.ts";
import { HttpReply } from "./reply.ts";
import type { Flow } from "./upstream-request.ts";

/** An answer longer than this, in bytes, is passed on as it comes: it can be taken back no more. */
export const HELD_ANSWER_BYTES: number = 64 * 1024;

/**
 * What a version answers, kept from the client until it is sure that the client is to get it: until it is whole, or too
 * long to keep. It is also where the time is measured in which the client, or this process, kept the answer from going
 * on. One object with the reply that it holds back, because there is one for each request.
 */
export class HeldReply extends HttpReply {
  #status = NO_ANSWER;
  #headers: readonly string[] = [];
  #chunks: Buffer[] = [];
  #bytes = 0;
  #streaming = false;
  #heldUp = 0;
  #heldUpSince: number | undefined;

  /** `NO_ANSWER` before the head of an answer came. */
  get status(): number {
    return this.#status;
  }

  /** Of the version that answers: names in lower case, and values in turn. */
  get headers(): readonly string[] {
    return this.#headers;
  }

  /** What came of the body so far, in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The client has a part of the answer already. */
  get isStreaming(): boolean {
    return this.#streaming;
  }

  /** For how long the answer was kept from going on until now, in ms. */
  get heldUp(): number {
    return this.#heldUp;
  }

  /** Since when the client has not taken what is there for it, in monotonic ms; undefined while it takes it. */
  get heldUpSince(): number | undefined {
    return this.#heldUpSince;
  }

  /** The head of the answer has come. */
  holdHead(status: number, headers: readonly string[]): void {
    this.#status = status;
    this.#headers = headers;
  }

  /** A part has come of which only the length matters: another version answers. */
  skip(part: Buffer): void {
    this.#bytes += part.length;
  }

  /** A part of the body has come. */
  hold(part: Buffer): void {
    this.#bytes += part.length;
    this.#chunks.push(part);
  }

  /** The body that is held. */
  wholeBody(): Buffer {
    const [first = NO_BODY] = this.#chunks;
    return this.#chunks.length > 1 ? Buffer.concat(this.#chunks, this.#bytes) : first;
  }

  /** What came is not what the client gets. */
  forget(): void {
    this.#status = NO_ANSWER;
    this.#headers = [];
    this.#chunks = [];
    this.#bytes = 0;
  }

  /** From here on the client gets every part as it comes. @param headers what the client is told */
  stream(headers: readonly string[], flow: Flow): void {
    this.#streaming = true;
    this.begin(this.#status, headers);
    for (const chunk of this.#chunks) this.pass(flow, chunk);
    this.#chunks = [];
  }

  /** Time in which the client does not take a part is not the server's. */
  pass(flow: Flow, part: Buffer): void {
    const goOn = (): void => {
      if (this.#heldUpSince !== undefined) this.#heldUp += performance.now() - this.#heldUpSince;
      this.#heldUpSince = undefined;
      flow.resume();
    };
    if (this.write(part, goOn)) return;
    this.#heldUpSince ??= performance.now();
    flow.pause();
  }

  /** Another version is asked, or the same once more: its time begins now. */
  resetTime(): void {
    this.#heldUp = 0;
  }

  /** This process stood still for so long, in ms. @param since when the version was asked, in monotonic ms */
  pardon(ms: number, since: number): void {
    if (this.#heldUpSince === undefined) this.#heldUp += Math.min(ms, performance.now() - since);
  }
}

const NO_BODY = Buffer.alloc(0);
