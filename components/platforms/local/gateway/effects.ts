import { messageOf } from "../../../host/host-error.ts";
import { divisionOf, type EndingRecord, isJudged, type Order, type RolloutState } from "../../../rollout/index.ts";
import { noticeHeaders } from "../../../traffic/notice-headers.ts";
import type { Clock } from "./clock.ts";
import type { History } from "./history.ts";
import type { IntervalLog } from "./interval-log.ts";
import type { KeptState } from "./kept-state.ts";
import type { RouteDocument } from "./route-document.ts";
import { planRouting } from "./router.ts";
import type { Traffic } from "./traffic.ts";

/** What decisions come to in this process: how it divides traffic, what it writes, and what it tells people. */
export class Effects {
  readonly #traffic: Traffic;
  readonly #history: History;
  readonly #intervals: IntervalLog;
  readonly #kept: KeptState;
  readonly #clock: Clock;
  readonly #log: (line: string) => void;
  #servers: RouteDocument["servers"] = {};
  #decidedAt = Number.POSITIVE_INFINITY;

  constructor(settings: {
    readonly traffic: Traffic;
    readonly history: History;
    readonly intervals: IntervalLog;
    readonly kept: KeptState;
    readonly clock: Clock;
    readonly log: (line: string) => void;
  }) {
    this.#traffic = settings.traffic;
    this.#history = settings.history;
    this.#intervals = settings.intervals;
    this.#kept = settings.kept;
    this.#clock = settings.clock;
    this.#log = settings.log;
  }

  /** The sockets of the model servers, by version. */
  get servers(): RouteDocument["servers"] {
    return this.#servers;
  }

  /** When a share was last decided here, in monotonic ms; infinite before a first time. */
  get decidedAt(): number {
    return this.#decidedAt;
  }

  /** Requests are sent to these servers from here on. */
  connect(servers: RouteDocument["servers"]): void {
    this.#servers = servers;
    this.#traffic.connect(servers);
  }

  /** Does what was decided. @param state the state that the order belongs to */
  obey(order: Order, state: RolloutState): void {
    switch (order.kind) {
      case "divide":
        this.divide(state, order.left);
        if (order.decided) this.#decidedAt = this.#clock.monotonic();
        break;
      case "forgetEvidence":
        this.#forgetEvidence(state);
        break;
      case "record":
        this.#record(order.ending);
        break;
      case "note":
        this.#log(`${order.event.at} ${order.event.kind}: ${order.event.text}`);
        break;
      case "save":
        this.save(state);
    }
  }

  /** From here on no request is sent by the old weights. @param left the version that a rollback took out */
  divide(state: RolloutState, left?: string): void {
    const division = divisionOf(state);
    if (division === undefined) {
      this.#traffic.routing = undefined;
      return;
    }
    const { plan } = division;
    this.#traffic.follow(planRouting(plan, division), noticeHeaders(plan, state.deprecatedSince), left);
  }

  /** Writes what the next process needs. What the disk refuses is in force all the same, and tried again each second. */
  save(state: RolloutState): void {
    this.#kept.save(state, this.#servers, this.#intervals.offset);
  }

  #forgetEvidence({ plan, question }: RolloutState): void {
    const guards = plan && isJudged(plan) ? plan.rollout.guards : [];
    // Where the unit is a session, what is known of requests is nothing.
    const stable = plan?.stickyHeader === undefined ? plan?.stable : undefined;
    this.#intervals.beginAnew({ question, guards, stable });
  }

  /** A disk that refuses it costs the record, nothing else. */
  #record(ending: EndingRecord): void {
    try {
      this.#history.append(ending);
    } catch (error) {
      this.#log(`the history has a gap: ${messageOf(error)}`);
    }
  }
}
