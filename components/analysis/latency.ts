/**
 * Latency as tails of a histogram: "slower than b" is an event like any other, so one arithmetic judges errors and
 * latency. The buckets are fixed, so histograms of two versions, two restarts or two releases can always be compared.
 */

/** Buckets to each doubling: a bucket is 2^(1/35), about 2 %, wider than the one before. */
const PER_DOUBLING = 35;
/** Upper bound of bucket 0 in ms. 10 ms times a power of two, so every rung of the ladder is a bucket bound. */
const FIRST_MS = 10 / 2 ** 7;
const DOUBLINGS = 20;
const LAST_BOUND = PER_DOUBLING * DOUBLINGS;

/** Length of a latency histogram: 701 bounded buckets from 0.078125 ms to 81.92 s, and one for whatever is slower. */
export const LATENCY_BUCKETS: number = LAST_BOUND + 2;

/**
 * The tail bounds a latency guard looks at: 10 ms, doubled up to 10.24 s. Below 10 ms the noise of the machine decides
 * (a garbage collection, a neighbour), and a doubling is fine enough because a shift shows at whichever rung lies in
 * the body or the tail of the distribution. Unit: ms.
 */
export const LATENCY_LADDER: readonly number[] = Array.from({ length: 11 }, (_, k) => 10 * 2 ** k);

/** Upper bound of a bucket, inclusive, in ms; infinite for the last. */
export const bucketBound = (bucket: number): number =>
  bucket > LAST_BOUND ? Number.POSITIVE_INFINITY : FIRST_MS * 2 ** (bucket / PER_DOUBLING);

/** The bucket whose bounds enclose a latency: above the bound before, up to and including its own. */
export function bucketOf(ms: number): number {
  if (!(ms > FIRST_MS)) return 0;
  const bucket = Math.ceil(Math.log2(ms / FIRST_MS) * PER_DOUBLING);
  // A bound computed by a power and found by a logarithm may be one rounding error off.
  const exact = ms <= bucketBound(bucket - 1) ? bucket - 1 : ms > bucketBound(bucket) ? bucket + 1 : bucket;
  return Math.min(exact, LAST_BOUND + 1);
}

/** A rung of the ladder: the stable arm is slow above `stableMs`, the candidate above `candidateMs`. */
export interface TailBound {
  readonly stableMs: number;
  readonly candidateMs: number;
}

/**
 * The bounds at which two arms are compared when the candidate may be slower by `margin` (0.2 = 20 %). Each bound is
 * rounded up to a bucket's, the candidate's after the margin: rounding favours the candidate, by less than a bucket.
 */
export const tailBounds = (margin: number, ladder: readonly number[] = LATENCY_LADDER): readonly TailBound[] =>
  ladder.map((ms) => {
    const stableMs = bucketBound(bucketOf(ms));
    return { stableMs, candidateMs: bucketBound(bucketOf(stableMs * (1 + margin))) };
  });

/** Counts of two latency histograms at the rungs of a ladder. Tails only fall, so trailing zeros may be left out. */
export interface TailCounts {
  readonly n0: number;
  readonly n1: number;
  /** Stable requests slower than each rung's `stableMs`. */
  readonly x0: readonly number[];
  /** Candidate requests slower than each rung's `candidateMs`. */
  readonly x1: readonly number[];
}

/** Compares two histograms (of `LATENCY_BUCKETS` counts each) at the given bounds. */
export function tailCounts(
  stable: ArrayLike<number>,
  candidate: ArrayLike<number>,
  bounds: readonly TailBound[],
): TailCounts {
  const slower0 = tailsOf(stable);
  const slower1 = tailsOf(candidate);
  return {
    n0: slower0(-1),
    n1: slower1(-1),
    x0: withoutTrailingZeros(bounds.map((bound) => slower0(bucketOf(bound.stableMs)))),
    x1: withoutTrailingZeros(bounds.map((bound) => slower1(bucketOf(bound.candidateMs)))),
  };
}

function tailsOf(histogram: ArrayLike<number>): (bucket: number) => number {
  const above = new Array<number>(histogram.length + 1).fill(0);
  for (let i = histogram.length - 1; i >= 0; i--) above[i] = (above[i + 1] ?? 0) + (histogram[i] ?? 0);
  return (bucket) => above[bucket + 1] ?? 0;
}

function withoutTrailingZeros(counts: readonly number[]): readonly number[] {
  return counts.slice(0, counts.findLastIndex((count) => count !== 0) + 1);
}
