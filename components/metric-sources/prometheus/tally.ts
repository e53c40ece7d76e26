import type { ClosedInterval } from "../../rollout/index.ts";
import { type Arm, countsOf, emptyArm } from "../arm.ts";
import type { Question, Window } from "../metric-source.ts";
import type { Increase, Increases } from "./increases.ts";

/**
 * Adds up the increases of each interval. What was left out of a step is not in them, and an interval without any scrape has
 * no counts.
 * @param countsInHistogram there is no other counter of requests than the histogram of durations
 */
export function tally(
  { from, to }: Window,
  { guards, rungs, intervalMs }: Question,
  { increases, scrapes }: Increases,
  { countsInHistogram }: { readonly countsInHistogram: boolean },
): readonly ClosedInterval[] {
  const indexOf = (at: number): number => Math.floor((at - from) / intervalMs);
  const byInterval = new Map<number, Increase[]>();
  for (const each of increases.filter(({ at }) => at >= from && at < to)) {
    const index = indexOf(each.at);
    byInterval.set(index, [...(byInterval.get(index) ?? []), each]);
  }
  const scraped = new Set(
    [...scrapes.values()]
      .flat()
      .filter((at) => at >= from && at < to)
      .map(indexOf),
  );
  return Array.from({ length: Math.ceil((to - from) / intervalMs) }, (_, i): ClosedInterval => {
    const at = from + i * intervalMs;
    const own = byInterval.get(i) ?? [];
    const sum = (arm: Increase["arm"]): Arm =>
      own
        .filter((each) => each.arm === arm)
        .reduce((before, each) => add(before, each, countsInHistogram), emptyArm(rungs.length));
    const counts = scraped.has(i) ? countsOf(guards, sum("stable"), sum("candidate")) : {};
    return { live: { at, seconds: (Math.min(at + intervalMs, to) - at) / 1000, counts } };
  });
}

function add(arm: Arm, { outcome, counts, values }: Increase, countsInHistogram: boolean): Arm {
  const requests = values.reduce((sum, value) => sum + value, 0);
  const counted = counts === "requests" || countsInHistogram ? requests : 0;
  return {
    ...arm,
    requests: { ...arm.requests, [outcome]: arm.requests[outcome] + counted },
    cells:
      counts === "cells" ? addCells(arm.cells, outcome === "failed" ? slowest(values, requests) : values) : arm.cells,
  };
}

/** A failure is slower than any time: what fails fast is not quick. */
const slowest = (values: readonly number[], requests: number): readonly number[] =>
  values.map((_, i) => (i === values.length - 1 ? requests : 0));

const addCells = (a: readonly number[], b: readonly number[]): readonly number[] =>
  a.map((count, i) => count + (b[i] ?? 0));
