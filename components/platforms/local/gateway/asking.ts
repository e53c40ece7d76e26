import { performance } from "node:perf_hooks";
import type { HeldReply } from "./held-reply.ts";
import type { Traffic } from "./traffic.ts";
import type { UnderWay } from "./under-way.ts";
import type { Upstream } from "./upstream.ts";
import type { AnswerHandler, Flow, UpstreamFailure, UpstreamRequest } from "./upstream-request.ts";

/** A server that was killed is back within this time, in ms: nobody stands in for stable, so its requests wait for it. */
const PATIENCE_MS = 2_000;
/** How long a request that may have ended its server waits, in ms: those that were there by chance are answered first. */
const SUSPECT_WAITS_MS = 400;
/** A client that is far behind its answer may keep others waiting for so long, in ms. */
const HOLDS_MS = 1_000;
/** How often a version is asked again after its connection ended without its fault. */
const MOST_REPEATS = 3;

const NO_SERVER: UpstreamFailure = { kind: "refused", message: "no server is known" };

/**
 * Asks one version until it has answered or cannot: again where its server has not read the request, later where its
 * server is on its way back, and no longer than the deadline. What an answer or a failure means is the exchange's
 * business, which builds on this: one object asks and is told, so that a request costs one.
 */
export abstract class Asking implements AnswerHandler, UnderWay {
  protected readonly traffic: Traffic;
  protected readonly reply: HeldReply;
  /** What the version is sent; undefined before a first one was asked. */
  protected sent: UpstreamRequest | undefined;
  /** The version that is asked; empty before a first one was. */
  protected version = "";
  /** A process ended with the request once: it is asked of that version's next process alone, and of no other. */
  protected isSuspected = false;
  #repeats = 0;
  #asksAlone: NodeJS.Timeout | undefined;
  #sentAt = 0;
  /** When the version was asked, waiting for a connection included: the deadline runs from here. */
  #askedAt = 0;
  #awaySince: number | undefined;

  constructor(traffic: Traffic, reply: HeldReply) {
    this.traffic = traffic;
    this.reply = reply;
  }

  /** What the version is to be sent. */
  protected abstract request(): UpstreamRequest;
  /** Stable answers when the version does not. */
  protected abstract get hasStandIn(): boolean;
  /** The request is sent to the version as one that was drawn for it. */
  protected abstract get isDrawn(): boolean;
  /** The version cannot answer. */
  protected abstract fail(failure: UpstreamFailure): void;
  /** The answer broke off when the client had a part of it. */
  protected abstract breakOff(): void;
  abstract abandon(): void;
  abstract reconsider(left?: string): void;
  abstract onHead(status: number, headers: readonly string[]): void;
  abstract onBody(part: Buffer, flow: Flow): void;
  abstract onEnd(): void;

  protected ask(version: string): void {
    this.version = version;
    const now = performance.now();
    this.#askedAt = now;
    this.#sentAt = now;
    this.reply.resetTime();
    const upstream = this.upstream;
    // Stable is asked in any case: nobody stands in for it.
    if (upstream === undefined || (this.hasStandIn && upstream.isEjected(now))) {
      this.fail(NO_SERVER);
      return;
    }
    this.sent ??= this.request();
    this.traffic.underWay.add(this);
    upstream.send(this.sent, this);
  }

  protected get upstream(): Upstream | undefined {
    return this.traffic.upstreams.get(this.version);
  }

  /** How long the version took until now, in ms; without what its client, or this process, took. */
  protected get tookMs(): number {
    return performance.now() - this.#sentAt - this.reply.heldUp;
  }

  onSent(): void {
    this.#sentAt = performance.now();
    if (this.isDrawn) this.traffic.counterOf(this.version).lastDrawnAt = this.#sentAt;
  }

  onFailure(failure: UpstreamFailure): void {
    if (this.reply.isStreaming) this.breakOff();
    else if (failure.kind === "broken" && this.#repeats < MOST_REPEATS) {
      // The server has not read it, or others are to blame. Asking again tells that from a dead server.
      this.#repeats++;
      this.reply.forget();
      this.ask(this.version);
    } else if (failure.kind === "ended" && !this.isSuspected) {
      this.isSuspected = true;
      this.#asksAlone = setTimeout(() => this.#askAlone(failure), SUSPECT_WAITS_MS);
    } else if (failure.kind !== "refused" || !this.#canWait || !this.#waitsForServer()) this.fail(failure);
  }

  checkDeadline(now: number): void {
    const { heldUp, heldUpSince } = this.reply;
    if (heldUpSince !== undefined) {
      this.#endHolding(now - heldUpSince);
      return;
    }
    const { deadlineMs } = this.traffic;
    if (now - this.#askedAt - heldUp < deadlineMs) return;
    this.cancel();
    this.onFailure({ kind: "late", message: `no answer within ${deadlineMs / 1000} s` });
  }

  pardon(ms: number): void {
    this.reply.pardon(ms, this.#askedAt);
  }

  /** The version need not answer any more, and nothing is heard of it. */
  protected cancel(): void {
    this.upstream?.cancel(this);
  }

  /** Another version is asked next, from the beginning. */
  protected beginAnew(): void {
    this.stopAsking();
    this.#repeats = 0;
    this.reply.forget();
  }

  protected stopAsking(): void {
    clearTimeout(this.#asksAlone);
    this.traffic.underWay.delete(this);
  }

  /** A client that does not take its answer keeps a server's connection only while nobody else wants it. */
  #endHolding(forMs: number): void {
    if (forMs < HOLDS_MS || this.upstream?.isCrowded !== true) return;
    this.abandon();
    this.reply.breakOff();
  }

  #askAlone(failure: UpstreamFailure): void {
    if (this.#waitsForServer()) return;
    this.fail({ ...failure, kind: "refused" });
  }

  /** Nobody stands in for stable; and what may have ended the candidate is not given to stable. */
  get #canWait(): boolean {
    return !this.hasStandIn || this.isSuspected;
  }

  /** Nothing was sent, or nobody knows what became of it: it is sent again when the server is back. */
  #waitsForServer(): boolean {
    const upstream = this.upstream;
    if (this.sent === undefined || upstream === undefined) return false;
    const now = performance.now();
    this.#awaySince ??= now;
    const until = this.#awaySince + PATIENCE_MS;
    return now < until && upstream.sendWhenBack(this.sent, this, until);
  }
}
