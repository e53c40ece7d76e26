import { isDeepStrictEqual } from "node:util";
import type { Verdict } from "../../../analysis/index.ts";
import { feedbackMetrics, SHARES } from "../../../guards/index.ts";
import { messageOf } from "../../../host/host-error.ts";
import {
  type ClosedInterval,
  emptyState,
  type HistoryEntry,
  type HistorySummary,
  isJudged,
  type Learnt,
  learn,
  memoryOf,
  type Progress,
  questionOf,
  type Refusal,
  type RolloutEvidence,
  type RolloutState,
  refusalOf,
  type Step,
  step,
  verdictOf,
} from "../../../rollout/index.ts";
import type { TrafficPlan } from "../../../traffic/plan.ts";
import type { TrafficStatus } from "../../../traffic/status.ts";
import { type Clock, systemClock, timestamp } from "./clock.ts";
import { Effects } from "./effects.ts";
import type { Drawing } from "./evidence-picture.ts";
import { ACCURACY, type FeedbackMetrics } from "./feedback.ts";
import { History } from "./history.ts";
import { IntervalLog } from "./interval-log.ts";
import { KeptState, withJudges } from "./kept-state.ts";
import type { Persistence } from "./persistence.ts";
import { type RecordedInterval, type RolloutRecord, type RouteRecord, stateOf } from "./records.ts";
import { rolloutDrawing, rolloutEvidence } from "./rollout-evidence.ts";
import type { RouteDocument } from "./route-document.ts";
import { ServerNotes, type Untimed } from "./server-notes.ts";
import type { Traffic } from "./traffic.ts";
import { renderStatus } from "./traffic-status.ts";

/** The judges' memory is written every so many intervals; a restart reads the intervals after it. */
const SNAPSHOT_EVERY = 30;

/**
 * The shell around the decisions of a rollout: counts, asks `step`, and carries its orders out. A change takes effect in
 * memory first and is written to the disk before anybody is told.
 */
export class Controller {
  readonly #traffic: Traffic;
  readonly #files: Persistence;
  readonly #history: History;
  readonly #intervals: IntervalLog;
  readonly #kept: KeptState;
  readonly #log: (line: string) => void;
  readonly #clock: Clock;
  readonly #effects: Effects;
  readonly #servers: ServerNotes;
  #state: RolloutState;
  #judged = 0;

  constructor(settings: {
    readonly traffic: Traffic;
    readonly files: Persistence;
    readonly clock?: Clock;
    readonly log?: (line: string) => void;
  }) {
    const { traffic, files, clock = systemClock, log = () => {} } = settings;
    const history = new History(files.paths);
    const intervals = new IntervalLog({ traffic, files, clock, log });
    const kept = new KeptState({ files, log });
    this.#files = files;
    this.#history = history;
    this.#intervals = intervals;
    this.#kept = kept;
    this.#log = log;
    this.#traffic = traffic;
    this.#clock = clock;
    this.#effects = new Effects({ traffic, history, intervals, kept, clock, log });
    this.#servers = new ServerNotes(traffic);
    this.#state = emptyState(timestamp(clock));
  }

  /**
   * Goes on where the files say the last process stopped. Whatever is damaged in them, stable serves by the plan, and
   * what was lost is said.
   */
  load(): void {
    const route = this.#files.recoverRoute();
    const record = this.#files.recoverRollout();
    const losses = [...this.#files.takeLosses()];
    this.#state = stateOf(route, record, timestamp(this.#clock));
    if (this.#state.plan !== undefined) this.#resume(record, losses.length > 0);
    losses.push(...this.#files.takeLosses());
    for (const what of losses) this.#take({ kind: "loss", what });
    if (route !== undefined) this.#effects.connect(route.servers);
    if (losses.length > 0) this.save();
    if (route !== undefined) this.#effects.divide(this.#state);
  }

  /** @param isDamaged something of the files is lost */
  #resume(record: RolloutRecord | undefined, isDamaged: boolean): void {
    // The process may have ended between the two files: then the rollout is at its beginning.
    if (this.#state.progress === undefined) {
      this.#take({ kind: "restart", unknown: record === undefined && isDamaged, learnt: this.#learnt(this.plan) });
      return;
    }
    try {
      if (!this.#files.areIntervalsWhole(record?.trial?.offset ?? 0)) {
        throw new Error("intervals.jsonl is damaged, or shorter than what was judged");
      }
      this.#resumeJudges(record?.trial);
    } catch (error) {
      this.#loseEvidence(error);
    }
  }

  #resumeJudges(snapshot: RolloutRecord["trial"]): void {
    const settings = { intervals: this.#intervals, now: this.#clock.wall(), log: this.#log };
    this.#state = withJudges(this.#state, snapshot, settings);
  }

  #loseEvidence(error: unknown): void {
    this.#files.setIntervalsAside(`the evidence of the rollout is lost (${messageOf(error)}): it begins anew`);
    this.#take({ kind: "evidenceLost" });
  }

  /** Follows the files that the process which has replaced this one writes. What it is writing just now is read next time. */
  #followFiles(): void {
    let route: RouteRecord | undefined;
    let record: RolloutRecord | undefined;
    try {
      route = this.#files.readRoute();
      record = this.#files.readRollout();
    } catch {
      return;
    }
    this.#state = stateOf(route, record, timestamp(this.#clock));
    if (route === undefined) return;
    // Its evidence is the other process's business.
    if (this.#state.progress === undefined) this.#state = this.#step({ kind: "restart", unknown: false }).state;
    else this.#resumeJudges(record?.trial);
    this.#effects.connect(route.servers);
    this.#effects.divide(this.#state);
  }

  noteStart(): void {
    this.#take({ kind: "note", event: "start", text: "the gateway started" });
  }

  /** What a process does that has been replaced and still answers its last connections: it counts, and follows. */
  tickReplaced(): void {
    const closed = this.#closeInterval();
    if (closed !== undefined) this.#intervals.passOn(closed);
    this.#followFiles();
  }

  get plan(): TrafficPlan | undefined {
    return this.#state.plan;
  }

  get progress(): Progress | undefined {
    return this.#state.progress;
  }

  /** What the judge says so far; undefined while nothing is judged. */
  get verdict(): Verdict | undefined {
    const { plan, judges } = this.#state;
    return plan !== undefined && judges !== undefined ? verdictOf(plan.rollout, judges) : undefined;
  }

  /** What feedback may be about. */
  metrics(): FeedbackMetrics {
    return new Map([[ACCURACY, { range: SHARES, groups: [] }], ...feedbackMetrics(this.plan?.rollout.guards ?? [])]);
  }

  /** Takes a plan, and has made it effective when it returns; or says why not. The disk first: a plan that cannot be kept is not taken. */
  accept({ plan, servers }: RouteDocument): Refusal | undefined {
    if (isDeepStrictEqual(this.plan, plan) && isDeepStrictEqual(this.#effects.servers, servers)) return undefined;
    const taken = this.#step({ kind: "plan", plan, learnt: this.#learnt(plan) });
    if (taken.refusal !== undefined) return taken.refusal;
    this.#kept.writeRoute(taken.state, servers);
    this.#effects.connect(servers);
    this.#carryOut(taken);
    return undefined;
  }

  /** What the endings on the disk tell the judges of a plan. Intervals are not read for it. */
  #learnt(plan: TrafficPlan | undefined): Learnt | undefined {
    if (plan === undefined || !isJudged(plan)) return undefined;
    const goesOn = this.plan?.rollout.identity === plan.rollout.identity && questionOf(plan) === this.#state.question;
    return goesOn && this.progress !== undefined ? undefined : learn(plan, this.#history.paired());
  }

  /** Why a plan would not be taken; undefined when it would. The plan that is in force always is. */
  refusalOf({ plan }: Pick<RouteDocument, "plan">): Refusal | undefined {
    return refusalOf(plan, memoryOf(this.#state), this.#clock.wall());
  }

  /** The endpoint serves nothing any more. Ended rollouts stay known. */
  remove(): void {
    if (this.plan === undefined) return;
    this.#effects.connect({});
    this.#take({ kind: "remove" });
    this.#kept.forgetRoute();
  }

  /** Ends the rollout that runs; without one nothing changes. `by`: who asks, `user@host`. */
  abort(reason: string, by?: string): void {
    this.#take({ kind: "abort", reason, by });
  }

  /**
   * Aborts the rollout that runs; else the version before the last promotion takes all traffic. The same again does
   * nothing; further back goes only who names the version with `to`, which must have served everybody before.
   */
  rollBack(reason: string, { to, by }: { readonly to?: string; readonly by?: string } = {}): Refusal | undefined {
    const answers = [...this.#traffic.upstreams.keys()];
    return this.#take({ kind: "rollBack", reason, to, by, answers });
  }

  /** Closes the interval, judges, decides. Called each second; intervals may be of any length. */
  tick(): void {
    const closed = this.#closeInterval();
    if (this.plan === undefined || this.progress === undefined) return;
    for (const change of this.#servers.changes()) this.#take(change);
    for (const late of this.#servers.sentLate(this.#state, this.#effects.decidedAt)) this.#take(late);
    if (this.#kept.isUnsaved) this.save();
    if (closed === undefined) return;
    for (const interval of this.#intervals.exchange(closed)) {
      this.#judge(interval);
      if (this.progress.ended !== undefined) return;
    }
    this.#judged++;
    if (this.#judged % SNAPSHOT_EVERY === 0) this.save();
  }

  #judge(interval: ClosedInterval): void {
    try {
      this.#take({ kind: "interval", interval });
    } catch (error) {
      // What was read from the files was not what the judges left there.
      this.#loseEvidence(error);
      for (const what of this.#files.takeLosses()) this.#take({ kind: "loss", what });
      this.save();
    }
  }

  status(): TrafficStatus {
    const at = timestamp(this.#clock);
    return renderStatus({ state: this.#state, verdict: this.verdict, traffic: this.#traffic, at });
  }

  /** Everything that is needed to judge again: of the rollout that runs, else of the last one. */
  evidence(): RolloutEvidence {
    return rolloutEvidence(this.#state, this.#intervals, this.#history);
  }

  /** What a picture of the evidence is drawn from; undefined when nothing was judged. */
  drawing(): Drawing | undefined {
    return rolloutDrawing(this.#state, this.#files.paths.intervals, this.#history);
  }

  /** How rollouts ended, the newest last. */
  history(): readonly HistorySummary[] {
    return this.#history.list();
  }

  /** One of them with its evidence. */
  historyEntry(id: string): HistoryEntry | undefined {
    return this.#history.read(id);
  }

  /** Writes what the next process needs. What the disk refuses is in force all the same, and tried again each second. */
  save(): void {
    this.#effects.save(this.#state);
  }

  #step(event: Untimed): Step {
    return step(this.#state, { ...event, now: this.#clock.wall() });
  }

  #take(event: Untimed): Refusal | undefined {
    const taken = this.#step(event);
    this.#carryOut(taken);
    return taken.refusal;
  }

  #carryOut({ state, orders }: Step): void {
    this.#state = state;
    for (const order of orders) this.#effects.obey(order, state);
  }

  #closeInterval(): RecordedInterval | undefined {
    const { plan, progress, judges, question } = this.#state;
    const isOpen = plan !== undefined && progress !== undefined && judges !== undefined && progress.ended === undefined;
    return this.#intervals.close(isOpen ? { question, rollout: plan.rollout, progress } : undefined);
  }
}
