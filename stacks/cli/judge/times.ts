import type { Settled, Window } from "../../../components/metric-sources/index.ts";
import { usageFailure } from "../failure.ts";
import type { JudgeOptions } from "./options.ts";

const HOUR_MS = 3_600_000;
const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: HOUR_MS, d: 24 * HOUR_MS };

/** The length of an interval in ms. @throws Failure (2) */
export function intervalOf({ interval = "60" }: JudgeOptions): number {
  const seconds = Number(interval);
  if (seconds >= 1 && seconds <= 3600) return Math.round(seconds * 1000);
  throw usageFailure(`--interval: seen "${interval}", allowed is a number of seconds from 1 to 3600.`);
}

/** How long `--watch` may take, in ms. @throws Failure (2) */
export function timeoutOf({ timeout }: JudgeOptions): number {
  const seconds = timeout === undefined ? Number.POSITIVE_INFINITY : Number(timeout);
  if (seconds > 0) return seconds * 1000;
  throw usageFailure(`--timeout: seen "${timeout}", allowed is a number of seconds above 0.`);
}

/**
 * What is judged of what is there: from `--from` on, whole intervals. Without it a source that knows its beginning from
 * there, another from an hour ago, or with `--watch` from now.
 * @throws Failure (2)
 */
export function windowOf(options: JudgeOptions, { since, until }: Settled, intervalMs: number): Window {
  const asked = options.from === undefined ? undefined : momentOf("--from", options.from, until);
  const to = options.to === undefined ? until : Math.min(until, momentOf("--to", options.to, until));
  // Its intervals are as it has them: there is nothing to align.
  if (since !== undefined) return { from: Math.max(asked ?? since, since), to };
  const down = (at: number): number => Math.floor(at / intervalMs) * intervalMs;
  return { from: down(asked ?? (options.watch === true ? until : until - HOUR_MS)), to: down(to) };
}

/** Refuses a window in which there can be nothing. @throws Failure (2) */
export function checkWindow({ from, to }: Window, { until }: Settled): void {
  if (from < to) return;
  const iso = (at: number): string => new Date(at).toISOString();
  throw usageFailure(
    `--from and --to: seen ${iso(from)} to ${iso(to)}, allowed is at least one interval, before ${iso(until)}: counts are final up to then.`,
  );
}

function momentOf(option: string, text: string, until: number): number {
  const [, count, unit = ""] = /^(\d+)([smhd])$/.exec(text) ?? [];
  const moment = count === undefined ? Date.parse(text) : until - Number(count) * (UNITS[unit] ?? 0);
  if (!Number.isNaN(moment)) return moment;
  throw usageFailure(
    `${option}: seen "${text}", allowed is a time such as 2026-11-26T10:00:00Z, or how long ago: 90m, 2h.`,
  );
}
