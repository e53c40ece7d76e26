import { isDeepStrictEqual } from "node:util";
import type { TrafficStatus } from "../../../spec/status.ts";
import type { TrafficPlan } from "../../../spec/traffic.ts";
import { type Clock, systemClock, timestamp } from "./clock.ts";
import { ACCURACY } from "./feedback.ts";
import { noticedSince, noticeHeaders } from "./notices.ts";
import type { Persistence, RouteRecord } from "./persistence.ts";
import { type Refusal, refusalOf } from "./refusal.ts";
import { describeRung, type Ended, end, type Outcome, type Progress, shareOf } from "./rollout.ts";
import { RouteMemory } from "./route-memory.ts";
import { planRouting } from "./router.ts";
import { type Evidence, RunningRollout } from "./running-rollout.ts";
import type { Traffic } from "./traffic.ts";
import { renderStatus } from "./traffic-status.ts";
import type { Trial } from "./trial.ts";

export type { Clock, Evidence, Refusal };

/** The judges' memory is written every so many intervals; a restart reads the intervals after it. */
const SNAPSHOT_EVERY = 30;

export type RouteDocument = Pick<RouteRecord, "plan" | "servers">;

/**
 * Decides who serves: takes plans from outside, closes an interval each second, asks the judge, and obeys. A change
 * takes effect in memory first and is written to the disk before anybody is told.
 */
export class Controller {
  readonly #traffic: Traffic;
  readonly #clock: Clock;
  readonly #memory: RouteMemory;
  readonly #rollout: RunningRollout;
  #intervals = 0;
  readonly #unreachable = new Set<string>();
  #decidedAt = Number.POSITIVE_INFINITY;

  constructor(settings: {
    readonly traffic: Traffic;
    readonly files: Persistence;
    readonly clock?: Clock;
    readonly log?: (line: string) => void;
  }) {
    const { traffic, files, clock = systemClock, log = () => {} } = settings;
    this.#traffic = traffic;
    this.#clock = clock;
    this.#memory = new RouteMemory({ files, clock, log });
    this.#rollout = new RunningRollout({ traffic, files, clock, log });
  }

  /** Goes on where the files say the last process stopped, or the one that replaced this one is now. */
  load(): void {
    const record = this.#memory.load();
    const { route } = this.#memory;
    if (route === undefined) return;
    const { plan, servers } = route;
    // The process may have ended between the two files: then the rollout is at its beginning.
    if (record !== undefined && record.progress.identity === plan.rollout.identity) {
      this.#memory.since = record.since;
      this.#rollout.resume(plan, record);
    } else {
      this.#memory.since = this.#at();
      this.#rollout.begin(plan, this.#memory.since, this.#memory.endedBefore(plan));
    }
    this.#traffic.connect(servers);
    this.#follow();
  }

  noteStart(): void {
    this.#memory.note("start", "the gateway started");
  }

  /** What a process does that has been replaced and still answers its last connections: it counts, and follows. */
  tickReplaced(): void {
    const closed = this.#rollout.closeInterval();
    if (closed !== undefined) this.#rollout.passOn(closed);
    this.load();
  }

  get plan(): TrafficPlan | undefined {
    return this.#memory.route?.plan;
  }

  get trial(): Trial | undefined {
    return this.#rollout.trial;
  }

  get progress(): Progress | undefined {
    return this.#rollout.progress;
  }

  /** What feedback may be about. */
  metrics(): ReadonlySet<string> {
    const guards = this.plan?.rollout.guards ?? [];
    return new Set([ACCURACY, ...guards.flatMap(({ metric, source }) => (source === "feedback" ? [metric] : []))]);
  }

  /** Takes a plan, and has made it effective when it returns; or says why not. */
  accept({ plan, servers }: RouteDocument): Refusal | undefined {
    const before = this.#memory.route;
    const isSamePlan = before !== undefined && isDeepStrictEqual(before.plan, plan);
    if (isSamePlan && isDeepStrictEqual(before.servers, servers)) return undefined;
    const refusal = this.refusalOf({ plan });
    if (refusal !== undefined) return refusal;
    const deprecatedSince = noticedSince(plan, before?.deprecatedSince, this.#clock.wall());
    this.#memory.keepRoute({ plan, servers, deprecatedSince });
    this.#traffic.connect(servers);
    if (!isSamePlan) this.#adopt(plan, before?.plan);
    this.save();
    return undefined;
  }

  /** Why a plan would not be taken; undefined when it would. The plan that is in force always is. */
  refusalOf({ plan }: Pick<RouteDocument, "plan">): Refusal | undefined {
    return isDeepStrictEqual(this.plan, plan) ? undefined : refusalOf(plan, this.#memory);
  }

  /** The endpoint serves nothing any more. Ended rollouts stay known. */
  remove(): void {
    if (this.#memory.route === undefined) return;
    this.#traffic.connect({});
    this.#traffic.routing = undefined;
    this.#memory.forgetRoute();
    this.#rollout.remove();
  }

  /** Ends the rollout that runs; without one nothing changes. */
  abort(reason: string): void {
    const { progress } = this;
    if (progress === undefined || progress.step < 0) {
      this.#memory.note("abort", "there is no rollout to abort");
      return;
    }
    if (progress.ended !== undefined) {
      this.#memory.note("abort", "the rollout had already ended");
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
    if (this.#memory.rolledBack?.version === plan.stable) {
      this.#memory.note("rollback", "already rolled back");
      return;
    }
    if (plan.previous === undefined || !this.#traffic.upstreams.has(plan.previous)) {
      this.#memory.note("rollback", "no previous version is kept warm: there is nothing to go back to");
      return;
    }
    const at = this.#at();
    this.#memory.rolledBack = { version: plan.stable, sha256: plan.versions[plan.stable]?.sha256 ?? "", at, reason };
    this.#memory.since = at;
    this.#follow();
    this.#memory.countGeneration();
    this.#memory.note("rollback", `${plan.stable} → ${plan.previous}: ${reason}`);
    this.save();
  }

  /** Closes the interval, judges, decides. Called each second; an interval of another length is one like any other. */
  tick(): void {
    const closed = this.#rollout.closeInterval();
    const { plan, progress } = this;
    if (plan === undefined || progress === undefined) return;
    this.#noteServers();
    if (this.#memory.unsaved) this.save();
    if (progress.ended !== undefined) {
      this.#recordLastBad(progress, progress.ended);
      return;
    }
    if (closed === undefined) return;
    for (const interval of this.#rollout.exchangeIntervals(closed)) {
      this.#enact(this.#rollout.judge(plan, interval));
      if (this.progress?.ended !== undefined) return;
    }
    this.#intervals++;
    if (this.#intervals % SNAPSHOT_EVERY === 0) this.save();
  }

  status(): TrafficStatus {
    const { plan, progress } = this;
    if (plan === undefined || progress === undefined) throw new Error("no plan has been accepted yet");
    const { route, since, rolledBack, events } = this.#memory;
    return renderStatus({
      plan,
      progress,
      traffic: this.#traffic,
      at: this.#at(),
      generation: route?.generation ?? 0,
      since,
      rolledBack,
      verdict: this.trial?.verdict,
      events,
    });
  }

  /** Everything that is needed to judge again. */
  evidence(): Evidence {
    return this.#rollout.evidence();
  }

  /** Writes what the next process needs. What the disk refuses is in force all the same, and tried again each second. */
  save(): void {
    const { record } = this.#rollout;
    if (record !== undefined) this.#memory.save(record);
  }

  #adopt(plan: TrafficPlan, before: TrafficPlan | undefined): void {
    const at = this.#at();
    if (this.#memory.rolledBack?.version !== plan.stable) this.#memory.rolledBack = undefined;
    const continues = plan.candidate !== undefined && before?.rollout.identity === plan.rollout.identity;
    if (continues && this.progress !== undefined) this.#rollout.change(plan, before, at);
    else this.#rollout.begin(plan, at, this.#memory.endedBefore(plan));
    this.#memory.since = at;
    this.#memory.note("plan", describePlan(plan));
    this.#follow();
  }

  /** Memory first: after `follow` no request is sent by the old weights. Then the disk, then the log. */
  #enact(outcome: Outcome | undefined): void {
    if (outcome === undefined) return;
    this.#rollout.progress = outcome.progress;
    const { change } = outcome;
    if (change === undefined) return;
    this.#follow();
    this.#decidedAt = this.#clock.monotonic();
    if (change.kind !== "complete" && change.kind !== "hold") this.#memory.since = this.#at();
    const { ended, identity } = outcome.progress;
    if (ended !== undefined) this.#memory.keepEnded(identity, ended);
    this.#memory.countGeneration();
    this.#memory.note(change.kind, change.text);
    this.save();
  }

  #recordLastBad(progress: Progress, ended: Ended): void {
    const lastBadMs = this.#traffic.lastCandidateAt - this.#decidedAt;
    if (!(lastBadMs > (ended.lastBadMs ?? 0))) return;
    this.#rollout.progress = { ...progress, ended: { ...ended, lastBadMs } };
    this.save();
  }

  #follow(): void {
    const { plan, progress } = this;
    if (plan === undefined || progress === undefined) return;
    const { route, rolledBack } = this.#memory;
    const stable = rolledBack?.version === plan.stable ? (plan.previous ?? plan.stable) : plan.stable;
    this.#traffic.follow(
      planRouting(plan, { ...shareOf(progress), stable }),
      noticeHeaders(plan, route?.deprecatedSince ?? {}),
    );
  }

  #noteServers(): void {
    for (const [version, { reachable }] of this.#traffic.upstreams) {
      if (reachable !== this.#unreachable.has(version)) continue;
      if (reachable) this.#unreachable.delete(version);
      else this.#unreachable.add(version);
      this.#memory.note(
        reachable ? "server-up" : "server-down",
        `${version} ${reachable ? "answers again" : "cannot be reached"}`,
      );
    }
  }

  #at(): string {
    return timestamp(this.#clock);
  }
}

function describePlan({ stable, candidate, weight, shadow, rollout }: TrafficPlan): string {
  if (candidate === undefined) return `${stable} serves`;
  return `${stable} serves, ${candidate} ${rollout.advance === "automatic" ? "climbs to" : "gets"} ${describeRung(shadow ? "shadow" : weight)}`;
}
