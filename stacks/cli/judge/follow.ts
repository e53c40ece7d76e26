import { setTimeout as sleep } from "node:timers/promises";
import type { Interval } from "../../../components/analysis/index.ts";
import {
  type MetricSource,
  MetricSourceError,
  type Note,
  type Window,
} from "../../../components/metric-sources/index.ts";
import { exitCodes, Failure, problemsFailure } from "../failure.ts";
import type { Terminal } from "../terminal.ts";
import { findRungs, Judging } from "./judging.ts";
import type { JudgeOptions } from "./options.ts";
import { renderInterval } from "./render.ts";
import { intervalOf, timeoutOf, windowOf } from "./times.ts";
import type { Trial } from "./trial.ts";

/** How often a source that is followed is asked whether there is more, at least. Unit: ms. */
const POLL_MS = 5_000;

/** What came of judging, and why it went no further. */
export interface Judged {
  readonly judging: Judging;
  readonly ended: "decided" | "timeout" | "interrupted" | "read";
}

/** Judges what is there. @throws Failure when the source cannot say it */
export async function judgeOnce(
  terminal: Terminal,
  source: MetricSource,
  trial: Trial,
  options: JudgeOptions,
): Promise<Judged> {
  const intervalMs = intervalOf(options);
  const work = async (): Promise<Judging> => {
    const settled = await source.settled(Date.now(), trial.arms);
    const window = windowOf(options, settled, intervalMs);
    const rungs = await findRungs(source, trial, window);
    if (rungs === undefined) throw await nothingMeasured(source, trial, window, intervalMs);
    const judging = new Judging(source, trial, rungs, intervalMs);
    judging.note(settled.notes);
    await judging.add(window);
    return judging;
  };
  return { judging: await terminal.during(`reading ${source.name}`, told(work())), ended: "read" };
}

/** Judges interval by interval as they come, until something is decided, the time is over, or ctrl-C. */
export async function judgeLive(
  terminal: Terminal,
  source: MetricSource,
  trial: Trial,
  options: JudgeOptions,
): Promise<Judged> {
  const intervalMs = intervalOf(options);
  const deadline = performance.now() + timeoutOf(options);
  const stop = new AbortController();
  const release = terminal.holdInterrupts();
  const interrupt = (): void => stop.abort();
  process.once("SIGINT", interrupt);
  try {
    const first = await told(source.settled(Date.now(), trial.arms));
    let { from } = windowOf(options, first, intervalMs);
    let judging: Judging | undefined;
    const look = async (): Promise<void> => {
      const settled = await source.settled(Date.now(), trial.arms);
      const window: Window = { from, to: windowOf(options, settled, intervalMs).to };
      if (window.to <= window.from) return;
      judging ??= await begin(source, trial, window, intervalMs);
      judging?.note(settled.notes);
      if (judging === undefined) return;
      const known = judging.notes.length;
      const intervals = await judging.add(window);
      from = window.to;
      show(terminal, intervals, judging, judging.notes.slice(known));
    };
    for (;;) {
      await retried(terminal, look);
      const decision = judging?.verdict.verdict;
      if (judging !== undefined && decision !== "continue" && decision !== "noData")
        return { judging, ended: "decided" };
      const ended = stop.signal.aborted ? "interrupted" : performance.now() >= deadline ? "timeout" : undefined;
      if (ended !== undefined) return { judging: judging ?? new Judging(source, trial, [], intervalMs), ended };
      await sleep(Math.min(POLL_MS, intervalMs), undefined, { signal: stop.signal }).catch(() => {});
    }
  } finally {
    process.off("SIGINT", interrupt);
    release();
  }
}

async function begin(
  source: MetricSource,
  trial: Trial,
  window: Window,
  intervalMs: number,
): Promise<Judging | undefined> {
  const rungs = await findRungs(source, trial, window);
  return rungs && new Judging(source, trial, rungs, intervalMs);
}

function show(terminal: Terminal, intervals: readonly Interval[], { verdict }: Judging, notes: readonly Note[]): void {
  for (const interval of intervals) terminal.say(renderInterval(interval, verdict, terminal.paint));
  for (const { text } of notes) terminal.say(terminal.paint("yellow", `! ${text}`));
}

/** A source that is away for a while is asked again: what it has kept is not lost. */
async function retried(terminal: Terminal, look: () => Promise<void>): Promise<void> {
  try {
    await look();
  } catch (error) {
    if (!(error instanceof MetricSourceError) || error.kind === "unfit") throw failureOf(error);
    terminal.warn(`${error.message}. It is asked again.`);
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

const told = <Value>(work: Promise<Value>): Promise<Value> =>
  work.catch((error: unknown) => {
    throw failureOf(error);
  });

/** 1 when the source does not answer, 2 when it cannot say what is asked. */
function failureOf(error: unknown): unknown {
  if (!(error instanceof MetricSourceError)) return error;
  const { kind, message, problems } = error;
  return kind === "unfit"
    ? problemsFailure(problems, "The source")
    : new Failure(exitCodes.error, message, { problems });
}
