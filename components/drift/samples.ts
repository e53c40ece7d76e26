/** Two samples of numbers against each other, without any bins. */
import { kolmogorovTail } from "./tail.ts";

/** Numbers in rising order. */
export type Sorted = Float64Array;

/** Up to this product of the two sizes the exact p of Kolmogorov–Smirnov is counted out: a few milliseconds. */
const MOST_EXACT = 1_000_000;

/** How two samples differ. */
export interface SampleGap {
  /** Largest distance of the two distribution functions, 0 to 1 (Kolmogorov–Smirnov). */
  readonly ks: number;
  /** Area between them, in the unit of the values (Wasserstein, also earth mover's distance). */
  readonly wasserstein: number;
}

/** Both distances, in one walk over the values. @throws RangeError when a sample is empty */
export function sampleGap(reference: Sorted, current: Sorted): SampleGap {
  const [n, m] = [reference.length, current.length];
  if (n === 0 || m === 0) throw new RangeError(`samples: saw ${n} and ${m} values; each needs at least one`);
  let [i, j, ks, wasserstein] = [0, 0, 0, 0];
  let at = Math.min(reference[0] ?? 0, current[0] ?? 0);
  while (i < n || j < m) {
    const next = Math.min(reference[i] ?? Number.POSITIVE_INFINITY, current[j] ?? Number.POSITIVE_INFINITY);
    wasserstein += Math.abs(i / n - j / m) * (next - at);
    while (i < n && reference[i] === next) i++;
    while (j < m && current[j] === next) j++;
    ks = Math.max(ks, Math.abs(i / n - j / m));
    at = next;
  }
  return { ks, wasserstein };
}

/** Chance of a distance `ks` or more between two samples of these sizes from one distribution, 0 to 1. */
export const ksTail = (ks: number, n: number, m: number): number =>
  n * m <= MOST_EXACT ? ksTailExact(ks, n, m) : ksTailLimit(ks, n, m);

/**
 * Exact, for values without ties; with ties the true chance is smaller. Every order of the n + m values is a path, and
 * counted are those that come as far apart: a path to (i, j) came from (i-1, j) with the chance i / (i + j).
 * Source: Hodges, "The significance probability of the Smirnov two-sample test" (Arkiv för Matematik 3, 1958).
 */
export function ksTailExact(ks: number, n: number, m: number): number {
  // Distances are multiples of 1 / (n m): half of one keeps rounding out.
  const bound = ks - 0.5 / (n * m);
  const outside = new Float64Array(m + 1);
  for (let i = 0; i <= n; i++) {
    for (let j = 0; j <= m; j++) {
      const before = i + j === 0 ? 0 : (i * (outside[j] ?? 0) + j * (outside[j - 1] ?? 0)) / (i + j);
      outside[j] = Math.abs(i / n - j / m) >= bound ? 1 : before;
    }
  }
  return outside[m] ?? 0;
}

/**
 * By the limit for large samples, with Stephens' correction for their size.
 * Source: Stephens, "Use of the Kolmogorov–Smirnov, Cramér–von Mises and related statistics without extensive tables"
 * (Journal of the Royal Statistical Society B 32, 1970).
 */
export function ksTailLimit(ks: number, n: number, m: number): number {
  const root = Math.sqrt((n * m) / (n + m));
  return kolmogorovTail((root + 0.12 + 0.11 / root) * ks);
}

/** Mean and standard deviation (divided by n) of values; 0 and 0 without any. */
export function spread(values: Sorted): { readonly mean: number; readonly sd: number } {
  if (values.length === 0) return { mean: 0, sd: 0 };
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, sd: Math.sqrt(squares / values.length) };
}
