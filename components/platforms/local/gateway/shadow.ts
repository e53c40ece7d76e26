import { performance } from "node:perf_hooks";
import type { RequestOutcome } from "../../../guards/index.ts";
import type { AnswerShape } from "./answer-shape.ts";
import { isGood, NO_ANSWER, outcomeOf } from "./counters.ts";
import type { Traffic } from "./traffic.ts";
import type { UnderWay } from "./under-way.ts";
import type { AnswerHandler, UpstreamRequest } from "./upstream-request.ts";

/** Copies under way at once; more are dropped and counted, so that a slow candidate costs memory only so far. */
const MOST_IN_FLIGHT = 32;
/** The bodies of those copies together, in bytes: their requests are answered already and count nowhere else. */
const MOST_COPIED_BYTES = 16 * 1024 * 1024;
/** What is read of a copy's answer to see whether it is one. */
const MOST_ANSWER_BYTES = 64 * 1024;

/** What stable answered to the same request, and what its answers look like. */
export interface Original {
  readonly status: number;
  readonly shape: AnswerShape;
}

/**
 * Sends a copy of an answered request to the candidate and throws the answer away. It is sent after the answer, so it
 * can not slow it; the pair (stable's outcome, the copy's) is what the shadow step is judged on.
 */
export function sendCopy(traffic: Traffic, request: UpstreamRequest, version: string, original: Original): void {
  const { copiesInFlight, copiedBytes } = traffic;
  if (copiesInFlight >= MOST_IN_FLIGHT || copiedBytes + request.body.length > MOST_COPIED_BYTES) {
    traffic.copiesDropped++;
    return;
  }
  traffic.copiesInFlight++;
  traffic.copiedBytes += request.body.length;
  new Copy(traffic, request, version, original).send();
}

class Copy implements AnswerHandler, UnderWay {
  readonly #traffic: Traffic;
  readonly #request: UpstreamRequest;
  readonly #version: string;
  readonly #original: Original;
  #from = performance.now();
  #status = NO_ANSWER;
  #chunks: Buffer[] = [];
  #bytes = 0;
  #settled = false;

  constructor(traffic: Traffic, request: UpstreamRequest, version: string, original: Original) {
    this.#traffic = traffic;
    this.#request = request;
    this.#version = version;
    this.#original = original;
  }

  send(): void {
    const upstream = this.#traffic.upstreams.get(this.#version);
    if (upstream === undefined || upstream.isEjected(this.#from)) {
      this.#settle("failed");
      return;
    }
    this.#traffic.underWay.add(this);
    upstream.send(this.#request, this);
  }

  onSent(): void {
    this.#traffic.counterOf(this.#version).lastDrawnAt = performance.now();
  }

  onHead(status: number): void {
    this.#status = status;
  }

  onBody(part: Buffer): void {
    this.#bytes += part.length;
    if (this.#bytes <= MOST_ANSWER_BYTES) this.#chunks.push(part);
  }

  onEnd(): void {
    const whole = this.#bytes <= MOST_ANSWER_BYTES;
    if (isGood(this.#status) && whole && !this.#original.shape.fits(Buffer.concat(this.#chunks)))
      this.#settle("failed");
    else this.#settle(outcomeOf(this.#status));
  }

  onFailure(): void {
    this.#settle("failed");
  }

  checkDeadline(now: number): void {
    if (now - this.#from < this.#traffic.deadlineMs) return;
    this.#traffic.upstreams.get(this.#version)?.cancel(this);
    this.#settle("failed");
  }

  pardon(ms: number): void {
    this.#from += Math.min(ms, performance.now() - this.#from);
  }

  /** Copies to a version that is not on trial any more are not waited for, and say nothing. */
  reconsider(): void {
    const { routing } = this.#traffic;
    if (routing?.shadowing === true && routing.candidate === this.#version) return;
    this.#traffic.upstreams.get(this.#version)?.cancel(this);
    this.#settle(undefined);
  }

  #settle(copy: RequestOutcome | undefined): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#traffic.underWay.delete(this);
    this.#traffic.copiesInFlight--;
    this.#traffic.copiedBytes -= this.#request.body.length;
    if (copy === undefined) return;
    this.#traffic.counterOf(this.#version).shadowed++;
    this.#traffic.countCopy({ stable: outcomeOf(this.#original.status), copy });
  }
}
