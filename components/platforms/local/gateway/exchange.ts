import { performance } from "node:perf_hooks";
import type { AnswerShape } from "./answer-shape.ts";
import { countAnswer, isGood, NO_ANSWER, outcomeOf } from "./counters.ts";
import { forwardedHeaders, returnedHeaders } from "./passed-headers.ts";
import { MOST_PIN_BYTES } from "./pins.ts";
import type { Arm } from "./prediction-id.ts";
import { headerOf, type Question, type Reply, replyJson } from "./reply.ts";
import { type Choice, chooseForSession, type Routing, resolvePin } from "./router.ts";
import { sendCopy } from "./shadow.ts";
import type { Traffic } from "./traffic.ts";
import type { UnderWay } from "./under-way.ts";
import { UNSERVED } from "./unserved.ts";
import type { AnswerHandler, Failure, Flow, UpstreamRequest } from "./upstream-request.ts";

/** Largest request body in bytes: it is kept until the answer is sure, so that stable can be asked instead. */
export const MOST_BODY_BYTES: number = 4 * 1024 * 1024;
/** An answer longer than this is passed on as it comes. */
const HELD_ANSWER_BYTES = 64 * 1024;
/** A server that was killed is back within this time, in ms: nobody stands in for stable, so its requests wait for it. */
const PATIENCE_MS = 2_000;
/** Those who were there by chance are answered first when the server is back, in ms. */
const SUSPECT_WAITS_MS = 400;
/** A client that is far behind its answer may keep others waiting for so long, in ms. */
const HOLDS_MS = 1_000;
/** How often a version is asked again after its connection ended without its fault. */
const MOST_REPEATS = 3;

/** What the path asks for. */
export interface Asked {
  /** The version named by the path. */
  readonly version?: string;
  /** Whether it is a prediction, which is drawn and counted; else it only reads about the model. */
  readonly prediction: boolean;
  /** The path as the model servers know it. */
  readonly path: string;
}

/**
 * One request: which version gets it, its answer or stable's instead, and the counts. Also the handler of the
 * answer, so that a request costs one object. Each version is asked once, and once more only where the server has not
 * read the request.
 */
export class Exchange implements AnswerHandler, UnderWay {
  readonly #traffic: Traffic;
  readonly #question: Question;
  readonly #reply: Reply;
  readonly #asked: Asked;
  readonly #source: string;
  #routing: Routing;
  #body: Buffer = NO_BODY;
  #version = "";
  /** Where the answer counts. */
  #arm: Arm = "excluded";
  #session: string | undefined;
  #pinned = false;
  #holdsPin = false;
  /** The candidate was drawn for this request: if it fails, stable answers. Never again once stable was asked. */
  #trial = false;
  #failedOver = false;
  #repeats = 0;
  /** A process ended with it once: it is asked of that version's next process alone, and of no other. */
  #suspected = false;
  #asksAlone: NodeJS.Timeout | undefined;
  #sentAt = 0;
  /** When the version was asked, waiting for a connection included; from here the deadline runs. */
  #askedAt = 0;
  /** How long the client, or this process, kept the answer from going on, in ms. */
  #heldUp = 0;
  #heldUpSince: number | undefined;
  #awaySince: number | undefined;
  #status = NO_ANSWER;
  #headers: readonly string[] = [];
  #chunks: Buffer[] = [];
  #held = 0;
  #streaming = false;
  #over = false;
  #sent: UpstreamRequest | undefined;

  constructor(traffic: Traffic, routing: Routing, question: Question, reply: Reply, asked: Asked, source: string) {
    this.#traffic = traffic;
    this.#routing = routing;
    this.#question = question;
    this.#reply = reply;
    this.#asked = asked;
    this.#source = source;
  }

  /** Sends the request on, with its whole body. */
  begin(body: Buffer): void {
    this.#body = body;
    if (this.#traffic.endings.has(this.#asked.path, body)) {
      this.#refuse(502, { error: "a server ended on this request twice; it is sent to none for a while" });
      return;
    }
    // Read now, after the body: a weight that changed meanwhile holds.
    const routing = this.#traffic.routing ?? this.#routing;
    this.#routing = routing;
    const pin = this.#asked.version ?? headerOf(this.#question, "x-model-version");
    if (pin !== undefined && pin !== "") {
      this.#beginPinned(routing, pin);
      return;
    }
    if (!this.#asked.prediction) {
      this.#dispatch(routing.stable);
      return;
    }
    this.#beginDrawn(routing);
  }

  /** The client has left: nobody is to blame, and nothing is counted. */
  abandon(): void {
    if (this.#over) return;
    this.#finish();
    this.#traffic.upstreams.get(this.#version)?.cancel(this);
  }

  #beginPinned(routing: Routing, name: string): void {
    const pin = resolvePin(routing, name);
    if (pin.kind === "unknown") {
      const versions = [...routing.versions];
      this.#refuse(404, { error: `${routing.model} has no version ${name}`, versions });
      return;
    }
    if (pin.kind === "retired") {
      const { successor, sunset } = pin.notice;
      const error = `version ${name} of ${routing.model} was retired; use ${successor}`;
      this.#refuse(410, { error, version: name, successor, sunset }, this.#traffic.noticeHeaders.get(name));
      return;
    }
    const onTrial = pin.version === routing.candidate && pin.version !== routing.stable;
    if (onTrial && this.#asked.prediction && !this.#takePin(name)) return;
    this.#pinned = true;
    this.#dispatch(pin.version);
  }

  /** Who names the version on trial must not be its load: its others would be late. */
  #takePin(name: string): boolean {
    const { pins } = this.#traffic;
    const onTrial = `${name} is on trial and answers`;
    if (this.#body.length > MOST_PIN_BYTES) {
      const error = `${onTrial} requests that name it up to ${MOST_PIN_BYTES} bytes; leave the version out`;
      this.#refuse(413, { error });
      return false;
    }
    this.#holdsPin = pins.take(performance.now());
    if (this.#holdsPin) return true;
    const error = `${onTrial} few requests that name it, one after the other; leave the version out, or ask again later`;
    this.#refuse(429, { error }, ["retry-after", "1"]);
    return false;
  }

  #beginDrawn(routing: Routing): void {
    const { candidate, weight } = routing;
    if (candidate === undefined || weight === 0) {
      this.#arm = candidate === undefined ? "excluded" : "stable";
      this.#dispatch(routing.stable);
      return;
    }
    const session = this.#sessionOf(routing);
    const choice: Choice =
      session === undefined ? this.#traffic.draw.next(weight) : chooseForSession(routing.identity, session, weight);
    this.#session = session;
    this.#arm = choice;
    this.#trial = choice === "candidate";
    this.#dispatch(choice === "candidate" ? candidate : routing.stable);
  }

  #sessionOf({ stickyHeader }: Routing): string | undefined {
    if (stickyHeader === undefined) return undefined;
    const value = headerOf(this.#question, stickyHeader);
    return value === "" ? undefined : value;
  }

  #dispatch(version: string): void {
    this.#version = version;
    const now = performance.now();
    this.#askedAt = now;
    this.#sentAt = now;
    this.#heldUp = 0;
    const upstream = this.#traffic.upstreams.get(version);
    // Stable is asked in any case: nobody stands in for it.
    if (upstream === undefined || (this.#trial && upstream.isEjected(now))) {
      this.#fail(NO_ANSWER, { kind: "refused", message: "no server is known" });
      return;
    }
    this.#sent ??= {
      method: this.#question.method,
      path: this.#asked.path,
      headers: forwardedHeaders(this.#question.headers),
      body: this.#body,
    };
    this.#traffic.underWay.add(this);
    upstream.send(this.#sent, this);
  }

  onSent(): void {
    this.#sentAt = performance.now();
    if (this.#asked.prediction && !this.#pinned) this.#traffic.counterOf(this.#version).lastDrawnAt = this.#sentAt;
  }

  onHead(status: number, headers: readonly string[]): void {
    this.#status = status;
    this.#headers = headers;
  }

  onBody(part: Buffer, flow: Flow): void {
    if (this.#streaming) {
      this.#pass(flow, part);
      return;
    }
    this.#held += part.length;
    if (this.#trial && !isGood(this.#status)) {
      // Stable's answer is what the client gets: of this one only the status is needed.
      if (this.#held > HELD_ANSWER_BYTES) this.#giveUp(this.#status);
      return;
    }
    this.#chunks.push(part);
    if (this.#held > HELD_ANSWER_BYTES) this.#stream(flow);
  }

  onEnd(): void {
    const status = this.#status;
    if (this.#trial && !isGood(status)) {
      this.#fail(status);
      return;
    }
    if (this.#streaming) {
      this.#count(status);
      this.#finish();
      this.#reply.end();
    } else if (!this.#answerWhole(status)) return;
    this.#copy(status);
  }

  onFailure(failure: Failure): void {
    if (this.#streaming) {
      this.#count(NO_ANSWER);
      this.#finish();
      this.#reply.breakOff();
    } else if (failure.kind === "broken" && this.#repeats < MOST_REPEATS) {
      // The server has not read it, or others are to blame. Asking again tells that from a dead server.
      this.#repeats++;
      this.#forgetAnswer();
      this.#dispatch(this.#version);
    } else if (failure.kind === "ended" && !this.#suspected) {
      this.#suspected = true;
      this.#asksAlone = setTimeout(() => this.#askAlone(failure), SUSPECT_WAITS_MS);
    } else if (failure.kind !== "refused" || !this.#canWait || !this.#waitsForServer()) this.#fail(NO_ANSWER, failure);
  }

  checkDeadline(now: number): void {
    if (this.#heldUpSince !== undefined) {
      this.#endHolding(now - this.#heldUpSince);
      return;
    }
    if (now - this.#askedAt - this.#heldUp < this.#traffic.deadlineMs) return;
    const failure = { kind: "late", message: `no answer within ${this.#traffic.deadlineMs / 1000} s` } as const;
    this.#traffic.upstreams.get(this.#version)?.cancel(this);
    this.onFailure(failure);
  }

  /** A client that does not take its answer keeps a server's connection only while nobody else wants it. */
  #endHolding(forMs: number): void {
    const upstream = this.#traffic.upstreams.get(this.#version);
    if (forMs < HOLDS_MS || upstream?.isCrowded !== true) return;
    this.abandon();
    this.#reply.breakOff();
  }

  pardon(ms: number): void {
    if (this.#heldUpSince === undefined) this.#heldUp += Math.min(ms, performance.now() - this.#askedAt);
  }

  /** A version that was taken out is not waited for: what it has not answered is asked of stable. */
  reconsider(left?: string): void {
    const routing = this.#traffic.routing;
    // What may have ended a process is given to no other version.
    if (this.#pinned || this.#streaming || this.#suspected || routing === undefined) return;
    // What was promoted meanwhile answers for itself.
    if (this.#trial && routing.stable === this.#version) this.#trial = false;
    const isOnTrial = routing.candidate === this.#version && routing.weight > 0;
    if (this.#trial ? isOnTrial : this.#version !== left) return;
    this.#traffic.upstreams.get(this.#version)?.cancel(this);
    this.#arm = "excluded";
    this.#failOver();
  }

  #askAlone(failure: Failure): void {
    if (this.#waitsForServer()) return;
    this.#fail(NO_ANSWER, { ...failure, kind: "refused" });
  }

  /** Nobody stands in for stable; and what may have ended the candidate is not given to stable. */
  get #canWait(): boolean {
    return !this.#trial || this.#suspected;
  }

  /** Nothing was sent, or nobody knows what became of it: it is sent again when the server is back. */
  #waitsForServer(): boolean {
    const upstream = this.#traffic.upstreams.get(this.#version);
    if (this.#sent === undefined || upstream === undefined) return false;
    const now = performance.now();
    this.#awaySince ??= now;
    const until = this.#awaySince + PATIENCE_MS;
    return now < until && upstream.sendWhenBack(this.#sent, this, until);
  }

  #giveUp(status: number): void {
    this.#traffic.upstreams.get(this.#version)?.cancel(this);
    this.#fail(status);
  }

  /** The version could not answer: the failure is its own, the answer is stable's where there is one. */
  #fail(status: number, failure?: Failure): void {
    if (failure?.kind !== "overloaded" && !this.#isExcused(failure)) this.#count(status);
    // What ended two processes is sent to no other.
    if (failure?.kind === "ended") this.#traffic.endings.add(this.#asked.path, this.#body);
    if (this.#trial && failure?.kind !== "ended") {
      this.#traffic.counterOf(this.#version).failedOver++;
      this.#failOver();
    } else this.#refuseUnserved(failure);
  }

  /** A process that ends on a request counts once, for that request: stable's others wait until it is back, and count nowhere. */
  #isExcused(failure: Failure | undefined): boolean {
    const upstream = this.#traffic.upstreams.get(this.#version);
    return this.#trial && failure?.kind === "refused" && upstream?.isExcused(performance.now()) === true;
  }

  #failOver(): void {
    clearTimeout(this.#asksAlone);
    this.#traffic.underWay.delete(this);
    this.#trial = false;
    this.#failedOver = true;
    this.#repeats = 0;
    this.#arm = "excluded";
    this.#forgetAnswer();
    this.#dispatch((this.#traffic.routing ?? this.#routing).stable);
  }

  /** False when it was no answer and stable is asked instead. */
  #answerWhole(status: number): boolean {
    const [first = NO_BODY] = this.#chunks;
    const body = this.#chunks.length > 1 ? Buffer.concat(this.#chunks, this.#held) : first;
    if (!this.#isReadable(status, body)) {
      this.#count(NO_ANSWER);
      if (this.#trial) {
        this.#traffic.counterOf(this.#version).failedOver++;
        this.#failOver();
        return false;
      }
    } else this.#count(status);
    this.#traffic.endings.forget(this.#asked.path, this.#body);
    this.#finish();
    this.#reply.answer(status, this.#answerHeaders(this.#held), body);
    return true;
  }

  /** Whether a client that was written for stable can read it. */
  #isReadable(status: number, body: Buffer): boolean {
    if (!this.#asked.prediction || !isGood(status) || this.#pinned || this.#failedOver) return true;
    if (this.#trial) return this.#shape().fits(body);
    // Also while nobody is compared: what clients rely on is known when a candidate comes.
    this.#shape().learn(body);
    return true;
  }

  #shape(): AnswerShape {
    return this.#traffic.shapeOf(this.#asked.path === "/predict" ? "predict" : "infer");
  }

  #forgetAnswer(): void {
    this.#status = NO_ANSWER;
    this.#headers = [];
    this.#chunks = [];
    this.#held = 0;
  }

  #finish(): void {
    this.#over = true;
    if (this.#holdsPin) this.#traffic.pins.giveBack();
    this.#holdsPin = false;
    clearTimeout(this.#asksAlone);
    this.#traffic.underWay.delete(this);
  }

  #count(status: number): void {
    const now = performance.now();
    const ms = now - this.#sentAt - this.#heldUp;
    if (!this.#asked.prediction) {
      this.#traffic.metadataRequests++;
      return;
    }
    const counter = this.#traffic.counterOf(this.#version);
    countAnswer(counter, status, ms);
    if (this.#pinned) counter.pinned++;
    const counted = {
      outcome: this.#suspected ? "failed" : outcomeOf(status),
      ms: status === NO_ANSWER ? undefined : ms,
    };
    if (this.#isOfStable) this.#traffic.recent.add(this.#version, this.#source, counted);
    if (this.#arm === "excluded") return;
    this.#traffic.countOutcome({
      arm: this.#arm,
      ...counted,
      key: { input: this.#body, source: this.#source, ...(this.#session !== undefined && { session: this.#session }) },
    });
  }

  /** Stable's own, also while there is no rollout: neither named nor handed on. */
  get #isOfStable(): boolean {
    return this.#arm !== "candidate" && !this.#pinned && !this.#failedOver;
  }

  #copy(status: number): void {
    const routing = this.#traffic.routing;
    if (routing === undefined || !routing.shadowing || routing.candidate === undefined || this.#sent === undefined)
      return;
    if (this.#arm === "stable" && this.#asked.prediction)
      sendCopy(this.#traffic, this.#sent, routing.candidate, { status, shape: this.#shape() });
  }

  #stream(flow: Flow): void {
    this.#streaming = true;
    this.#reply.begin(this.#status, this.#answerHeaders(undefined));
    for (const chunk of this.#chunks) this.#pass(flow, chunk);
    this.#chunks = [];
  }

  /** Time in which the client does not take the answer is not the server's. */
  #pass(flow: Flow, part: Buffer): void {
    const goOn = (): void => {
      if (this.#heldUpSince !== undefined) this.#heldUp += performance.now() - this.#heldUpSince;
      this.#heldUpSince = undefined;
      flow.resume();
    };
    if (this.#reply.write(part, goOn)) return;
    this.#heldUpSince ??= performance.now();
    flow.pause();
  }

  #answerHeaders(length: number | undefined): string[] {
    const { label, headers } = returnedHeaders(this.#headers, length === undefined);
    headers.push("x-model-version", this.#version);
    if (this.#asked.prediction) headers.push("x-prediction-id", this.#traffic.ids.issue(this.#arm, label));
    if (length !== undefined) headers.push("content-length", String(length));
    const notice = this.#traffic.noticeHeaders.get(this.#version);
    if (notice !== undefined) headers.push(...notice);
    return headers;
  }

  #refuse(status: number, document: unknown, headers: readonly string[] = []): void {
    this.#finish();
    replyJson(this.#reply, status, document, headers);
  }

  #refuseUnserved(failure: Failure | undefined): void {
    const tried = this.#failedOver ? "neither the candidate nor the stable version" : `version ${this.#version}`;
    const error = `${tried} of ${this.#routing.model} answers: ${failure?.message ?? "no server is known"}`;
    const { status, hint, headers } = UNSERVED[failure?.kind ?? "refused"];
    this.#refuse(status, { error, hint }, headers);
  }
}

const NO_BODY = Buffer.alloc(0);
