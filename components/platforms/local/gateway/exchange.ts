import { performance } from "node:perf_hooks";
import type { AnswerShape } from "./answer-shape.ts";
import { Asking } from "./asking.ts";
import { countAnswer, isGood, NO_ANSWER, outcomeOf } from "./counters.ts";
import { HELD_ANSWER_BYTES, type HeldReply } from "./held-reply.ts";
import { forwardedHeaders, returnedHeaders } from "./passed-headers.ts";
import { isOnTrial, refusalOfPin, takePin } from "./pinned.ts";
import type { Arm } from "./prediction-id.ts";
import { headerOf, type Question, replyJson } from "./reply.ts";
import type { Asked } from "./request-path.ts";
import type { Routing } from "./router.ts";
import { sendCopy } from "./shadow.ts";
import type { Traffic } from "./traffic.ts";
import { endedTwice, type Refused, refusalOfFailure } from "./unserved.ts";
import type { Flow, UpstreamFailure, UpstreamRequest } from "./upstream-request.ts";

/**
 * One request: which version gets it, its answer or stable's instead, and what is counted. Each version is asked once,
 * and once more only where its server has not read the request.
 */
export class Exchange extends Asking {
  readonly #question: Question;
  readonly #asked: Asked;
  readonly #source: string;
  #routing: Routing;
  #body: Buffer = NO_BODY;
  /** Which version it was drawn for. */
  #drawn: Arm = "excluded";
  #stretch = 0;
  #session: string | undefined;
  #pinned = false;
  #holdsPin = false;
  /** The candidate was drawn for this request: if it fails, stable answers. Never again once stable was asked. */
  #trial = false;
  #failedOver = false;
  #over = false;

  /** @param source the address that it came from */
  constructor(traffic: Traffic, routing: Routing, question: Question, reply: HeldReply, asked: Asked, source: string) {
    super(traffic, reply);
    this.#routing = routing;
    this.#question = question;
    this.#asked = asked;
    this.#source = source;
  }

  /** Sends the request on, with its whole body. */
  begin(body: Buffer): void {
    this.#body = body;
    if (this.traffic.endings.has(this.#asked.path, body)) {
      this.#refuse(endedTwice);
      return;
    }
    // Read now, after the body: a weight that changed meanwhile holds.
    const routing = this.traffic.routing ?? this.#routing;
    this.#routing = routing;
    const pin = this.#asked.version ?? headerOf(this.#question, "x-model-version");
    if (pin !== undefined) this.#beginPinned(routing, pin);
    else if (this.#asked.prediction) this.#beginDrawn(routing);
    else this.ask(routing.stable);
  }

  /** The client has left: nobody is to blame, and nothing is counted. */
  abandon(): void {
    if (this.#over) return;
    this.#finish();
    this.cancel();
  }

  // Ask: the version that is named, or drawn.

  #beginPinned(routing: Routing, name: string): void {
    const limited = this.#asked.prediction && isOnTrial(routing, name);
    const refused =
      refusalOfPin(this.traffic, routing, name) ??
      (limited ? takePin(this.traffic, name, this.#body.length) : undefined);
    if (refused !== undefined) {
      this.#refuse(refused);
      return;
    }
    this.#holdsPin = limited;
    this.#pinned = true;
    this.ask(name);
  }

  #beginDrawn(routing: Routing): void {
    const { candidate, weight } = routing;
    this.#stretch = this.traffic.stretch;
    if (candidate === undefined || weight === 0) {
      this.#drawn = candidate === undefined ? "excluded" : "stable";
      this.ask(routing.stable);
      return;
    }
    const { stickyHeader } = routing;
    this.#session = stickyHeader === undefined ? undefined : headerOf(this.#question, stickyHeader);
    const choice = this.traffic.choose(routing, this.#session);
    this.#drawn = choice;
    this.#trial = choice === "candidate";
    this.ask(choice === "candidate" ? candidate : routing.stable);
  }

  protected override request(): UpstreamRequest {
    const { method, headers } = this.#question;
    return { method, path: this.#asked.path, headers: forwardedHeaders(headers), body: this.#body };
  }

  protected override get hasStandIn(): boolean {
    return this.#trial;
  }

  protected override get isDrawn(): boolean {
    return this.#asked.prediction && !this.#pinned;
  }

  // Answer: as soon as it is sure that the client is to get it.

  override onHead(status: number, headers: readonly string[]): void {
    this.reply.holdHead(status, headers);
  }

  override onBody(part: Buffer, flow: Flow): void {
    const { reply } = this;
    if (reply.isStreaming) {
      reply.pass(flow, part);
    } else if (this.#trial && !isGood(reply.status)) {
      // Stable's answer is what the client gets: of this one only the status is needed.
      reply.skip(part);
      if (reply.bytes > HELD_ANSWER_BYTES) {
        this.cancel();
        this.#failWith(reply.status);
      }
    } else {
      reply.hold(part);
      if (reply.bytes > HELD_ANSWER_BYTES) reply.stream(this.#answerHeaders(undefined), flow);
    }
  }

  override onEnd(): void {
    const { status, isStreaming } = this.reply;
    if (this.#trial && !isGood(status)) {
      this.#failWith(status);
      return;
    }
    if (isStreaming) {
      this.#count(status);
      this.#finish();
      this.reply.end();
    } else if (!this.#answerWhole(status)) return;
    this.#copy(status);
  }

  /** False when it was no answer and stable is asked instead. */
  #answerWhole(status: number): boolean {
    const body = this.reply.wholeBody();
    if (!this.#isReadable(status, body)) {
      this.#count(NO_ANSWER);
      if (this.#trial) {
        this.#failOver();
        return false;
      }
    } else this.#count(status);
    this.traffic.endings.forget(this.#asked.path, this.#body);
    this.#finish();
    this.reply.answer(status, this.#answerHeaders(this.reply.bytes), body);
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
    return this.traffic.shapeOf(this.#asked.path === "/predict" ? "predict" : "infer");
  }

  #answerHeaders(length: number | undefined): string[] {
    const { label, headers } = returnedHeaders(this.reply.headers, length === undefined);
    headers.push("x-model-version", this.version);
    if (this.#asked.prediction) headers.push("x-prediction-id", this.traffic.ids.issue(this.#arm, label));
    if (length !== undefined) headers.push("content-length", String(length));
    const notice = this.traffic.noticeHeaders.get(this.version);
    if (notice !== undefined) headers.push(...notice);
    return headers;
  }

  #copy(status: number): void {
    const { routing } = this.traffic;
    if (routing === undefined || !routing.shadowing || routing.candidate === undefined || this.sent === undefined)
      return;
    if (this.#arm === "stable" && this.#asked.prediction)
      sendCopy(this.traffic, this.sent, routing.candidate, { status, shape: this.#shape() });
  }

  // Fail over: to stable, which nobody stands in for.

  /** The failure is the version's own, the answer is stable's where stable has not failed itself. */
  protected override fail(failure: UpstreamFailure): void {
    this.#failWith(NO_ANSWER, failure);
  }

  #failWith(status: number, failure?: UpstreamFailure): void {
    if (failure?.kind !== "overloaded" && !this.#isExcused(failure)) this.#count(status);
    // What ended two processes is sent to no other.
    if (failure?.kind === "ended") this.traffic.endings.add(this.#asked.path, this.#body);
    if (this.#trial && failure?.kind !== "ended") this.#failOver();
    else this.#refuseUnserved(failure);
  }

  #failOver(): void {
    this.traffic.counterOf(this.version).failedOver++;
    this.#askStable();
  }

  #askStable(): void {
    this.beginAnew();
    this.#trial = false;
    this.#failedOver = true;
    this.#drawn = "excluded";
    this.ask((this.traffic.routing ?? this.#routing).stable);
  }

  protected override breakOff(): void {
    this.#count(NO_ANSWER);
    this.#finish();
    this.reply.breakOff();
  }

  /** A version that was taken out is not waited for: what it has not answered is asked of stable. */
  override reconsider(left?: string): void {
    const { routing } = this.traffic;
    // What may have ended a process is given to no other version.
    if (this.#pinned || this.reply.isStreaming || this.isSuspected || routing === undefined) return;
    // What was promoted meanwhile answers for itself.
    if (this.#trial && routing.stable === this.version) this.#trial = false;
    const keepsTraffic = routing.candidate === this.version && routing.weight > 0;
    if (this.#trial ? keepsTraffic : this.version !== left) return;
    this.cancel();
    this.#askStable();
  }

  // Charge: what the answer says, of whom, and where it counts.

  #count(status: number): void {
    const ms = this.tookMs;
    if (!this.#asked.prediction) {
      this.traffic.metadataRequests++;
      return;
    }
    const counter = this.traffic.counterOf(this.version);
    countAnswer(counter, status, ms);
    if (this.#pinned) counter.pinned++;
    const outcome = this.isSuspected ? "failed" : outcomeOf(status);
    const counted = { outcome, ms: status === NO_ANSWER ? undefined : ms };
    // Stable's own, also while there is no rollout: neither named nor handed on.
    const isOfStable = this.#drawn !== "candidate" && !this.#pinned && !this.#failedOver;
    if (isOfStable) this.traffic.recent.add(this.version, this.#source, counted);
    if (this.#arm === "excluded") return;
    this.traffic.countOutcome({
      arm: this.#arm,
      ...counted,
      key: { input: this.#body, source: this.#source, ...(this.#session !== undefined && { session: this.#session }) },
    });
  }

  /** Where the answer counts. What was slow enough to see the division change counts nowhere. */
  get #arm(): Arm {
    return this.traffic.stretch === this.#stretch ? this.#drawn : "excluded";
  }

  /** A process that ends on a request counts once, for that request: stable's others wait until it is back, and count nowhere. */
  #isExcused(failure: UpstreamFailure | undefined): boolean {
    return this.#trial && failure?.kind === "refused" && this.upstream?.isExcused(performance.now()) === true;
  }

  #finish(): void {
    this.#over = true;
    if (this.#holdsPin) this.traffic.pins.giveBack();
    this.#holdsPin = false;
    this.stopAsking();
  }

  #refuse({ status, document, headers }: Refused): void {
    this.#finish();
    replyJson(this.reply, status, document, headers);
  }

  #refuseUnserved(failure: UpstreamFailure | undefined): void {
    const tried = this.#failedOver ? "neither the candidate nor the stable version" : `version ${this.version}`;
    this.#refuse(refusalOfFailure(failure, `${tried} of ${this.#routing.model}`));
  }
}

const NO_BODY = Buffer.alloc(0);
