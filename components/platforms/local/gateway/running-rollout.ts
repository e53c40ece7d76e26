import { createHash } from "node:crypto";
import type { Interval, JudgeSettings, Verdict } from "../../../analysis/index.ts";
import type { TrafficPlan } from "../../../spec/traffic.ts";
import { type Clock, timestamp } from "./clock.ts";
import { type Comparison, createComparison } from "./counters.ts";
import type { Persistence, RecordedInterval, RolloutRecord } from "./persistence.ts";
import { changeTarget, type Ended, type Outcome, observe, type Progress, startRollout } from "./rollout.ts";
import type { Traffic } from "./traffic.ts";
import { type ClosedInterval, closeInterval, Trial } from "./trial.ts";

/** Everything that is needed to judge the running or last rollout again: GET /admin/evidence. */
export interface Evidence {
  readonly identity: string;
  readonly settings?: JudgeSettings;
  readonly verdict?: Verdict;
  readonly intervals: readonly Interval[];
  /** What the shadow steps were judged on, apart from the live comparison. */
  readonly copies: readonly Interval[];
}

/**
 * How far the rollout that runs has come, and on what evidence. The judges read the intervals that stand on the disk, so
 * that a restart, and anybody else, judges the same.
 */
export class RunningRollout {
  progress: Progress | undefined;
  readonly #traffic: Traffic;
  readonly #files: Persistence;
  readonly #clock: Clock;
  readonly #log: (line: string) => void;
  #trial: Trial | undefined;
  #intervalFrom: { readonly wall: number; readonly monotonic: number };
  /** Bytes of intervals.jsonl that the judges have read. */
  #offset = 0;
  /** What is asked of whom. A process that is being replaced may still write intervals of another question. */
  #question = "";

  constructor(settings: {
    readonly traffic: Traffic;
    readonly files: Persistence;
    readonly clock: Clock;
    readonly log: (line: string) => void;
  }) {
    this.#traffic = settings.traffic;
    this.#files = settings.files;
    this.#clock = settings.clock;
    this.#log = settings.log;
    this.#intervalFrom = this.#now();
  }

  /** Absent without a candidate, and without guards. */
  get trial(): Trial | undefined {
    return this.#trial;
  }

  /** On what it was judged so far; nothing without a judge. */
  get judged(): { readonly settings?: JudgeSettings; readonly verdict?: Verdict; readonly question?: string } {
    const trial = this.#trial;
    return trial === undefined ? {} : { settings: trial.settings, verdict: trial.verdict, question: this.#question };
  }

  /** What the next process needs to go on. */
  get record(): Pick<RolloutRecord, "progress" | "trial"> | undefined {
    const [progress, trial] = [this.progress, this.#trial];
    if (progress === undefined) return undefined;
    return { progress, ...(trial !== undefined && { trial: { state: trial.state, offset: this.#offset } }) };
  }

  /** Begins a plan's rollout. One that was ended once begins ended. */
  begin(plan: TrafficPlan, at: string, ended: Ended | undefined): void {
    const fresh = startRollout(plan, at);
    this.progress = ended === undefined ? fresh : { ...fresh, phase: "aborted", ended };
    if (plan.candidate === undefined) this.#trial = undefined;
    else this.#forget(plan);
  }

  /** The same rollout under another plan. One that has ended stays as it is. */
  change(plan: TrafficPlan, before: TrafficPlan, at: string): void {
    if (this.progress === undefined || this.progress.ended !== undefined) return;
    this.progress = changeTarget(this.progress, plan, at);
    if (questionOf(before) !== questionOf(plan)) this.#forget(plan);
  }

  /** Judges again what the last snapshot has not seen. */
  resume(plan: TrafficPlan, { progress, trial: snapshot }: Pick<RolloutRecord, "progress" | "trial">): void {
    this.progress = progress;
    this.#question = questionOf(plan);
    this.#resumeTrial(plan, snapshot);
    let index = this.#trial?.state.live.intervals ?? 0;
    for (const closed of this.#readNewIntervals()) {
      this.#trial?.add(closed);
      index++;
      const outcome = index > progress.intervals ? this.#observe(plan, closed) : undefined;
      // A decision is left to the next interval: it is this process's own then.
      if (outcome !== undefined && outcome.change === undefined) this.progress = outcome.progress;
    }
  }

  /** What was judged so far cannot be used: evidence begins anew, the share stays. */
  forgetEvidence(plan: TrafficPlan, loss: string): void {
    this.#files.setIntervalsAside(loss);
    if (plan.candidate === undefined || this.progress === undefined) return;
    this.progress = { ...this.progress, stepElapsedMs: 0, stepArms: {}, stepCopies: 0 };
    this.#forget(plan);
  }

  /** There is no rollout any more. Its intervals stay. */
  remove(): void {
    this.progress = undefined;
    this.#trial = undefined;
  }

  /** Closes the interval and opens the next. Undefined while nothing is judged. */
  closeInterval(): RecordedInterval | undefined {
    const { wall, monotonic } = this.#intervalFrom;
    const comparison = this.#openInterval();
    const { progress, trial } = this;
    if (progress === undefined || trial === undefined || progress.ended !== undefined) return undefined;
    const { guards, steps = 1 } = trial.settings;
    const closed = closeInterval(comparison, guards, {
      at: wall,
      seconds: (this.#intervalFrom.monotonic - monotonic) / 1000,
      // The judge counts steps that carry traffic, and knows how many the plan has; weights given by hand may be more.
      step: Math.min(progress.raises, steps - 1),
    });
    return { question: this.#question, ...closed };
  }

  /** Gives an interval to the process that has taken over. It gets no length: the time is the other process's. */
  passOn({ question, live, copies }: RecordedInterval): void {
    if (live.seconds <= 0) return;
    this.#files.appendInterval({
      question,
      live: { ...live, seconds: 0 },
      ...(copies !== undefined && { copies: { ...copies, seconds: 0 } }),
    });
  }

  /**
   * Writes an interval and reads what was written since the last time: this one, and those of a process that is being
   * replaced and still answers. With a full disk the judge gets it all the same, and only the record has a gap.
   */
  exchangeIntervals(closed: RecordedInterval): readonly ClosedInterval[] {
    try {
      this.#files.appendInterval(closed);
    } catch (error) {
      this.#log(`the interval is judged, but not recorded: ${error instanceof Error ? error.message : String(error)}`);
      return [closed];
    }
    return this.#readNewIntervals();
  }

  /** What comes of one more interval; not yet in force. */
  judge(plan: TrafficPlan, closed: ClosedInterval): Outcome | undefined {
    this.#trial?.add(closed);
    return this.#observe(plan, closed);
  }

  evidence(): Evidence {
    const intervals = this.#files.readIntervals(0).intervals.filter(({ question }) => question === this.#question);
    return {
      identity: this.progress?.identity ?? "",
      ...(this.#trial !== undefined && { settings: this.#trial.settings, verdict: this.#trial.verdict }),
      intervals: intervals.map(({ live }) => live),
      copies: intervals.flatMap(({ copies }) => (copies === undefined ? [] : [copies])),
    };
  }

  /** Evidence begins anew: another rollout, or other questions to the same one. */
  #forget(plan: TrafficPlan): void {
    this.#files.clearIntervals();
    this.#offset = 0;
    this.#question = questionOf(plan);
    this.#openInterval();
    this.#trial = createTrial(plan);
    this.#teach(plan);
    if (this.progress !== undefined) this.progress = { ...this.progress, proven: false, intervals: 0, taught: {} };
  }

  /**
   * What is known of stable already is the first interval, without a length and without the candidate: it teaches the
   * judge, so that the failures of the candidate's first interval are judged. Not its latency: a version is slow at first,
   * and has the time in which stable's is learnt. Not where the unit is a session: these were requests.
   */
  #teach({ stable, stickyHeader }: TrafficPlan): void {
    const known = stickyHeader === undefined ? this.#traffic.recent.of(stable) : undefined;
    const guards = this.#trial?.settings.guards.filter(({ kind }) => kind === "proportion");
    if (guards === undefined || guards.length === 0 || known === undefined) return;
    const when = { at: this.#intervalFrom.wall, seconds: 0, step: 0 };
    const taught = closeInterval({ ...createComparison(), stable: known }, guards, when);
    try {
      this.#files.appendInterval({ question: this.#question, ...taught });
    } catch (error) {
      this.#log(`the judge learns stable's rates anew: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  #resumeTrial(plan: TrafficPlan, snapshot: RolloutRecord["trial"]): void {
    try {
      this.#trial = createTrial(plan, snapshot?.state);
      this.#offset = snapshot?.offset ?? 0;
    } catch (error) {
      // Written by a version that judged otherwise, or damaged: everything is judged again.
      this.#log(`judging again: ${error instanceof Error ? error.message : String(error)}`);
      this.#trial = createTrial(plan);
      this.#offset = 0;
    }
  }

  /** Returns what was counted until now. */
  #openInterval(): Comparison {
    this.#intervalFrom = this.#now();
    return this.#traffic.takeComparison();
  }

  #readNewIntervals(): readonly ClosedInterval[] {
    const { intervals, offset } = this.#files.readIntervals(this.#offset);
    this.#offset = offset;
    return intervals.filter(({ question }) => question === this.#question);
  }

  #observe(plan: TrafficPlan, closed: ClosedInterval): Outcome | undefined {
    const { progress, trial } = this;
    if (progress === undefined || trial === undefined) return undefined;
    return observe(progress, plan.rollout, {
      at: timestamp(this.#clock),
      ms: closed.live.seconds * 1000,
      closed,
      verdict: trial.verdict,
      copiesVerdict: trial.copiesVerdict,
    });
  }

  #now(): { readonly wall: number; readonly monotonic: number } {
    return { wall: this.#clock.wall(), monotonic: this.#clock.monotonic() };
  }
}

const createTrial = (plan: TrafficPlan, state?: Trial["state"]): Trial | undefined =>
  plan.candidate === undefined || plan.rollout.guards.length === 0 ? undefined : new Trial(plan.rollout, state);

/** Which rollout is judged on which terms. Another weight is not another question. */
function questionOf({ rollout: { identity, guards, alpha, beta, steps, maxDurationMs } }: TrafficPlan): string {
  const terms = JSON.stringify([identity, guards, alpha, beta, steps, maxDurationMs]);
  return createHash("sha256").update(terms).digest("hex").slice(0, 16);
}
