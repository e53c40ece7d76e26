import { MetricSourceError } from "../metric-source.ts";
import { type Series, targetOf } from "./series.ts";

/** When the server reached each target. @param up the series that it writes of its scrapes */
export const momentsOf = (up: readonly Series[]): ReadonlyMap<string, readonly number[]> =>
  new Map(
    up.map(({ labels, values }) => [targetOf(labels), values.filter(({ value }) => value === 1).map(({ at }) => at)]),
  );

/** How long it mostly is between scrapes of a target, in ms; undefined where it was scraped once. */
function usualStep(moments: readonly number[]): number | undefined {
  const steps = moments.slice(1).map((at, i) => at - (moments[i] ?? at));
  return steps.toSorted((a, b) => a - b)[Math.floor(steps.length / 2)];
}

/**
 * An interval shorter than the time between scrapes would look as if nobody had asked anything.
 * @throws MetricSourceError when a target is scraped less often than once an interval
 */
export function checkScrapes(url: string, scrapes: ReadonlyMap<string, readonly number[]>, intervalMs: number): void {
  const steps = [...scrapes.values()].flatMap((moments) => usualStep(moments) ?? []);
  const slowest = Math.max(0, ...steps);
  // Moments of scrapes scatter by some milliseconds.
  if (slowest * 0.99 <= intervalMs) return;
  const seconds = Math.ceil(slowest / 1000);
  const problem = { path: url, seen: `a scrape each ${seconds} s, and intervals of ${intervalMs / 1000} s` };
  const allowed = "at least one scrape an interval";
  throw new MetricSourceError("unfit", [
    { ...problem, allowed, cure: `Judge longer intervals: --interval ${seconds}` },
  ]);
}
