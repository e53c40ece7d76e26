import { setTimeout as sleep } from "node:timers/promises";
import { type MetricSource, MetricSourceError, type Window } from "../../../components/metric-sources/index.ts";
import { exitCodes, Failure } from "../failure.ts";
import type { Terminal } from "../terminal.ts";
import { findRungs, type JudgedInterval, Judging } from "./judging.ts";
import type { JudgeOptions } from "./options.ts";
import { renderInterval } from "./render.ts";
import { failureOf, told } from "./source-failure.ts";
import { checkWindow, intervalOf, timeoutOf, windowOf } from "./times.ts";
import type { Trial } from "./trial.ts";

/** How often a source that is followed is asked whether there is more, at least. Unit: ms. */
const POLL_MS = 5_000;

/** What came of judging, and why it went no further. */
export interface Judged {
  readonly judging: Judging;
  readonly ended: "decided" | "timeout" | "interrupted" | "read";
}

/** Whose counts are judged, on what terms, and who is told. */
export interface Task {
  readonly terminal: Terminal;
  readonly source: MetricSource;
  readonly trial: Trial;
  readonly options: JudgeOptions;
}

/** Judges what is there. @throws Failure when the source cannot say it */
export async function judgeOnce({ terminal, source, trial, options }: Task): Promise<Judged> {
  const intervalMs = intervalOf(options);
  const work = async (): Promise<Judging> => {
    const settled = await source.settled(Date.now(), trial.arms);
    const window = windowOf(options, settled, intervalMs);
    checkWindow(window, settled);
    const rungs = await findRungs(source, trial, window);
    if (rungs === undefined) throw await nothingMeasured(source, trial, window, intervalMs);
    const judging = new Judging(source, trial, rungs, window.from, intervalMs);
    judging.note(settled.notes);
    await judging.addUntil(window.to);
    return judging;
  };
  return { judging: await terminal.during(`reading ${source.name}`, told(work())), ended: "read" };
}

/**
 * Judges interval by interval as they come, until something is decided, the time is over, or ctrl-C.
 * @throws Failure when the source cannot say it, or said nothing until then
 */
export async function judgeLive({ terminal, source, trial, options }: Task): Promise<Judged> {
  const intervalMs = intervalOf(options);
  const deadline = performance.now() + timeoutOf(options);
  const stop = new AbortController();
  const release = terminal.holdInterrupts();
  const interrupt = (): void => stop.abort();
  process.once("SIGINT", interrupt);
  const ending = (): "interrupted" | "timeout" | undefined =>
    stop.signal.aborted ? "interrupted" : performance.now() >= deadline ? "timeout" : undefined;
  try {
    const following = await told(followTrial(source, trial, options));
    const next = async (): Promise<readonly JudgedInterval[]> => {
      for (;;) {
        const came = await retried(terminal, following.look);
        if (came.length > 0 || ending() !== undefined) return came;
        await sleep(Math.min(POLL_MS, intervalMs), undefined, { signal: stop.signal }).catch(() => {});
      }
    };
    let known = 0;
    for (;;) {
      const came = await terminal.during(`waiting for the next interval of ${source.name}`, next());
      const judging = following.judging();
      for (const judged of came) terminal.say(renderInterval(judged, terminal.paint));
      for (const { text } of judging?.notes.slice(known) ?? []) terminal.say(terminal.paint("yellow", `! ${text}`));
      known = judging?.notes.length ?? 0;
      const ended = judging?.isDecided === true ? "decided" : ending();
      if (ended === undefined) continue;
      if (judging !== undefined) return { judging, ended };
      const exitCode = ended === "interrupted" ? exitCodes.interrupted : exitCodes.waiting;
      throw new Failure(
        exitCode,
        `${source.name} has said nothing of ${trial.arms.stable} and ${trial.arms.candidate}.`,
      );
    }
  } finally {
    process.off("SIGINT", interrupt);
    release();
  }
}

/** A trial that is judged on as its counts come. */
export interface Following {
  /** Judges what has come since. @throws MetricSourceError */
  readonly look: () => Promise<readonly JudgedInterval[]>;
  /** Undefined as long as nothing was measured. */
  readonly judging: () => Judging | undefined;
}

/**
 * Begins to follow a trial. @param begins in ms since 1970; absent: `--from`, else with the newest counts that are final
 * @throws MetricSourceError
 */
export async function followTrial(
  source: MetricSource,
  trial: Trial,
  options: JudgeOptions,
  begins?: number,
): Promise<Following> {
  const intervalMs = intervalOf(options);
  const live = { ...options, watch: true };
  const from = begins ?? windowOf(live, await source.settled(Date.now(), trial.arms), intervalMs).from;
  let judging: Judging | undefined;
  return {
    judging: () => judging,
    look: async () => {
      const settled = await source.settled(Date.now(), trial.arms);
      const window: Window = { from, to: windowOf(live, settled, intervalMs).to };
      judging ??= await begin(source, trial, window, intervalMs);
      judging?.note(settled.notes);
      return judging?.addUntil(window.to) ?? [];
    },
  };
}

/** Undefined as long as there is nothing to begin with. */
async function begin(
  source: MetricSource,
  trial: Trial,
  window: Window,
  intervalMs: number,
): Promise<Judging | undefined> {
  if (window.to <= window.from) return undefined;
  const rungs = await findRungs(source, trial, window);
  return rungs && new Judging(source, trial, rungs, window.from, intervalMs);
}

/** A source that is away for a while is asked again: what it has kept is not lost. */
async function retried(
  terminal: Terminal,
  look: () => Promise<readonly JudgedInterval[]>,
): Promise<readonly JudgedInterval[]> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof MetricSourceError) || error.kind === "unfit") throw failureOf(error);
    terminal.warn(`${error.message}. It is asked again.`);
    return [];
  }
}

async function nothingMeasured(
  source: MetricSource,
  { arms }: Trial,
  window: Window,
  intervalMs: number,
): Promise<Failure> {
  const { notes } = await source.read(window, { ...arms, guards: [], rungs: [], intervalMs });
  return new Failure(exitCodes.error, notes.map(({ text }) => text).join("\n"), { facts: { notes } });
}
