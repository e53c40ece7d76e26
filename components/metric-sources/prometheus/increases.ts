import type { RequestOutcome } from "../../guards/index.ts";

/** What one series has counted since it began, at each scrape: requests of one outcome, cells of latency, or how many values came back and their sum. */
export interface Counter {
  readonly target: string;
  readonly arm: "stable" | "candidate";
  readonly outcome: RequestOutcome;
  readonly counts: "requests" | "cells" | "feedback";
  /** The business metric whose values are counted. */
  readonly metric?: string;
  /** In the order of time. */
  readonly scrapes: readonly { readonly at: number; readonly values: readonly number[] }[];
}

/** What a counter has counted more at a scrape than at the one before. */
export interface Increase extends Omit<Counter, "scrapes"> {
  readonly at: number;
  readonly values: readonly number[];
}

/** All increases, and what was seen on the way. */
export interface Increases {
  readonly increases: readonly Increase[];
  /** Where and when counters began anew; what a target counted in these steps is left out. */
  readonly resets: readonly { readonly target: string; readonly at: number }[];
  /** When anything was scraped, by target, rising. */
  readonly scrapes: ReadonlyMap<string, readonly number[]>;
}

/**
 * What counters have counted between scrapes. A step in which any counter of a target fell is left out for the whole
 * target: its process began anew, and nobody knows what the others lost. A series that comes to a target that is known
 * begins at 0; one of a target that was never scraped before begins where it stands.
 * @param up when each target was scraped, by what the server says of it
 * @param gapMs scrapes further apart are no step: nobody knows when in between it was counted
 */
export function increasesOf(
  counters: readonly Counter[],
  up: ReadonlyMap<string, readonly number[]>,
  gapMs: number,
): Increases {
  const targets = [...new Set(counters.map(({ target }) => target))];
  const parts = targets.map((target) => {
    const own = counters.filter((counter) => counter.target === target);
    return ofTarget(target, own, up.get(target) ?? [], gapMs);
  });
  return {
    increases: parts.flatMap(({ increases }) => increases),
    resets: parts.flatMap(({ resets }) => resets),
    scrapes: new Map(parts.map(({ target, moments }) => [target, moments])),
  };
}

function ofTarget(target: string, counters: readonly Counter[], up: readonly number[], gapMs: number) {
  const moments = [...new Set([...up, ...counters.flatMap(({ scrapes }) => scrapes.map(({ at }) => at))])];
  moments.sort((a, b) => a - b);
  const falls = [...new Set(counters.flatMap(fallsOf))].sort((a, b) => a - b);
  const increases = counters.flatMap((counter) => ofCounter(counter, moments, falls, gapMs));
  return { target, moments, increases, resets: falls.map((at) => ({ target, at })) };
}

/** When a counter stood below where it had stood. */
const fallsOf = ({ scrapes }: Counter): readonly number[] =>
  scrapes.flatMap(({ at, values }, i) => {
    const before = scrapes[i - 1]?.values;
    return before !== undefined && values.some((value, cell) => value < (before[cell] ?? 0)) ? [at] : [];
  });

function ofCounter(
  { scrapes, ...counter }: Counter,
  moments: readonly number[],
  falls: readonly number[],
  gapMs: number,
): readonly Increase[] {
  return scrapes.flatMap(({ at, values }, i) => {
    const before = scrapes[i - 1];
    const since = before?.at ?? moments.findLast((moment) => moment < at);
    if (since === undefined || at - since > gapMs || falls.some((fall) => fall > since && fall <= at)) return [];
    const increase = values.map((value, cell) => value - (before?.values[cell] ?? 0));
    return [{ ...counter, at, values: increase }];
  });
}
