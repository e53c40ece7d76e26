import type { Cell, Labels, Series } from "./series.ts";

/** A histogram over time, classic or native: what lay in which cell at each scrape. Bounds in ms. */
export interface Histogram {
  /** Without `le`. */
  readonly labels: Labels;
  readonly native: boolean;
  readonly scrapes: readonly { readonly at: number; readonly cells: readonly Cell[] }[];
}

const MS = 1000;

/** Native histograms, bounds in ms. */
export const nativeHistograms = (series: readonly Series[]): readonly Histogram[] =>
  series
    .filter(({ histograms }) => histograms.length > 0)
    .map(({ labels, histograms }) => ({
      labels,
      native: true,
      scrapes: histograms.map(({ at, cells }) => ({
        at,
        cells: cells.map(({ low, high, count }) => ({ low: low * MS, high: high * MS, count })),
      })),
    }));

/**
 * Puts the buckets of classic histograms together, and makes what is cumulative there a count a cell.
 * @param unit of the bounds, in ms
 */
export function classicHistograms(buckets: readonly Series[], unit: number = MS): readonly Histogram[] {
  const groups = new Map<string, { labels: Labels; at: Map<number, Map<number, number>> }>();
  for (const { labels: all, values } of buckets) {
    const { le, ...labels } = all;
    const key = JSON.stringify(Object.entries(labels).toSorted());
    const group = groups.get(key) ?? { labels, at: new Map() };
    groups.set(key, group);
    for (const { at, value } of values) {
      const bounds = group.at.get(at) ?? new Map<number, number>();
      group.at.set(at, bounds.set(boundOf(le, unit), value));
    }
  }
  return [...groups.values()].map(({ labels, at }) => ({
    labels,
    native: false,
    scrapes: [...at].toSorted(([a], [b]) => a - b).map(([moment, bounds]) => ({ at: moment, cells: cellsOf(bounds) })),
  }));
}

const boundOf = (le: string | undefined, unit: number): number =>
  le === "+Inf" ? Number.POSITIVE_INFINITY : Number(le) * unit;

function cellsOf(cumulative: ReadonlyMap<number, number>): readonly Cell[] {
  const rising = [...cumulative].toSorted(([a], [b]) => a - b);
  return rising.map(([high, count], i) => {
    const [low, below] = rising[i - 1] ?? [0, 0];
    return { low, high, count: count - below };
  });
}

/** The bounds of a histogram in ms at which "slower than b" is known, rising. */
export function boundsOf({ native, scrapes }: Histogram): readonly number[] {
  const cells = scrapes.flatMap((scrape) => scrape.cells);
  if (!native) return [...new Set(cells.map(({ high }) => high))].filter(Number.isFinite).sort((a, b) => a - b);
  const coarsest = Math.max(0, ...cells.filter(({ low }) => low > 0).map(({ low, high }) => Math.log2(high / low)));
  return coarsest === 0 ? [] : gridOf(coarsest);
}

/** Bounds of native histograms are powers of 2^(1/2^s) seconds: those between 5 ms and 32 s. @param step log2 of the width of a cell */
function gridOf(step: number): readonly number[] {
  const perDoubling = Math.max(1, Math.round(1 / step));
  const [first, last] = [Math.ceil(Math.log2(0.005) * perDoubling), 5 * perDoubling];
  return Array.from({ length: last - first + 1 }, (_, i) => MS * 2 ** ((first + i) / perDoubling));
}

/** A bound that was computed and one that was sent are the same to so much. */
const SAME = 1 + 1e-9;

/** How many lie between the cuts, the slowest last; undefined when a cell lies across a cut. */
export function countBetween(cells: readonly Cell[], cuts: readonly number[]): readonly number[] | undefined {
  const counts = Array.from({ length: cuts.length + 1 }, () => 0);
  for (const { low, high, count } of cells) {
    const above = cuts.filter((cut) => high > cut * SAME).length;
    if (cuts.some((cut) => low * SAME < cut && high > cut * SAME) && count !== 0) return undefined;
    counts[above] = (counts[above] ?? 0) + count;
  }
  return counts;
}
