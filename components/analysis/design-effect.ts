import type { Block } from "./proportion.ts";

/** What was counted of two versions at the same time. */
export interface PairedCounts extends Block {
  /** Length in s, above 0. */
  readonly seconds: number;
}

/** Lengths at which counts are compared with their neighbours, in s: versions wander at scales of their own. */
const SCALES: readonly number[] = [60, 300, 900, 3600];

/** Standard errors that chance explains. Without them most histories of independent units would tell of a scatter of one and a half. */
const CHANCE = 2;

/** Differences between neighbours of a scale that it takes to tell how much they scatter. */
const LEAST_DIFFERENCES = 6;

/**
 * How many times more the difference between two versions scatters than independent units would, from their counts side by
 * side: a past rollout that was healthy, or two copies of one version. What both share (an incident, a day) cancels out; a
 * single version's own minutes would count it, and leave a judge blind. Each scale compares the difference of the rates with
 * the next one; where they scatter more than chance explains, a standard error above what is seen. The largest counts.
 * @param pairs in the order of time; gaps are left out by the caller, each run of them is a list
 * @returns at least 1; undefined while there are fewer than 6 differences on every scale
 */
export function pairedDesignEffect(pairs: readonly (readonly PairedCounts[])[]): number | undefined {
  const effects = SCALES.flatMap((scale) => scatterAt(scale, pairs) ?? []);
  return effects.length === 0 ? undefined : Math.max(1, ...effects);
}

function scatterAt(scale: number, pairs: readonly (readonly PairedCounts[])[]): number | undefined {
  let [differences, seen, expected, noise] = [0, 0, 0, 0];
  for (const run of pairs) {
    const windows = windowsOf(scale, run).map(differenceOf);
    for (const [i, next] of windows.entries()) {
      const before = windows[i - 1];
      if (before === undefined) continue;
      differences++;
      seen += (next.difference - before.difference) ** 2;
      expected += next.variance + before.variance;
      // The variance of a squared difference, and what it shares with the one after it: their common window.
      noise += 2 * (next.variance + before.variance) ** 2 + next.cumulant + before.cumulant;
      noise += 2 * (2 * next.variance ** 2 + next.cumulant);
    }
  }
  if (differences < LEAST_DIFFERENCES || expected === 0) return undefined;
  if (seen - expected <= CHANCE * Math.sqrt(noise)) return 1;
  // A standard error above what was seen: of hours there are few, and too small a value stops healthy versions.
  return (seen / expected) * (1 + Math.sqrt(2 / differences));
}

/** Whole windows in which both versions had units. */
function windowsOf(scale: number, run: readonly PairedCounts[]): readonly PairedCounts[] {
  const windows: PairedCounts[] = [];
  let open = EMPTY;
  for (const { seconds, n0, x0, n1, x1 } of run) {
    open = { seconds: open.seconds + seconds, n0: open.n0 + n0, x0: open.x0 + x0, n1: open.n1 + n1, x1: open.x1 + x1 };
    if (open.seconds < scale) continue;
    if (open.n0 > 0 && open.n1 > 0) windows.push(open);
    open = EMPTY;
  }
  return windows;
}

const EMPTY: PairedCounts = { seconds: 0, n0: 0, x0: 0, n1: 0, x1: 0 };

interface Difference {
  /** Of the rates. */
  readonly difference: number;
  /** The variance that it has when units are independent, and its fourth cumulant: few events scatter more wildly than many. */
  readonly variance: number;
  readonly cumulant: number;
}

function differenceOf({ n0, x0, n1, x1 }: PairedCounts): Difference {
  const pooled = (x0 + x1) / (n0 + n1);
  const spread = pooled * (1 - pooled);
  return {
    difference: x1 / n1 - x0 / n0,
    variance: spread * (1 / n0 + 1 / n1),
    cumulant: spread * (1 - 6 * spread) * (1 / n0 ** 3 + 1 / n1 ** 3),
  };
}
