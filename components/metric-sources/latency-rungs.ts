import { type Guard, LATENCY_LADDER, type TailBound, withLadder } from "../analysis/index.ts";

/** How far the two bounds of a rung may be from the margin: as far as the judge itself rounds a rung, and a bucket's own rounding. */
const TOLERANCE = 1.025;

const LEAST_MS = LATENCY_LADDER[0] ?? 0;
const MOST_MS = LATENCY_LADDER.at(-1) ?? 0;

/**
 * The rungs that can be counted exactly where only "slower than b" is known for some bounds b: pairs of bounds whose ratio
 * is the margin, to 2.5 %, at most one to a doubling, from 10 ms to 10.24 s. Nothing is guessed between bounds.
 * @param bounds in ms, rising
 * @param margin by how much the candidate may be slower: 0.2 = 20 %
 */
export function rungsAmong(bounds: readonly number[], margin: number): readonly TailBound[] {
  const rungs: TailBound[] = [];
  for (const stableMs of bounds) {
    const isNext = stableMs * TOLERANCE >= (rungs.at(-1)?.stableMs ?? LEAST_MS / 2) * 2;
    if (!isNext || stableMs > MOST_MS * TOLERANCE) continue;
    const wanted = stableMs * (1 + margin);
    const candidateMs = bounds.toSorted((a, b) => distance(a, wanted) - distance(b, wanted))[0];
    if (candidateMs === undefined || distance(candidateMs, wanted) > Math.log(TOLERANCE)) continue;
    rungs.push({ stableMs, candidateMs });
  }
  return rungs;
}

const distance = (a: number, b: number): number => Math.abs(Math.log(a / b));

/** The margins that some bounds can show, for whoever has to choose another: the nearest below and above, as they may be written. */
export function marginsAmong(bounds: readonly number[], margin: number): readonly string[] {
  const lows = bounds.filter((low) => low * TOLERANCE >= LEAST_MS && low <= MOST_MS * TOLERANCE);
  const all = lows.flatMap((low) => bounds.filter((high) => high > low).map((high) => high / low - 1));
  const below = Math.max(...all.filter((each) => each < margin));
  const above = Math.min(...all.filter((each) => each > margin));
  return [below, above]
    .filter((each) => Number.isFinite(each) && each <= 10)
    .map((each) => `${Math.round(each * 100)}%`);
}

/** A guard as the judge is told it: latency on the rungs that the source can count. */
export const onRungs = (guard: Guard, rungs: readonly TailBound[]): Guard =>
  withLadder(
    guard,
    rungs.map(({ stableMs }) => stableMs),
  );

/** The bounds at which each version is counted. */
export const cutsOf = (
  rungs: readonly TailBound[],
): { readonly stable: readonly number[]; readonly candidate: readonly number[] } => ({
  stable: rungs.map(({ stableMs }) => stableMs),
  candidate: rungs.map(({ candidateMs }) => candidateMs),
});
