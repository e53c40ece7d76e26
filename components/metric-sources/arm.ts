import { type GuardCounts, rungsOf } from "../analysis/index.ts";
import { type ArmCounts, type Guard, kindOf, type RequestOutcome } from "../guards/index.ts";

/** What was counted of one version during one interval. */
export interface Arm {
  readonly requests: Readonly<Record<RequestOutcome, number>>;
  /** Answers by where they lie between the cuts of the arm: one more than there are cuts, the slowest last. A failure is slower than any. */
  readonly cells: readonly number[];
  /** Values that came back from the business, by metric: how many, and the sum of their places in the metric's range. */
  readonly feedback: ReadonlyMap<string, { readonly count: number; readonly sum: number }>;
}

/** Nothing counted yet. @param cuts the bounds of latency that the arm is counted at */
export const emptyArm = (cuts: number): Arm => ({
  requests: { answered: 0, refused: 0, failed: 0 },
  cells: Array.from({ length: cuts + 1 }, () => 0),
  feedback: new Map(),
});

/** The counts of every guard in the judge's terms. */
export const countsOf = (
  guards: readonly Guard[],
  stable: Arm,
  candidate: Arm,
): Readonly<Record<string, GuardCounts>> =>
  Object.fromEntries(guards.map((guard) => [guard.metric, countsOfGuard(guard, stable, candidate)]));

function countsOfGuard(guard: Guard, stable: Arm, candidate: Arm): GuardCounts {
  const kind = kindOf(guard);
  // The judge's own buckets are finer than what most sources measure: tails are counted at the source's bounds.
  if (countsTails(guard)) {
    return { n0: total(stable.cells), x0: tails(stable.cells), n1: total(candidate.cells), x1: tails(candidate.cells) };
  }
  return kind.counts(guard, asCounted(stable), asCounted(candidate));
}

/** Whether a guard is counted at the rungs of a ladder. */
export const countsTails = (guard: Guard): boolean => rungsOf(kindOf(guard).judged(guard)).length > 0;

const asCounted = ({ requests: { answered, refused, failed }, feedback }: Arm): ArmCounts => ({
  requests: answered + refused + failed,
  errors: failed,
  refusals: refused,
  latency: new Float64Array(),
  feedback,
});

const total = (cells: readonly number[]): number => cells.reduce((sum, count) => sum + count, 0);

/** How many lie above each cut. */
const tails = (cells: readonly number[]): readonly number[] => cells.slice(1).map((_, i) => total(cells.slice(i + 1)));
