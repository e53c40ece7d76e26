/**
 * Do the arrivals fit the weight that they were divided by? Both guards and e-values take for granted that each unit was
 * drawn for its arm at random, with a known share; this is the test of it, exact at any size and however often one looks.
 * Source: Lindon and Malek, "Anytime-valid inference for multinomial count data" (arXiv 2011.03567), with a tolerance
 * around the weight.
 */
import { anytimeP } from "./culprit.ts";
import { logMeanExp } from "./proportion.ts";

/** Units that were divided by one weight, all of them, before any is left out of the comparison. */
export interface Split {
  /** The candidate's share that each of them was drawn with, 0 to 1. */
  readonly weight: number;
  readonly stable: number;
  readonly candidate: number;
  /**
   * Names the memory of who counted, where a unit counts when it is seen for the first time: another memory may count the
   * same unit again. Absent where each unit is drawn for itself.
   */
  readonly memory?: number;
}

/** On what terms arrivals are held against their weight. */
export interface ShareSettings {
  /** Chance that arrivals which were drawn with their weights are ever said not to fit, above 0, below 1. @default 0.001 */
  readonly alpha?: number;
  /** How far from the weight the true share may lie, 0 to 1: 0.001 is a tenth of a percentage point. @default 0.001 */
  readonly tolerance?: number;
  /** At least 1: how many times more the counts scatter than units drawn one by one. Evidence is divided by it. @default 1 */
  readonly designEffect?: number;
}

/**
 * What is remembered of arrivals: those of the stretch that runs. A stretch has one weight and one memory; the next one
 * begins without evidence. Plain data: survives JSON, and does not grow.
 */
export interface ShareState extends Split {
  /** Number of the stretch, from 1. */
  readonly stretch: number;
  /** The arrivals that did not fit, as they stood when that was found. It stays, whatever comes later. */
  readonly mismatch?: Split & { readonly log: number; readonly p: number };
}

/** How sure the alternatives are of the weight, as units: from a split that has nothing to do with it to one near by. */
const CONCENTRATIONS: readonly number[] = [4, 40, 400];

/** The alternatives are centred on the weight, but not closer to 0 or 1 than this: there they would expect nothing else. */
const NEAREST_CENTRE = 0.005;

/**
 * ln of the e-value against "the share lies within the tolerance of the weight": the mean likelihood of the arrivals over
 * Beta alternatives, over the highest that a share within the tolerance gives them. Depends on the totals alone, so that
 * it is the same however they were split into intervals.
 */
export function shareLogE(
  { weight, stable, candidate }: Split,
  {
    tolerance = 0.001,
    concentrations = CONCENTRATIONS,
  }: { tolerance?: number; concentrations?: readonly number[] } = {},
): number {
  const centre = Math.min(1 - NEAREST_CENTRE, Math.max(NEAREST_CENTRE, weight));
  const marginals = concentrations.map((units) => {
    const [a, b] = [units * centre, units * (1 - centre)];
    return logBeta(a + candidate, b + stable) - logBeta(a, b);
  });
  const seen = stable + candidate === 0 ? weight : candidate / (stable + candidate);
  const nearest = Math.min(1, weight + tolerance, Math.max(0, weight - tolerance, seen));
  return logMeanExp(marginals) - timesLog(candidate, nearest) - timesLog(stable, 1 - nearest);
}

/**
 * The log e-value at which a stretch does not fit: ln(1/alpha), and for the k-th stretch ln(k(k+1)) more. These shares of
 * alpha add up to all of it, however many stretches there are and however they depend on each other.
 */
export const shareThreshold = (stretch: number, alpha = 0.001): number =>
  Math.log(1 / alpha) + Math.log(stretch * (stretch + 1));

/** The state after more arrivals. @throws RangeError on counts or weights that cannot be */
export function addSplit(
  before: ShareState | undefined,
  split: Split,
  { alpha, tolerance = 0.001, designEffect = 1 }: ShareSettings = {},
): ShareState {
  checkSplit(split);
  const { mismatch, ...stretch } = continued(before, split);
  const log = shareLogE(stretch, { tolerance }) / designEffect;
  const over = shareThreshold(stretch.stretch, alpha);
  if (mismatch !== undefined || log < over) return { ...stretch, ...(mismatch !== undefined && { mismatch }) };
  const { weight, stable, candidate } = stretch;
  // What the stretches before it took of alpha is taken off the evidence: p holds for all of them together.
  const p = anytimeP(log - Math.log(stretch.stretch * (stretch.stretch + 1)));
  return { ...stretch, mismatch: { weight, stable, candidate, log, p } };
}

/** The stretch that the arrivals belong to, with them. */
function continued(before: ShareState | undefined, split: Split): ShareState {
  if (before === undefined) return { ...split, stretch: 1 };
  if (before.weight !== split.weight || before.memory !== split.memory) {
    const { mismatch } = before;
    return { ...split, stretch: before.stretch + 1, ...(mismatch !== undefined && { mismatch }) };
  }
  const { stable, candidate } = before;
  return { ...before, stable: stable + split.stable, candidate: candidate + split.candidate };
}

function checkSplit({ weight, stable, candidate }: Split): void {
  if (!(weight >= 0 && weight <= 1)) throw new RangeError(`arrivals: saw the weight ${weight}; allowed is 0 to 1`);
  const isCount = (count: number): boolean => count >= 0 && Number.isFinite(count);
  if (isCount(stable) && isCount(candidate)) return;
  throw new RangeError(`arrivals: saw ${stable} of stable and ${candidate} of the candidate; allowed is 0 or more`);
}

/** `count` · ln(`share`), which is 0 for what did not arrive. */
const timesLog = (count: number, share: number): number => (count === 0 ? 0 : count * Math.log(share));

const logBeta = (a: number, b: number): number => logGamma(a) + logGamma(b) - logGamma(a + b);

/** ln Γ(x) for x > 0: Stirling's series, after Γ(x + 1) = x Γ(x) has lifted x to where its error is below 1e-15. */
export function logGamma(x: number): number {
  let lifted = x;
  let product = 1;
  while (lifted < 15) product *= lifted++;
  const square = lifted * lifted;
  const series = (1 / 12 - (1 / 360 - (1 / 1260 - 1 / 1680 / square) / square) / square) / lifted;
  return (lifted - 0.5) * Math.log(lifted) - lifted + Math.log(2 * Math.PI) / 2 + series - Math.log(product);
}
