import { isDeepStrictEqual } from "node:util";
import type { TrafficStatus } from "../../../spec/status.ts";
import type { TrafficPlan } from "../../../spec/traffic.ts";
import { type Clock, systemClock, timestamp } from "./clock.ts";
import { contentOf } from "./content-memory.ts";
import { ACCURACY } from "./feedback.ts";
import {
  describeEnding,
  describePlan,
  type Ending,
  endingBy,
  evidenceOf,
  History,
  type HistoryEntry,
  type HistorySummary,
  type Why,
} from "./history.ts";
import { noticedSince, noticeHeaders } from "./notices.ts";
import type { Persistence, RolloutRecord } from "./persistence.ts";
import { type Memory, type Refusal, refusalOf, type StableChange, stableChangeOf } from "./refusal.ts";
import { type Ended, end, type Outcome, type Progress, shareOf } from "./rollout.ts";
import type { RouteDocument } from "./route-document.ts";
import { RouteMemory } from "./route-memory.ts";
import { planRouting } from "./router.ts";
import { type Evidence, RunningRollout } from "./running-rollout.ts";
import type { Traffic } from "./traffic.ts";
import { renderStatus } from "./traffic-status.ts";
import type { ClosedInterval, Trial } from "./trial.ts";
import { wayBack } from "./way-back.ts";

export type { Clock, Evidence, Refusal, RouteDocument };

/** The judges' memory is written every so many intervals; a restart reads the intervals after it. */
const SNAPSHOT_EVERY = 30;

/**
 * Decides who serves: takes plans from outside, closes an interval each second, asks the judge, and obeys. A change
 * takes effect in memory first and is written to the disk before anybody is told.
 */
export class Controller {
  readonly #traffic: Traffic;
  readonly #files: Persistence;
  readonly #history: History;
  readonly #log: (line: string) => void;
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
    this.#files = files;
    this.#history = new History(files.paths);
    this.#log = log;
    this.#traffic = traffic;
    this.#clock = clock;
    this.#memory = new RouteMemory({ files, clock, log });
    this.#rollout = new RunningRollout({ traffic, files, clock, log });
  }

  /**
   * Goes on where the files say the last process stopped. Whatever is damaged in them, stable serves by the plan, and
   * what was lost is said.
   */
  load(): void {
    const record = this.#memory.load(true);
    const { route } = this.#memory;
    const losses = [...this.#files.takeLosses()];
    if (route !== undefined) this.#resume(route.plan, record, losses);
    losses.push(...this.#files.takeLosses());
    for (const loss of losses) this.#memory.noteLoss(loss);
    if (losses.length > 0) this.save();
    if (route === undefined) return;
    this.#traffic.connect(route.servers);
    this.#follow();
  }

  #resume(plan: TrafficPlan, record: RolloutRecord | undefined, losses: readonly string[]): void {
    // The process may have ended between the two files: then the rollout is at its beginning.
    if (record === undefined || record.progress.identity !== plan.rollout.identity) {
      this.#memory.since = this.#at();
      if (record === undefined && losses.length > 0) this.#endUnknown(plan);
      this.#rollout.begin(plan, this.#memory.since, this.#memory.endedBefore(plan));
      return;
    }
    this.#memory.since = record.since;
    try {
      if (!this.#files.areIntervalsWhole(record.trial?.offset ?? 0)) {
        throw new Error("intervals.jsonl is damaged, or shorter than what was judged");
      }
      this.#rollout.resume(plan, record);
    } catch (error) {
      this.#rollout.progress = record.progress;
      this.#loseEvidence(plan, error instanceof Error ? error.message : String(error));
    }
  }

  #loseEvidence(plan: TrafficPlan, why: string): void {
    this.#rollout.forgetEvidence(plan, `the evidence of the rollout is lost (${why}): it begins anew`);
  }

  /** Nobody knows any more whether its candidate was stopped: it is. */
  #endUnknown(plan: TrafficPlan): void {
    if (plan.candidate === undefined) return;
    const reason = "what the rollout had come to is lost with a damaged file; start its next attempt";
    this.#memory.keepEnded(plan, { at: this.#at(), cause: "damage", by: "damage", reason });
  }

  /** Follows the files that the process which has replaced this one writes. What it is writing just now is read next time. */
  #followFiles(): void {
    let record: RolloutRecord | undefined;
    try {
      record = this.#memory.load(false);
    } catch {
      return;
    }
    const { route } = this.#memory;
    if (route === undefined) return;
    if (record?.progress.identity === route.plan.rollout.identity) this.#rollout.resume(route.plan, record);
    else this.#rollout.begin(route.plan, this.#memory.since, this.#memory.endedBefore(route.plan));
    this.#traffic.connect(route.servers);
    this.#follow();
  }

  noteStart(): void {
    this.#memory.note("start", "the gateway started");
  }

  /** What a process does that has been replaced and still answers its last connections: it counts, and follows. */
  tickReplaced(): void {
    const closed = this.#rollout.closeInterval();
    if (closed !== undefined) this.#rollout.passOn(closed);
    this.#followFiles();
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
    const change = stableChangeOf(plan, this.#judgedBy);
    const deprecatedSince = noticedSince(plan, before?.deprecatedSince, this.#clock.wall());
    this.#memory.keepRoute({ plan, servers, deprecatedSince });
    this.#traffic.connect(servers);
    if (!isSamePlan && typeof change === "string") this.#adopt(plan, before?.plan, change);
    this.save();
    return undefined;
  }

  /** Why a plan would not be taken; undefined when it would. The plan that is in force always is. */
  refusalOf({ plan }: Pick<RouteDocument, "plan">): Refusal | undefined {
    return refusalOf(plan, this.#judgedBy, this.#clock.wall());
  }

  /** The endpoint serves nothing any more. Ended rollouts stay known. */
  remove(): void {
    const { plan } = this;
    if (plan === undefined) return;
    this.#traffic.connect({});
    this.#traffic.routing = undefined;
    if (this.#isRunning(plan)) this.#record("removed", plan, { cause: "plan", reason: "the endpoint was taken down" });
    this.#memory.forgetRoute();
    this.#rollout.remove();
  }

  /** Ends the rollout that runs; without one nothing changes. `by`: who asks, `user@host`. */
  abort(reason: string, by?: string): void {
    const { progress } = this;
    if (progress === undefined || progress.step < 0) {
      this.#memory.note("abort", "there is no rollout to abort");
      return;
    }
    if (progress.ended !== undefined) {
      this.#memory.note("abort", "the rollout had already ended");
      return;
    }
    this.#enact(signed(end(progress, this.#at(), "person", reason), by));
  }

  /**
   * Aborts the rollout that runs; else the version before the last promotion takes all traffic. The same again does
   * nothing; further back goes only who names the version with `to`, which must have served everybody before.
   */
  rollBack(reason: string, { to, by }: { readonly to?: string; readonly by?: string } = {}): Refusal | undefined {
    const plan = this.plan;
    if (plan === undefined) return undefined;
    const serving = this.#stableNow(plan);
    const { takenBack } = this.#memory;
    const { contents } = this.#judgedBy;
    const answers = (version: string): boolean => this.#traffic.upstreams.has(version);
    const way = wayBack({ plan, serving, to, takenBack, contents, answers });
    if (way.kind === "refused") return way.refusal;
    if (way.kind === "nowhere") {
      this.#memory.note("rollback", "no version that served before is kept warm: there is nothing to go back to");
      return undefined;
    }
    this.#memory.takenBack = true;
    if (this.#isRunning(plan)) this.abort(reason, by);
    else if (way.kind === "end") {
      this.#memory.note("rollback", `already rolled back: ${serving} serves; to go further back, name the version`);
    }
    if (way.kind === "version") this.#goBack(plan, { from: serving, to: way.version, reason, by });
    else this.save();
    return undefined;
  }

  /** Closes the interval, judges, decides. Called each second; an interval of another length is one like any other. */
  tick(): void {
    const closed = this.#rollout.closeInterval();
    const { plan, progress } = this;
    if (plan === undefined || progress === undefined) return;
    this.#noteServers();
    this.#recordLastOfRolledBack();
    if (this.#memory.unsaved) this.save();
    if (progress.ended !== undefined) {
      this.#recordLastBad(progress, progress.ended);
      return;
    }
    if (closed === undefined) return;
    for (const interval of this.#rollout.exchangeIntervals(closed)) {
      this.#judge(plan, interval);
      if (this.progress?.ended !== undefined) return;
    }
    this.#intervals++;
    if (this.#intervals % SNAPSHOT_EVERY === 0) this.save();
  }

  #judge(plan: TrafficPlan, interval: ClosedInterval): void {
    let outcome: Outcome | undefined;
    try {
      outcome = this.#rollout.judge(plan, interval);
    } catch (error) {
      // What was read from the files was not what the judge left there.
      this.#loseEvidence(plan, error instanceof Error ? error.message : String(error));
      for (const loss of this.#files.takeLosses()) this.#memory.noteLoss(loss);
      this.save();
      return;
    }
    this.#enact(outcome && signed(outcome, undefined));
  }

  status(): TrafficStatus {
    const { plan, progress } = this;
    if (plan === undefined || progress === undefined) throw new Error("no plan has been accepted yet");
    const { route, since, rolledBack, losses, events } = this.#memory;
    return renderStatus({
      plan,
      progress,
      traffic: this.#traffic,
      at: this.#at(),
      generation: route?.generation ?? 0,
      since,
      rolledBack,
      verdict: this.trial?.verdict,
      losses,
      events,
    });
  }

  /** Everything that is needed to judge again: of the rollout that runs, else of the last one. */
  evidence(): Evidence {
    const live = this.#rollout.evidence();
    if (live.settings !== undefined && live.intervals.length > 0) return live;
    const { progress } = this;
    const last = this.#history.newest(progress?.identity ?? "");
    if (last === undefined) return live;
    return evidenceOf(last);
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
    const { record } = this.#rollout;
    if (record !== undefined) this.#memory.save(record);
  }

  get #judgedBy(): Memory {
    return this.#memory.judgedBy(this.progress?.phase === "complete");
  }

  #stableNow(plan: TrafficPlan): string {
    return this.#memory.rolledBack?.to ?? plan.stable;
  }

  #goBack(
    plan: TrafficPlan,
    {
      from,
      to,
      reason,
      by,
    }: { readonly from: string; readonly to: string; readonly reason: string; readonly by: string | undefined },
  ): void {
    const back = {
      version: plan.stable,
      sha256: contentOf(plan, plan.stable),
      to,
      at: this.#at(),
      reason,
      ...(by !== undefined && { by }),
    };
    const { since } = this.#memory;
    this.#memory.keepRolledBack(back, from, contentOf(plan, to));
    this.#follow(from);
    this.#decidedAt = this.#clock.monotonic();
    this.#memory.countGeneration();
    this.#record("rolledBack", plan, { cause: "person", reason, ...(by !== undefined && { by }), from: since });
    this.#memory.note("rollback", `${from} → ${to}${by === undefined ? "" : ` by ${by}`}: ${reason}`);
    this.save();
  }

  #adopt(plan: TrafficPlan, before: TrafficPlan | undefined, change: StableChange): void {
    const at = this.#at();
    const continues = plan.candidate !== undefined && before?.rollout.identity === plan.rollout.identity;
    const ending = before && endingBy(plan, change, this.#isRunning(before) && !continues);
    if (ending !== undefined && before !== undefined) this.#record(ending.how, before, ending);
    this.#memory.keepAccepted(plan, change, before);
    if (continues && this.progress !== undefined) this.#rollout.change(plan, before, at);
    else this.#rollout.begin(plan, at, this.#memory.endedBefore(plan));
    this.#memory.since = at;
    this.#memory.note("plan", describePlan(plan));
    if (change === "override") this.#memory.note("override", `${plan.stable} serves unproven: ${plan.override}`);
    this.#follow();
  }

  #isRunning({ candidate }: TrafficPlan): boolean {
    return candidate !== undefined && this.progress?.ended === undefined;
  }

  /** A disk that refuses it costs the record, nothing else. */
  #record(how: Ending, plan: TrafficPlan, why: Why): void {
    const from = why.from ?? this.progress?.startedAt ?? this.#memory.since;
    const serving = why.serving ?? this.#stableNow(plan);
    const ending = { how, ...describeEnding(plan, { ...why, from, serving }), to: this.#at() };
    try {
      this.#history.append({ ...ending, ...this.#rollout.judged });
    } catch (error) {
      this.#log(`the history has a gap: ${error instanceof Error ? error.message : String(error)}`);
    }
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
    const { ended } = outcome.progress;
    if (ended !== undefined && this.plan !== undefined) this.#memory.keepEnded(this.plan, ended);
    this.#memory.countGeneration();
    this.#memory.note(change.kind, change.text);
    this.save();
    if (ended === undefined || this.plan === undefined) return;
    this.#record(ended.cause === "person" ? "aborted" : "stopped", this.plan, ended);
  }

  #recordLastBad(progress: Progress, ended: Ended): void {
    const lastBadMs = this.#lastBadMs(this.plan?.candidate);
    if (!(lastBadMs > (ended.lastBadMs ?? 0))) return;
    this.#rollout.progress = { ...progress, ended: { ...ended, lastBadMs } };
    this.save();
  }

  #recordLastOfRolledBack(): void {
    const { rolledBack } = this.#memory;
    if (rolledBack === undefined) return;
    const lastBadMs = this.#lastBadMs(rolledBack.version);
    if (!(lastBadMs > (rolledBack.lastBadMs ?? 0))) return;
    this.#memory.rolledBack = { ...rolledBack, lastBadMs };
    this.save();
  }

  /** How long after the decision a version was still sent something, in ms; negative when it was not. */
  #lastBadMs(version: string | undefined): number {
    const { lastDrawnAt } = this.#traffic.counters.get(version ?? "") ?? { lastDrawnAt: Number.NEGATIVE_INFINITY };
    return lastDrawnAt - this.#decidedAt;
  }

  #follow(left?: string): void {
    const { plan, progress } = this;
    if (plan === undefined || progress === undefined) return;
    const { route } = this.#memory;
    const stable = this.#stableNow(plan);
    this.#traffic.follow(
      planRouting(plan, { ...shareOf(progress), stable }),
      noticeHeaders(plan, route?.deprecatedSince ?? {}),
      left,
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

/** Who took the decision: a person by name, or the cause itself. */
function signed({ progress, change }: Outcome, by: string | undefined): Outcome {
  const { ended } = progress;
  return {
    progress: ended === undefined ? progress : { ...progress, ended: { ...ended, by: by ?? ended.cause } },
    ...(change !== undefined && { change }),
  };
}
