import { performance } from "node:perf_hooks";
import { countAnswer, countInArm, isError, NO_ANSWER } from "./counters.ts";
import type { Arm } from "./prediction-id.ts";
import { headerOf, type Question, type Reply, replyJson } from "./reply.ts";
import { type Choice, chooseForSession, type Routing, resolvePin } from "./router.ts";
import { sendCopy } from "./shadow.ts";
import type { Traffic } from "./traffic.ts";
import type { AnswerHandler, Failure, Flow, UpstreamRequest } from "./upstream.ts";

/** Largest request body in bytes: it is kept until the answer is sure, so that stable can be asked instead. */
export const MOST_BODY_BYTES: number = 4 * 1024 * 1024;
/** An answer longer than this is passed on as it comes. */
const HELD_ANSWER_BYTES = 64 * 1024;

/** A server that was killed is back within this time, in ms: nobody stands in for stable, so its requests wait for it. */
const PATIENCE_MS = 2_000;

/** What the path asks for. */
export interface Asked {
  /** The version named by the path. */
  readonly version?: string;
  /** Whether it is a prediction, which is drawn and counted; else it only reads about the model. */
  readonly prediction: boolean;
}

/**
 * One request: which version gets it, its answer or stable's instead, and the counts. Also the handler of the
 * answer, so that a request costs one object.
 */
export class Exchange implements AnswerHandler {
  readonly #traffic: Traffic;
  readonly #question: Question;
  readonly #reply: Reply;
  readonly #asked: Asked;
  #routing: Routing;
  #body: Buffer = NO_BODY;
  #version = "";
  /** Where the answer counts. */
  #arm: Arm = "excluded";
  #pinned = false;
  /** The candidate failed and stable was asked. */
  #failedOver = false;
  #retried = false;
  #sentAt = 0;
  /** Since when the server is away that the request waits for, in monotonic ms. */
  #awaySince: number | undefined;
  #status = NO_ANSWER;
  #headers: readonly string[] = [];
  #chunks: Buffer[] = [];
  #held = 0;
  #streaming = false;
  #sent: UpstreamRequest | undefined;

  constructor(traffic: Traffic, routing: Routing, question: Question, reply: Reply, asked: Asked) {
    this.#traffic = traffic;
    this.#routing = routing;
    this.#question = question;
    this.#reply = reply;
    this.#asked = asked;
  }

  /** Sends the request on, with its whole body. */
  begin(body: Buffer): void {
    this.#body = body;
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
    this.#pinned = true;
    this.#dispatch(pin.version);
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
    this.#arm = session === undefined || this.#traffic.sessions.add(session) ? choice : "excluded";
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
    this.#sentAt = now;
    if (this.#isTrial()) this.#traffic.lastCandidateAt = now;
    const upstream = this.#traffic.upstreams.get(version);
    // Stable is asked in any case: nobody stands in for it.
    if (upstream === undefined || (this.#isTrial() && upstream.isEjected(now))) {
      this.#fail(NO_ANSWER);
      return;
    }
    this.#sent ??= {
      method: this.#question.method,
      path: this.#question.path,
      headers: forwardedHeaders(this.#question.headers),
      body: this.#body,
    };
    upstream.send(this.#sent, this);
  }

  /** The answer comes from the candidate because of the draw: if it fails, stable answers. */
  #isTrial(): boolean {
    return !this.#pinned && this.#version === this.#routing.candidate;
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
    this.#chunks.push(part);
    this.#held += part.length;
    if (this.#held > HELD_ANSWER_BYTES && !(this.#isTrial() && isError(this.#status))) this.#stream(flow);
  }

  onEnd(): void {
    const status = this.#status;
    if (this.#isTrial() && isError(status)) {
      this.#fail(status);
      return;
    }
    this.#count(status);
    if (this.#streaming) this.#reply.end();
    else {
      const [first = NO_BODY] = this.#chunks;
      const body = this.#chunks.length > 1 ? Buffer.concat(this.#chunks, this.#held) : first;
      this.#reply.answer(status, this.#answerHeaders(this.#held), body);
    }
    this.#copy(status);
  }

  onFailure(failure: Failure): void {
    if (this.#streaming) {
      this.#count(NO_ANSWER);
      this.#reply.breakOff();
    } else if (failure.kind === "broken" && !this.#retried) {
      // A kept connection may end just as the request is written to it. Asking once more tells that from a dead server.
      this.#retried = true;
      this.#forgetAnswer();
      this.#dispatch(this.#version);
    } else if (failure.kind !== "refused" || !this.#waitsForServer()) this.#fail(NO_ANSWER, failure);
  }

  /** Nothing was sent: the request may as well be sent later. */
  #waitsForServer(): boolean {
    const upstream = this.#traffic.upstreams.get(this.#version);
    if (this.#isTrial() || this.#sent === undefined || upstream === undefined) return false;
    const now = performance.now();
    this.#awaySince ??= now;
    const until = this.#awaySince + PATIENCE_MS;
    return now < until && upstream.sendWhenBack(this.#sent, this, until);
  }

  /** The version could not answer: the failure is its own, the answer is stable's where there is one. */
  #fail(status: number, failure?: Failure): void {
    this.#count(status);
    if (!this.#isTrial()) {
      this.#refuseUnserved(failure);
      return;
    }
    this.#traffic.counterOf(this.#version).failedOver++;
    this.#failedOver = true;
    this.#retried = false;
    this.#arm = "excluded";
    this.#forgetAnswer();
    this.#dispatch((this.#traffic.routing ?? this.#routing).stable);
  }

  #forgetAnswer(): void {
    this.#status = NO_ANSWER;
    this.#headers = [];
    this.#chunks = [];
    this.#held = 0;
  }

  #count(status: number): void {
    const ms = performance.now() - this.#sentAt;
    const counter = this.#traffic.counterOf(this.#version);
    countAnswer(counter, status, ms);
    if (this.#pinned) counter.pinned++;
    if (this.#arm !== "excluded" && this.#asked.prediction) {
      countInArm(this.#traffic.comparison[this.#arm], status, ms);
    }
  }

  #copy(status: number): void {
    const routing = this.#traffic.routing;
    if (routing === undefined || !routing.shadowing || routing.candidate === undefined || this.#sent === undefined)
      return;
    if (this.#arm === "stable" && this.#asked.prediction)
      sendCopy(this.#traffic, this.#sent, routing.candidate, status);
  }

  #stream(flow: Flow): void {
    this.#streaming = true;
    this.#reply.begin(this.#status, this.#answerHeaders(undefined));
    for (const chunk of this.#chunks) this.#pass(flow, chunk);
    this.#chunks = [];
  }

  #pass(flow: Flow, part: Buffer): void {
    if (!this.#reply.write(part, () => flow.resume())) flow.pause();
  }

  #answerHeaders(length: number | undefined): string[] {
    const { label, headers } = returnedHeaders(this.#headers, length === undefined);
    headers.push("x-model-version", this.#version);
    if (this.#asked.prediction) headers.push("x-prediction-id", this.#traffic.ids.issue(this.#arm, label, Date.now()));
    if (length !== undefined) headers.push("content-length", String(length));
    const notice = this.#traffic.noticeHeaders.get(this.#version);
    if (notice !== undefined) headers.push(...notice);
    return headers;
  }

  #refuse(status: number, document: unknown, headers: readonly string[] = []): void {
    replyJson(this.#reply, status, document, headers);
  }

  #refuseUnserved(failure: Failure | undefined): void {
    const cause = failure?.message ?? "no server is known";
    const tried = this.#failedOver ? "neither the candidate nor the stable version" : `version ${this.#version}`;
    this.#refuse(failure === undefined || failure.kind === "refused" ? 503 : 502, {
      error: `${tried} of ${this.#routing.model} answers: ${cause}`,
      hint: "its server is started again within seconds; if it is not, see `mlc status` and `mlc doctor`",
    });
  }
}

const NO_BODY = Buffer.alloc(0);

/** Headers of one connection (RFC 9110 §7.6.1), and those that are written anew. */
const NOT_FORWARDED = new Set([
  ...["connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade", "expect"],
  ...["proxy-connection", "proxy-authorization", "host", "content-length"],
]);

function forwardedHeaders(raw: readonly string[]): string[] {
  const headers: string[] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const [name = "", value = ""] = [raw[i], raw[i + 1]];
    if (!NOT_FORWARDED.has(name.toLowerCase())) headers.push(name, value);
  }
  return headers;
}

const NOT_RETURNED = new Set([
  ...["connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade", "date", "content-length"],
  ...["x-model-version", "x-prediction-id", "deprecation", "sunset"],
]);

function returnedHeaders(
  received: readonly string[],
  keepLength: boolean,
): { headers: string[]; label: string | undefined } {
  const headers: string[] = [];
  let label: string | undefined;
  for (let i = 0; i + 1 < received.length; i += 2) {
    const [name = "", value = ""] = [received[i], received[i + 1]];
    if (NOT_RETURNED.has(name) && !(keepLength && name === "content-length")) continue;
    if (name === "x-prediction-label") label = value;
    headers.push(name, value);
  }
  return { headers, label };
}
