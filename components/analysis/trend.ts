/** Trends of short series. Each place of a series is one step of time; a value that is not known is null. */

/** A series of values, the oldest first. */
export type Series = readonly (number | null)[];

/** What a series says of a trend, whatever the size of its changes. */
export interface MannKendall {
  /** How many values are known. */
  readonly known: number;
  /** Pairs in which the later value is higher, less those in which it is lower; a tie counts as neither. */
  readonly s: number;
  /** Chance that the same values in any order, each as likely, give an `s` as low as this or lower: exact, one-sided; above 0, at most 1. */
  readonly fallP: number;
}

/** The middle value, of an even number the mean of the two middle ones; null of none. */
export function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return low === undefined || high === undefined ? null : low + (high - low) / 2;
}

/**
 * The median of the slopes between all pairs of known values, per step; null where fewer than two are known. A quarter
 * of the values may be anything. Sen, "Estimates of the regression coefficient based on Kendall's tau" (JASA 63, 1968).
 */
export const theilSen = (series: Series): number | null =>
  median(pairsOf(series).map(({ change, steps }) => change / steps));

/**
 * The test of Mann (1945) and Kendall for a falling trend, by the exact distribution of `s` over all orders of the known
 * values, equal ones among them too. Four values are the fewest that can show a fall at 5 % (1/24): three fall by chance
 * with 1/6.
 */
export function mannKendall(series: Series): MannKendall {
  const values = series.filter((value) => value !== null);
  const signs = pairsOf(series).map(({ change }) => Math.sign(change));
  const s = sum(signs);
  const inverted = signs.filter((sign) => sign < 0).length;
  const ways = inversionCounts(values);
  return { known: values.length, s, fallP: sum(ways.slice(inverted)) / sum(ways) };
}

interface Pair {
  readonly change: number;
  readonly steps: number;
}

function pairsOf(series: Series): readonly Pair[] {
  return series.flatMap((later, at) =>
    series.slice(0, at).flatMap((earlier, before) => {
      const isPair = later !== null && earlier !== null;
      return isPair ? [{ change: later - earlier, steps: at - before }] : [];
    }),
  );
}

/** How many orders of the values have so many pairs inverted, from 0 on. */
function inversionCounts(values: readonly number[]): readonly number[] {
  let counts: readonly number[] = [1];
  let placed = 0;
  for (const value of new Set(values)) {
    const equal = values.filter((each) => each === value).length;
    counts = convolve(counts, insertions(equal, placed));
    placed += equal;
  }
  return counts;
}

/**
 * In how many ways equal values are put among the values placed before, by the pairs that inverts: each is inverted with 0
 * to all of these, and which of the equal ones it is makes no difference.
 */
function insertions(equal: number, placed: number): readonly number[] {
  const bySize = Array.from({ length: equal + 1 }, (_, size) =>
    Array.from({ length: equal * placed + 1 }, (__, inversions) => Number(size === 0 && inversions === 0)),
  );
  for (let most = 1; most <= placed; most++) {
    for (const [size, counts] of bySize.entries()) {
      const smaller = bySize[size - 1];
      for (let at = most; smaller !== undefined && at < counts.length; at++) {
        counts[at] = (counts[at] ?? 0) + (smaller[at - most] ?? 0);
      }
    }
  }
  return bySize[0]?.map((_, at) => sum(bySize.map((counts) => counts[at] ?? 0))) ?? [];
}

function convolve(a: readonly number[], b: readonly number[]): readonly number[] {
  const product = new Array<number>(a.length + b.length - 1).fill(0);
  for (const [i, left] of a.entries()) {
    for (const [j, right] of b.entries()) product[i + j] = (product[i + j] ?? 0) + left * right;
  }
  return product;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
