import { type Guard, kindOf } from "../../../guards/index.ts";
import { messageOf } from "../../../host/host-error.ts";
import { type ClosedInterval, guardsToCount, type Progress } from "../../../rollout/index.ts";
import type { RolloutPlan } from "../../../traffic/plan.ts";
import type { Clock } from "./clock.ts";
import { closeInterval } from "./close-interval.ts";
import { createComparedCounts } from "./counters.ts";
import type { Persistence } from "./persistence.ts";
import type { RecordedInterval } from "./records.ts";
import type { Traffic } from "./traffic.ts";

/**
 * Where intervals are counted, written and read. The judges read what stands on the disk, so that a restart, and anybody
 * else, judges the same.
 */
export class IntervalLog {
  readonly #traffic: Traffic;
  readonly #files: Persistence;
  readonly #clock: Clock;
  readonly #log: (line: string) => void;
  #from: { readonly wall: number; readonly monotonic: number };
  /** Bytes of intervals.jsonl that the judges have read. */
  offset = 0;

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
    this.#from = this.#now();
  }

  /** Closes the interval and opens the next; undefined while nothing is judged, and what was counted is forgotten. */
  close(
    judged: { readonly question: string; readonly rollout: RolloutPlan; readonly progress: Progress } | undefined,
  ): RecordedInterval | undefined {
    const { wall, monotonic } = this.#from;
    this.#from = this.#now();
    const comparison = this.#traffic.takeComparison(this.#from.monotonic);
    if (judged === undefined) return undefined;
    const { question, rollout, progress } = judged;
    const isReached = comparison.candidate.requests + comparison.copies.requests > 0;
    const closed = closeInterval(comparison, guardsToCount(progress, rollout, isReached), {
      at: wall,
      seconds: (this.#from.monotonic - monotonic) / 1000,
      step: progress.raises,
    });
    return { question, ...closed };
  }

  /**
   * Writes an interval and reads what was written since the last time: this one, and those of a process that is being
   * replaced and still answers. With a full disk the judges get it all the same, and only the record has a gap.
   */
  exchange(closed: RecordedInterval): readonly ClosedInterval[] {
    try {
      this.#files.appendInterval(closed);
    } catch (error) {
      this.#log(`the interval is judged, but not recorded: ${messageOf(error)}`);
      return [closed];
    }
    return this.readNew(closed.question);
  }

  /** Gives an interval to the process that has taken over. It gets no length: the time is the other process's. */
  passOn({ question, live, copies, arrivals }: RecordedInterval): void {
    if (live.seconds <= 0) return;
    this.#files.appendInterval({
      question,
      live: { ...live, seconds: 0 },
      ...(copies !== undefined && { copies: { ...copies, seconds: 0 } }),
      // The other process remembers sessions of its own: it has counted these, or will.
      ...(arrivals !== undefined && arrivals.sessionsSince === undefined && { arrivals }),
    });
  }

  /** What was written since the judges last read. */
  readNew(question: string): readonly ClosedInterval[] {
    const { intervals, offset } = this.#files.readIntervals(this.offset);
    this.offset = offset;
    return intervals.filter((each) => each.question === question);
  }

  /** All of one question. */
  readAll(question: string): readonly ClosedInterval[] {
    return this.#files.readIntervals(0).intervals.filter((each) => each.question === question);
  }

  /**
   * Forgets what was counted and written. What is known of stable already is the first interval, without a length and
   * without the candidate: it teaches the judge, so that the failures of the candidate's first interval are judged. Not its
   * latency: a version is slow at first, and has the time in which stable's is learnt.
   * @param stable absent where requests are not what is compared
   */
  beginAnew({
    question,
    guards,
    stable,
  }: {
    readonly question: string;
    readonly guards: readonly Guard[];
    readonly stable: string | undefined;
  }): void {
    this.#files.clearIntervals();
    this.offset = 0;
    this.close(undefined);
    const known = stable === undefined ? undefined : this.#traffic.recent.of(stable);
    const taughtGuards = guards.filter((guard) => kindOf(guard).judged(guard).kind === "proportion");
    if (taughtGuards.length === 0 || known === undefined) return;
    const when = { at: this.#from.wall, seconds: 0, step: 0 };
    const taught = closeInterval({ ...createComparedCounts(), stable: known }, taughtGuards, when);
    try {
      this.#files.appendInterval({ question, ...taught });
    } catch (error) {
      this.#log(`the judge learns stable's rates anew: ${messageOf(error)}`);
    }
  }

  #now(): { readonly wall: number; readonly monotonic: number } {
    return { wall: this.#clock.wall(), monotonic: this.#clock.monotonic() };
  }
}
