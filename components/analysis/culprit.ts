import type { Culprit } from "./evidence.ts";
import type { Comparison } from "./guard.ts";

/** What a guard has shown: its highest evidence of harm, and the evidence of each of its comparisons now. */
export interface HarmEvidence {
  readonly guard: string;
  readonly max: number;
  readonly maxAt: number | null;
  readonly comparisons: readonly { readonly comparison: Comparison; readonly log: number }[];
}

/** p that holds however often one looked, from the highest log e-value so far. */
export const anytimeP = (maxLog: number): number => Math.min(1, Math.exp(-maxLog));

/** Holm's step-down correction: p-values that may all be read at once, in the order given. */
export function holm(ps: readonly number[]): readonly number[] {
  const ranked = ps.map((p, index) => ({ p, index })).sort((a, b) => a.p - b.p);
  const adjusted = new Array<number>(ps.length);
  let floor = 0;
  for (const [rank, { p, index }] of ranked.entries()) {
    floor = Math.max(floor, Math.min(1, p * (ps.length - rank)));
    adjusted[index] = floor;
  }
  return adjusted;
}

/** The guard with the strongest evidence of harm, its p-value adjusted for the others; null without any evidence. */
export function mostHarmed(all: readonly HarmEvidence[]): Culprit | null {
  const adjusted = holm(all.map(({ max }) => anytimeP(max)));
  const worst = all.reduce<number>((best, { max }, i) => (max > (all[best]?.max ?? 0) ? i : best), 0);
  const strongest = all[worst];
  if (strongest === undefined || strongest.maxAt === null) return null;
  const loudest = strongest.comparisons.reduce((a, b) => (b.log > a.log ? b : a)).comparison;
  return {
    guard: strongest.guard,
    side: loudest.side,
    ...loudest.bound,
    p: anytimeP(strongest.max),
    adjustedP: adjusted[worst] ?? 1,
    interval: strongest.maxAt,
  };
}
