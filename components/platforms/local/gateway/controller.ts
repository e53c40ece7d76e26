import { performance } from "node:perf_hooks";
import { isDeepStrictEqual } from "node:util";
import type { Interval, JudgeSettings, Verdict } from "../../../analysis/index.ts";
import type { TrafficEvent, TrafficStatus } from "../../../spec/status.ts";
import type { TrafficPlan } from "../../../spec/traffic.ts";
import { ACCURACY } from "./feedback.ts";
import { noticedSince, noticeHeaders } from "./notices.ts";
import {
  FORMAT_NUMBER,
  type Persistence,
  type RolledBack,
  type RolloutRecord,
  type RouteRecord,
} from "./persistence.ts";
import {
  changeTarget,
  describeRung,
  type Ended,
  end,
  type Outcome,
  observe,
  type Progress,
  shareOf,
  startRollout,
} from "./rollout.ts";
import { planRouting } from "./router.ts";
import type { Traffic } from "./traffic.ts";
import { renderStatus } from "./traffic-status.ts";
import { type ClosedInterval, closeInterval, Trial } from "./trial.ts";

const MOST_EVENTS = 200;
const MOST_ENDED = 1_000;
/** The judges' memory is written every so many intervals; a restart reads the intervals after it. */
const SNAPSHOT_EVERY = 30;

export type RouteDocument = Pick<RouteRecord, "plan" | "servers">;

export interface Refusal {
  readonly code: "rolloutAborted" | "rolledBack";
  readonly error: string;
  readonly reason: string;
}

/** Everything that is needed to judge the running or last rollout again: GET /admin/evidence. */
export interface Evidence {
  readonly identity: string;
  readonly settings?: JudgeSettings;
  readonly verdict?: Verdict;
  readonly intervals: readonly Interval[];
  /** What the shadow steps were judged on, apart from the live comparison. */
  readonly copies: readonly Interval[];
}

export interface Clock {
  /** Wall clock, ms since 1970: shown, never subtracted. */
  readonly wall: () => number;
  /** Never jumps: what spans are measured with. */
  readonly monotonic: () => number;
}

export const systemClock: Clock = { wall: Date.now, monotonic: () => performance.now() };

/**
 * Decides who serves: takes plans from outside, closes an interval each second, asks the judge, and obeys. A change
 * takes effect in memory first and is written to the disk before anybody is told.
 */
export class Controller {
  readonly #traffic: Traffic;
  readonly #files: Persistence;
  readonly #clock: Clock;
  readonly #log: (line: string) => void;
  #route: RouteRecord | undefined;
  #progress: Progress | undefined;
  #trial: Trial | undefined;
  #since: string;
  #ended: Readonly<Record<string, Ended>> = {};
  #rolledBack: RolledBack | undefined;
  #events: readonly TrafficEvent[] = [];
  #intervalFrom: { readonly wall: number; readonly monotonic: number };
  /** Bytes of intervals.jsonl that the judges have read. */
  #offset = 0;
  #intervals = 0;
  readonly #unreachable = new Set<string>();
  #unsaved = false;
  #writtenRoute: RouteRecord | undefined;
  #decidedAt = Number.POSITIVE_INFINITY;

  constructor(settings: {
    readonly traffic: Traffic;
    readonly files: Persistence;
    readonly clock?: Clock;
    readonly log?: (line: string) => void;
  }) {
    this.#traffic = settings.traffic;
    this.#files = settings.files;
    this.#clock = settings.clock ?? systemClock;
    this.#log = settings.log ?? (() => {});
    this.#since = this.#at();
    this.#intervalFrom = this.#now();
  }

  /** Goes on where the files say the last process stopped, or the one that replaced this one is now. */
  load(): void {
    const route = this.#files.readRoute();
    const record = this.#files.readRollout();
    this.#route = route;
    this.#ended = record?.ended ?? {};
    this.#rolledBack = record?.rolledBack;
    this.#events = record?.events ?? [];
    if (route === undefined) return;
    const { plan } = route;
    // The process may have ended between the two files: then the rollout is at its beginning.
    if (record !== undefined && record.progress.identity === plan.rollout.identity) {
      this.#progress = record.progress;
      this.#since = record.since;
      this.#resumeTrial(plan, record.trial);
    } else {
      this.#since = this.#at();
      this.#begin(plan, this.#since);
    }
    this.#traffic.connect(route.servers);
    this.#follow();
  }

  noteStart(): void {
    this.#note("start", "the gateway started");
  }

  /** What a process does that has been replaced and still answers its last connections: it counts, and follows. */
  tickReplaced(): void {
    const { wall, monotonic } = this.#intervalFrom;
    this.#intervalFrom = this.#now();
    const comparison = this.#traffic.takeComparison();
    const { progress, trial } = this;
    if (progress !== undefined && trial !== undefined && progress.ended === undefined) {
      // Of no length: the time is the other process's.
      const when = { at: wall, seconds: 0, step: judgeStep(progress, trial) };
      if (monotonic < this.#intervalFrom.monotonic)
        this.#files.appendInterval(closeInterval(comparison, trial.settings.guards, when));
    }
    this.load();
  }

  get plan(): TrafficPlan | undefined {
    return this.#route?.plan;
  }

  get trial(): Trial | undefined {
    return this.#trial;
  }

  get progress(): Progress | undefined {
    return this.#progress;
  }

  /** What feedback may be about. */
  metrics(): ReadonlySet<string> {
    const guards = this.plan?.rollout.guards ?? [];
    return new Set([ACCURACY, ...guards.flatMap(({ metric, source }) => (source === "feedback" ? [metric] : []))]);
  }

  /** Takes a plan, and has made it effective when it returns; or says why not. */
  accept({ plan, servers }: RouteDocument): Refusal | undefined {
    const before = this.#route;
    const isSamePlan = before !== undefined && isDeepStrictEqual(before.plan, plan);
    if (isSamePlan && isDeepStrictEqual(before.servers, servers)) return undefined;
    const refusal = this.refusalOf({ plan });
    if (refusal !== undefined) return refusal;
    const record: RouteRecord = {
      format: FORMAT_NUMBER,
      generation: (before?.generation ?? 0) + 1,
      plan,
      servers,
      deprecatedSince: noticedSince(plan, before?.deprecatedSince, this.#clock.wall()),
    };
    // The disk first: a plan that cannot be kept is not taken.
    this.#writeRoute(record);
    this.#traffic.connect(servers);
    this.#route = record;
    if (!isSamePlan) this.#adopt(plan, before?.plan);
    this.#save();
    return undefined;
  }

  /** Why a plan would not be taken; undefined when it would. The plan that is in force always is. */
  refusalOf({ plan }: Pick<RouteDocument, "plan">): Refusal | undefined {
    return isDeepStrictEqual(this.plan, plan) ? undefined : this.#refusal(plan);
  }

  /** The endpoint serves nothing any more. Ended rollouts stay known. */
  remove(): void {
    if (this.#route === undefined) return;
    this.#traffic.connect({});
    this.#traffic.routing = undefined;
    this.#files.remove();
    this.#route = undefined;
    this.#progress = undefined;
    this.#trial = undefined;
  }

  /** Ends the rollout that runs; without one nothing changes. */
  abort(reason: string): void {
    const { progress } = this;
    if (progress === undefined || progress.step < 0) {
      this.#note("abort", "there is no rollout to abort");
      return;
    }
    if (progress.ended !== undefined) {
      this.#note("abort", "the rollout had already ended");
      return;
    }
    this.#enact(end(progress, this.#at(), "person", reason));
  }

  /** Aborts the rollout that runs; else the version before the last promotion takes all traffic. */
  rollBack(reason: string): void {
    const plan = this.plan;
    if (plan === undefined || plan.candidate !== undefined) {
      this.abort(reason);
      return;
    }
    if (this.#rolledBack?.version === plan.stable) {
      this.#note("rollback", "already rolled back");
      return;
    }
    if (plan.previous === undefined || !this.#traffic.upstreams.has(plan.previous)) {
      this.#note("rollback", "no previous version is kept warm: there is nothing to go back to");
      return;
    }
    const at = this.#at();
    this.#rolledBack = { version: plan.stable, sha256: plan.versions[plan.stable]?.sha256 ?? "", at, reason };
    this.#since = at;
    this.#follow();
    this.#countGeneration();
    this.#note("rollback", `${plan.stable} → ${plan.previous}: ${reason}`);
    this.#save();
  }

  /** Closes the interval, judges, decides. Called each second; an interval of another length is one like any other. */
  tick(): void {
    const from = this.#intervalFrom;
    this.#intervalFrom = this.#now();
    const comparison = this.#traffic.takeComparison();
    const { plan, progress, trial } = this;
    if (plan === undefined || progress === undefined) return;
    this.#noteServers();
    if (this.#unsaved) this.#save();
    if (progress.ended !== undefined) {
      this.#recordLastBad(progress, progress.ended);
      return;
    }
    if (trial === undefined) return;
    const ms = this.#intervalFrom.monotonic - from.monotonic;
    const when = { at: from.wall, seconds: ms / 1000, step: judgeStep(progress, trial) };
    for (const closed of this.#exchangeIntervals(closeInterval(comparison, trial.settings.guards, when))) {
      trial.add(closed);
      this.#enact(this.#observe(closed));
      if (this.progress?.ended !== undefined) return;
    }
    this.#intervals++;
    if (this.#intervals % SNAPSHOT_EVERY === 0) this.#save();
  }

  /**
   * Writes an interval and reads what was written since the last time: this one, and those of a process that is being
   * replaced and still answers. With a full disk the judge gets it all the same, and only the record has a gap.
   */
  #exchangeIntervals(closed: ClosedInterval): readonly ClosedInterval[] {
    try {
      this.#files.appendInterval(closed);
    } catch (error) {
      this.#log(`the interval is judged, but not recorded: ${messageOf(error)}`);
      return [closed];
    }
    return this.#readNewIntervals();
  }

  status(): TrafficStatus {
    const { plan, progress } = this;
    if (plan === undefined || progress === undefined) throw new Error("no plan has been accepted yet");
    return renderStatus({
      plan,
      progress,
      traffic: this.#traffic,
      at: this.#at(),
      generation: this.#route?.generation ?? 0,
      since: this.#since,
      rolledBack: this.#rolledBack,
      verdict: this.#trial?.verdict,
      events: this.#events,
    });
  }

  /** Everything that is needed to judge again. */
  evidence(): Evidence {
    const { intervals } = this.#files.readIntervals(0);
    return {
      identity: this.#progress?.identity ?? "",
      ...(this.#trial !== undefined && { settings: this.#trial.settings, verdict: this.#trial.verdict }),
      intervals: intervals.map(({ live }) => live),
      copies: intervals.flatMap(({ copies }) => (copies === undefined ? [] : [copies])),
    };
  }

  /** Writes what the next process needs. */
  save(): void {
    if (this.#route !== undefined) this.#save();
  }

  #refusal(plan: TrafficPlan): Refusal | undefined {
    const ended = this.#endedBefore(plan);
    if (ended !== undefined && (plan.weight > 0 || plan.shadow)) {
      return {
        code: "rolloutAborted",
        error: `the rollout of ${plan.candidate} was ended and does not open again; start the next attempt, or another candidate`,
        reason: ended.reason,
      };
    }
    const back = this.#rolledBack;
    if (back !== undefined && plan.stable === back.version && plan.versions[plan.stable]?.sha256 === back.sha256) {
      return {
        code: "rolledBack",
        error: `${plan.stable} was rolled back; name the version that serves now as stable, then start a rollout`,
        reason: back.reason,
      };
    }
    return undefined;
  }

  #adopt(plan: TrafficPlan, before: TrafficPlan | undefined): void {
    const at = this.#at();
    const { progress } = this;
    if (this.#rolledBack !== undefined && plan.stable !== this.#rolledBack.version) this.#rolledBack = undefined;
    const continues = plan.candidate !== undefined && before?.rollout.identity === plan.rollout.identity;
    if (!continues || progress === undefined) this.#begin(plan, at);
    else if (progress.ended === undefined) {
      this.#progress = changeTarget(progress, plan, at);
      if (!isDeepStrictEqual(evidenceTerms(before), evidenceTerms(plan))) this.#forget(plan);
    }
    this.#since = at;
    this.#note("plan", describePlan(plan));
    this.#follow();
  }

  #begin(plan: TrafficPlan, at: string): void {
    this.#progress = this.#beginning(plan, at);
    if (plan.candidate === undefined) this.#trial = undefined;
    else this.#forget(plan);
  }

  /** A rollout that was ended once begins ended. */
  #beginning(plan: TrafficPlan, at: string): Progress {
    const known = this.#endedBefore(plan);
    const fresh = startRollout(plan, at);
    return known === undefined ? fresh : { ...fresh, phase: "aborted", ended: known };
  }

  #endedBefore({ candidate, rollout: { identity } }: TrafficPlan): Ended | undefined {
    return candidate !== undefined && Object.hasOwn(this.#ended, identity) ? this.#ended[identity] : undefined;
  }

  /** Evidence begins anew: another rollout, or other questions to the same one. */
  #forget(plan: TrafficPlan): void {
    this.#files.clearIntervals();
    this.#offset = 0;
    this.#traffic.takeComparison();
    this.#intervalFrom = this.#now();
    this.#trial = this.#createTrial(plan);
    if (this.#progress !== undefined) this.#progress = { ...this.#progress, proven: false, intervals: 0 };
  }

  #createTrial(plan: TrafficPlan, state?: Trial["state"]): Trial | undefined {
    return plan.candidate === undefined || plan.rollout.guards.length === 0
      ? undefined
      : new Trial(plan.rollout, state);
  }

  /** Judges again what the last snapshot has not seen. */
  #resumeTrial(plan: TrafficPlan, snapshot: RolloutRecord["trial"]): void {
    try {
      this.#trial = this.#createTrial(plan, snapshot?.state);
      this.#offset = snapshot?.offset ?? 0;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      // Written by a version that judged otherwise: everything is judged again.
      this.#trial = this.#createTrial(plan);
      this.#offset = 0;
    }
    const judged = this.#progress?.intervals ?? 0;
    let index = this.#trial?.state.live.intervals ?? 0;
    for (const closed of this.#readNewIntervals()) {
      this.#trial?.add(closed);
      index++;
      const outcome = index > judged ? this.#observe(closed) : undefined;
      // A decision is left to the next interval: it is this process's own then.
      if (outcome !== undefined && outcome.change === undefined) this.#progress = outcome.progress;
    }
  }

  #readNewIntervals(): readonly ClosedInterval[] {
    const { intervals, offset } = this.#files.readIntervals(this.#offset);
    this.#offset = offset;
    return intervals;
  }

  #observe(closed: ClosedInterval): Outcome | undefined {
    const { plan, progress, trial } = this;
    if (plan === undefined || progress === undefined || trial === undefined) return undefined;
    return observe(progress, plan.rollout, {
      at: this.#at(),
      ms: closed.live.seconds * 1000,
      closed,
      verdict: trial.verdict,
      copiesVerdict: trial.copiesVerdict,
    });
  }

  /** Memory first: after `follow` no request is sent by the old weights. Then the disk, then the log. */
  #enact(outcome: Outcome | undefined): void {
    if (outcome === undefined) return;
    this.#progress = outcome.progress;
    const { change } = outcome;
    if (change === undefined) return;
    this.#follow();
    this.#decidedAt = this.#clock.monotonic();
    if (change.kind !== "complete" && change.kind !== "hold") this.#since = this.#at();
    const { ended, identity } = outcome.progress;
    if (ended !== undefined) this.#ended = newest({ ...this.#ended, [identity]: ended }, MOST_ENDED);
    this.#countGeneration();
    this.#note(change.kind, change.text);
    this.#save();
  }

  #recordLastBad(progress: Progress, ended: Ended): void {
    const lastBadMs = this.#traffic.lastCandidateAt - this.#decidedAt;
    if (!(lastBadMs > (ended.lastBadMs ?? 0))) return;
    this.#progress = { ...progress, ended: { ...ended, lastBadMs } };
    this.#save();
  }

  #follow(): void {
    const { plan, progress } = this;
    if (plan === undefined || progress === undefined) return;
    const back = this.#rolledBack !== undefined && this.#rolledBack.version === plan.stable;
    const stable = back ? (plan.previous ?? plan.stable) : plan.stable;
    this.#traffic.follow(
      planRouting(plan, { ...shareOf(progress), stable }),
      noticeHeaders(plan, this.#route?.deprecatedSince ?? {}),
    );
  }

  #countGeneration(): void {
    if (this.#route === undefined) return;
    this.#route = { ...this.#route, generation: this.#route.generation + 1 };
  }

  #noteServers(): void {
    for (const [version, { reachable }] of this.#traffic.upstreams) {
      if (reachable !== this.#unreachable.has(version)) continue;
      if (reachable) this.#unreachable.delete(version);
      else this.#unreachable.add(version);
      this.#note(
        reachable ? "server-up" : "server-down",
        `${version} ${reachable ? "answers again" : "cannot be reached"}`,
      );
    }
  }

  #note(kind: TrafficEvent["kind"], text: string): void {
    const event = { at: this.#at(), kind, text };
    this.#events = [...this.#events, event].slice(-MOST_EVENTS);
    this.#log(`${event.at} ${kind}: ${text}`);
  }

  /** What is in force is in memory; a disk that refuses it now is tried again each second. */
  #save(): void {
    const { progress, trial } = this;
    if (this.#route === undefined || progress === undefined) return;
    try {
      this.#files.writeRollout({
        format: FORMAT_NUMBER,
        progress,
        since: this.#since,
        ...(trial !== undefined && { trial: { state: trial.state, offset: this.#offset } }),
        ended: this.#ended,
        ...(this.#rolledBack !== undefined && { rolledBack: this.#rolledBack }),
        events: this.#events,
      });
      this.#writeRoute(this.#route);
      this.#unsaved = false;
    } catch (error) {
      this.#unsaved = true;
      this.#log(`in force, but not yet on the disk: ${messageOf(error)}`);
    }
  }

  #writeRoute(record: RouteRecord): void {
    if (record === this.#writtenRoute) return;
    this.#files.writeRoute(record);
    this.#writtenRoute = record;
  }

  #at(): string {
    return new Date(this.#clock.wall()).toISOString();
  }

  #now(): { readonly wall: number; readonly monotonic: number } {
    return { wall: this.#clock.wall(), monotonic: this.#clock.monotonic() };
  }
}

/** The judge counts steps that carry traffic, and knows how many the plan has; weights given by hand may be more. */
const judgeStep = ({ raises }: Progress, { settings }: Trial): number => Math.min(raises, (settings.steps ?? 1) - 1);

/** What the judge is asked. Another weight is not another question. */
const evidenceTerms = ({ rollout: { guards, alpha, beta, steps, maxDurationMs } }: TrafficPlan): unknown => [
  guards,
  alpha,
  beta,
  steps,
  maxDurationMs,
];

function describePlan({ stable, candidate, weight, shadow, rollout }: TrafficPlan): string {
  if (candidate === undefined) return `${stable} serves`;
  return `${stable} serves, ${candidate} ${rollout.advance === "automatic" ? "climbs to" : "gets"} ${describeRung(shadow ? "shadow" : weight)}`;
}

function newest<Value>(record: Readonly<Record<string, Value>>, most: number): Readonly<Record<string, Value>> {
  return Object.fromEntries(Object.entries(record).slice(-most));
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
