import {
  createJudge,
  type Interval,
  type Judge,
  type JudgeSettings,
  type TailBound,
  type Verdict,
} from "../../../components/analysis/index.ts";
import {
  countsTails,
  type Elapsed,
  type MetricSource,
  MetricSourceError,
  marginsAmong,
  type Note,
  type Question,
  rungsAmong,
  settingsFor,
  type Trace,
  type Window,
  warmed,
} from "../../../components/metric-sources/index.ts";
import { renderPercent } from "../../../components/release/units.ts";
import type { Trial } from "./trial.ts";

const HOUR_MS = 3_600_000;

/** More would make answers that nobody wants to wait for. */
const MOST_INTERVALS = 60;

/** An interval, and what the judge said once it had seen it. */
export interface JudgedInterval {
  readonly interval: Interval;
  readonly verdict: Verdict;
}

/** A rollout that is judged from a source, window by window. */
export class Judging {
  readonly intervals: Interval[] = [];
  readonly read: Trace[] = [];
  readonly notes: Note[] = [];
  readonly settings: JudgeSettings;
  readonly #source: MetricSource;
  readonly #trial: Trial;
  readonly #question: Question;
  readonly #judge: Judge;
  #seen: Elapsed = { elapsedMs: 0 };
  #until: number;

  /** @param from when its first interval begins, in ms since 1970 */
  constructor(source: MetricSource, trial: Trial, rungs: readonly TailBound[], from: number, intervalMs: number) {
    const { plan, arms } = trial;
    this.#until = from;
    this.#source = source;
    this.#trial = trial;
    this.#question = { ...arms, guards: plan.guards, rungs, intervalMs };
    this.settings = settingsFor(plan, { rungs, tellsSteps: source.tellsSteps });
    this.#judge = createJudge(this.settings);
  }

  get verdict(): Verdict {
    return this.#judge.verdict;
  }

  /** How much of the release's `bake` is still to be judged, in s: harmlessness that is shown sooner decides nothing. */
  get bakeLeft(): number {
    return Math.max(0, this.#trial.plan.bakeMs / 1000 - this.verdict.evidence.seconds);
  }

  /** As `--json` tells it. */
  get facts(): Readonly<Record<string, unknown>> {
    const { read, notes, bakeLeft } = this;
    return { ...this.verdict, intervals: this.intervals.length, read, notes, bakeLeft };
  }

  /** Whether nothing has to be waited for any more. */
  get isDecided(): boolean {
    const { verdict } = this.verdict;
    return verdict === "promote" ? this.bakeLeft === 0 : verdict !== "continue" && verdict !== "noData";
  }

  /**
   * Judges what has come since, up to a moment, interval by interval. What was judged by the time it fails is not read again.
   * @throws MetricSourceError
   */
  async addUntil(to: number): Promise<readonly JudgedInterval[]> {
    const judged: JudgedInterval[] = [];
    const longest = MOST_INTERVALS * this.#question.intervalMs;
    while (this.#until < to) {
      const part = { from: this.#until, to: Math.min(this.#until + longest, to) };
      judged.push(...(await this.#addPart(part)));
      this.#until = part.to;
    }
    return judged;
  }

  async #addPart(window: Window): Promise<readonly JudgedInterval[]> {
    const { intervals, read, notes } = await this.#source.read(window, this.#question);
    for (const trace of read) addTrace(this.read, trace);
    this.note(notes);
    return intervals.map((closed) => {
      const { interval, seen } = warmed(this.#trial.plan, this.#seen, closed);
      this.#seen = seen;
      this.intervals.push(interval);
      return { interval, verdict: this.#judge.add(interval) };
    });
  }

  /** Keeps what is not known yet. */
  note(notes: readonly Note[]): void {
    this.notes.push(...notes.filter(({ text }) => !this.notes.some((known) => known.text === text)));
  }
}

/** Windows that follow on each other are one, where the same was asked. */
function addTrace(all: Trace[], trace: Trace): void {
  const index = all.findLastIndex(({ query, to }) => query === trace.query && to === trace.from);
  const before = all[index];
  if (before === undefined) all.push(trace);
  else {
    const series = Math.max(before.series, trace.series);
    all[index] = { ...before, to: trace.to, series, samples: before.samples + trace.samples };
  }
}

/**
 * The rungs at which a rollout's latency can be counted; none where nothing watches latency, undefined while nothing is
 * measured yet.
 * @throws MetricSourceError when the source's bounds cannot show the margin
 */
export async function findRungs(
  source: MetricSource,
  { plan, arms }: Trial,
  window: Window,
): Promise<readonly TailBound[] | undefined> {
  const guard = plan.guards.find(countsTails);
  if (guard === undefined) return [];
  const recent = { from: Math.max(window.from, window.to - HOUR_MS), to: window.to };
  const bounds = await source.latencyBounds(recent, arms);
  if (bounds.length === 0) return undefined;
  const margin = guard.margin.value;
  const rungs = rungsAmong(bounds, margin);
  if (rungs.length > 0) return rungs;
  const possible = marginsAmong(bounds, margin);
  const choose = possible.length === 0 ? "" : `choose a margin that they show: ${possible.join(" or ")}; or `;
  throw new MetricSourceError("unfit", [
    {
      path: source.name,
      seen: `answers measured at ${bounds.map((bound) => Number(bound.toPrecision(4))).join(", ")} ms`,
      allowed: `two bounds whose ratio is the margin of ${guard.metric}, ${renderPercent(Math.round(margin * 10_000))}`,
      cure: `Measure finer (a native histogram), ${choose}leave it out: mlc judge --skip ${guard.metric}`,
    },
  ]);
}
