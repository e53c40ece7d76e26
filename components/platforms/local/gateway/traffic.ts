import { crc32 } from "node:zlib";
import type { RequestOutcome } from "../../../guards/index.ts";
import { AnswerShape } from "./answer-shape.ts";
import { ArrivalCounter } from "./arrivals.ts";
import { Cohorts } from "./cohorts.ts";
import {
  type ComparedCounts,
  countFeedback,
  countInArm,
  createComparedCounts,
  createVersionCounter,
  type VersionCounter,
} from "./counters.ts";
import { Endings } from "./endings.ts";
import { FairShare } from "./fair-share.ts";
import { Feedback, type FeedbackItem } from "./feedback.ts";
import { PinBudget } from "./pins.ts";
import { PredictionIds } from "./prediction-id.ts";
import { RecentAnswers } from "./recent-answers.ts";
import { type Choice, chooseAt, Draw, hash32, placeOf, type Routing } from "./router.ts";
import { SessionUnits } from "./sessions.ts";
import { RequestsUnderWay } from "./under-way.ts";
import { Upstream } from "./upstream.ts";

const DEFAULT_DEADLINE_MS = 30_000;

const freshShapes = () => ({ predict: new AnswerShape(), infer: new AnswerShape() });

/** What became of a request that was drawn for an arm of the comparison. */
export interface CountedOutcome {
  readonly arm: "stable" | "candidate";
  readonly outcome: RequestOutcome;
  /** Absent without an answer. */
  readonly ms: number | undefined;
  /** Who asked what. */
  readonly key: { readonly input: Buffer; readonly source: string; readonly session?: string };
}

/** What requests need to know, and what they leave behind: the routing, the servers, and every count. */
export class Traffic {
  routing: Routing | undefined;
  draining = false;
  copiesInFlight = 0;
  copiedBytes = 0;
  /** Requests that are no predictions: probes, what a client reads about the model. */
  metadataRequests = 0;
  readonly underWay: RequestsUnderWay = new RequestsUnderWay();
  readonly endings: Endings = new Endings();
  readonly pins: PinBudget = new PinBudget();
  #shapes: Readonly<Record<"predict" | "infer", AnswerShape>> = freshShapes();
  copiesDropped = 0;
  /** By metric and version, since the process started; the version is empty for predictions outside the comparison. */
  readonly feedbackCounts: Map<string, Map<string, number>> = new Map();
  readonly counters: Map<string, VersionCounter> = new Map();
  readonly upstreams: Map<string, Upstream> = new Map();
  /** `Deprecation`, `Sunset` and `Link` for each version on its way out, names and values in turn. */
  noticeHeaders: ReadonlyMap<string, readonly string[]> = new Map();
  readonly #draw: Draw = new Draw();
  readonly #arrivals: ArrivalCounter;
  readonly recent: RecentAnswers = new RecentAnswers();
  readonly #sessions = { stable: new SessionUnits(), candidate: new SessionUnits() };
  /** Of both arms together: who is one among many is soon known. */
  readonly #inputs = new FairShare();
  readonly #sources = new FairShare();
  /** What failed or was refused, by address: trouble that one of many has, and nobody else, is that one's. */
  readonly #troubles = new FairShare();
  readonly ids: PredictionIds;
  readonly feedback: Feedback;
  /** What came back about predictions and is not complete yet. */
  readonly cohorts: Cohorts = new Cohorts();
  #comparison: ComparedCounts = createComparedCounts();
  #stretch = 0;

  constructor(settings: { readonly feedbackKey: Buffer; readonly startedAt: number }) {
    this.ids = new PredictionIds({
      key: settings.feedbackKey,
      startedAt: settings.startedAt,
      identity: () => this.routing?.identity ?? "",
    });
    this.feedback = new Feedback(this.ids);
    this.#arrivals = new ArrivalCounter(settings.startedAt);
  }

  /** The longest a version may take over an answer, in ms. */
  get deadlineMs(): number {
    return this.routing?.deadlineMs ?? DEFAULT_DEADLINE_MS;
  }

  /** What stable's answers look like, by what was asked for. */
  shapeOf(asked: "predict" | "infer"): AnswerShape {
    return this.#shapes[asked];
  }

  get comparison(): ComparedCounts {
    return this.#comparison;
  }

  /** Counts how often the division has changed: what was drawn under another is compared with nothing. */
  get stretch(): number {
    return this.#stretch;
  }

  /** Closes the interval and opens the next. @param now monotonic ms */
  takeComparison(now: number): ComparedCounts {
    const closed = { ...this.#comparison, arrivals: this.#arrivals.take() };
    const complete = this.cohorts.take(this.ids.issued, now, this.routing?.maturity ?? new Map());
    for (const [metric, values] of complete) {
      for (const arm of ["stable", "candidate"] as const)
        if (values[arm].count > 0) countFeedback(closed[arm], metric, values[arm]);
    }
    for (const arm of ["stable", "candidate"] as const) {
      for (const { outcome, ms } of this.#sessions[arm].take()) countInArm(closed[arm], outcome, ms);
    }
    this.#comparison = createComparedCounts();
    return closed;
  }

  /**
   * From here on requests follow the new routing; those under way end as they began, unless their version was taken out.
   * @param left the version that a rollback took out
   */
  follow(routing: Routing, noticeHeaders: ReadonlyMap<string, readonly string[]>, left?: string): void {
    const before = this.routing;
    this.routing = routing;
    this.noticeHeaders = noticeHeaders;
    for (const version of routing.versions) this.counterOf(version);
    if (before?.stable !== routing.stable) this.#shapes = freshShapes();
    this.underWay.reconsider(left);
    if (before?.identity !== routing.identity || before.weight !== routing.weight) this.#beginStretch();
    if (before?.identity !== routing.identity || before.stickyHeader !== routing.stickyHeader)
      this.#arrivals.beginAnew(routing.stickyHeader !== undefined);
    if (before?.identity === routing.identity) return;
    for (const arm of ["stable", "candidate"] as const) {
      this.#sessions[arm].clear();
    }
    this.#inputs.clear();
    this.#sources.clear();
    this.#troubles.clear();
    this.feedback.clear();
    this.ids.renew();
  }

  /** What was drawn from here on is compared with one another, and with nothing before. */
  #beginStretch(): void {
    this.#stretch++;
    this.cohorts.beginAnew(this.ids.issued);
    this.#comparison = createComparedCounts();
  }

  /** Which version gets a request that names none. @param session whose requests stay together; undefined for one alone */
  choose({ identity, weight }: Routing, session: string | undefined): Choice {
    if (session === undefined) {
      const choice = this.#draw.next(weight);
      this.#arrivals.add(weight, choice);
      return choice;
    }
    const place = placeOf(identity, session);
    const choice = chooseAt(place, weight);
    this.#arrivals.addOfSession(weight, choice, place);
    return choice;
  }

  /** Opens pools to new sockets, closes those that no version uses any more once their answers are in. */
  connect(servers: Readonly<Record<string, string>>): void {
    for (const [version, upstream] of this.upstreams) {
      if (servers[version] === upstream.socket) continue;
      this.upstreams.delete(version);
      upstream.close();
    }
    for (const [version, socket] of Object.entries(servers)) {
      if (!this.upstreams.has(version)) this.upstreams.set(version, new Upstream(socket));
    }
  }

  countOutcome({ arm, outcome, ms, key }: CountedOutcome): void {
    if (!this.#isFair(key, outcome)) {
      const { excess } = this.#comparison;
      excess[arm].requests++;
      if (outcome !== "answered") excess[arm].bad++;
    } else if (key.session === undefined) countInArm(this.#comparison[arm], outcome, ms);
    else this.#sessions[arm].add(key.session, { outcome, ms });
  }

  /** No input and no address counts for much more than the others, nor do the troubles of an address. */
  #isFair({ input, source }: CountedOutcome["key"], outcome: RequestOutcome): boolean {
    const keys = { input: crc32(input), source: hash32(source) };
    const isTrouble = outcome !== "answered";
    if (!this.#sources.has(keys.source) || !this.#inputs.has(keys.input)) return false;
    if (isTrouble && !this.#troubles.has(keys.source, this.#sources.size)) return false;
    this.#sources.take(keys.source);
    this.#inputs.take(keys.input);
    if (isTrouble) this.#troubles.take(keys.source);
    return true;
  }

  countCopy({ stable, copy }: { readonly stable: RequestOutcome; readonly copy: RequestOutcome }): void {
    const { copies } = this.#comparison;
    copies.requests++;
    if (copy === "failed") copies.errors++;
    if (stable === "failed") copies.stableErrors++;
    if (copy === "refused") copies.refusals++;
    if (stable === "refused") copies.stableRefusals++;
  }

  /** Counts a value for its version, and compares it once all about the predictions of its moment is complete. */
  takeFeedback({ prediction, metric, value }: FeedbackItem): void {
    const { arm, number } = prediction;
    const version = (arm === "excluded" ? undefined : this.routing?.[arm]) ?? "";
    const versions = this.feedbackCounts.get(metric) ?? new Map<string, number>();
    this.feedbackCounts.set(metric, versions.set(version, (versions.get(version) ?? 0) + 1));
    if (arm === "excluded") return;
    if (this.routing?.maturity.has(metric) !== true)
      countFeedback(this.#comparison[arm], metric, { count: 1, sum: value });
    else if (this.ids.isOwn(prediction)) this.cohorts.add(number, arm, metric, value);
  }

  counterOf(version: string): VersionCounter {
    const known = this.counters.get(version);
    if (known !== undefined) return known;
    const created = createVersionCounter();
    this.counters.set(version, created);
    return created;
  }
}
