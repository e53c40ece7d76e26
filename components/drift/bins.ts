/** Numbers into cells. */
import type { Cells } from "./distance.ts";
import type { Sorted } from "./samples.ts";

/** Rising upper bounds of all cells but the last, which is open; a value equal to a bound lies below it. */
export type Bounds = readonly number[];

/** The value that a share of a sample does not exceed (nearest rank). */
export const quantile = (values: Sorted, share: number): number =>
  values[Math.max(0, Math.ceil(values.length * share) - 1)] ?? Number.NaN;

/** Bounds that put a tenth of the reference into each of ten cells; fewer where values repeat. */
export function decileBounds(reference: Sorted): Bounds {
  const bounds = Array.from({ length: 9 }, (_, i) => quantile(reference, (i + 1) / 10));
  const highest = reference.at(-1) ?? Number.NaN;
  return [...new Set(bounds)].filter((bound) => bound < highest);
}

/** Bounds of equally wide cells over the middle 99 % of the reference; the first and the last cell are open. */
export function evenBounds(reference: Sorted, cells: number): Bounds {
  const [low, high] = [quantile(reference, 0.005), quantile(reference, 0.995)];
  if (!(high > low)) return [low];
  return Array.from({ length: cells - 1 }, (_, i) => low + ((high - low) * (i + 1)) / cells);
}

/** How many values lie in each cell. */
export function countInto(bounds: Bounds, values: Sorted): readonly number[] {
  const ends = bounds.map((bound) => countUpTo(values, bound));
  return [...ends, values.length].map((end, i) => end - (ends[i - 1] ?? 0));
}

/** Both samples, counted into the same cells. */
export const cellsOf = (bounds: Bounds, reference: Sorted, current: Sorted): Cells => ({
  reference: countInto(bounds, reference),
  current: countInto(bounds, current),
});

/** How many of the rising values do not exceed the bound, by bisection. */
function countUpTo(values: Sorted, bound: number): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((values[middle] ?? 0) <= bound) low = middle + 1;
    else high = middle;
  }
  return low;
}
