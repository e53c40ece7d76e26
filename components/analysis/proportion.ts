/**
 * Compares two proportions, one block of counts after the other, with an exact e-value: evidence that may be looked at
 * after every block and acted on at any time. Source: Turner, Ly and Grünwald, "Generic e-variables for exact
 * sequential k-sample tests that allow for optional stopping" (arXiv 2106.02693), with a margin added to the boundary.
 */

import { crossing } from "./crossing.ts";

/** Counts of one block. 0 is the stable arm, 1 the candidate: `n` units, of which `x` showed the event. */
export interface Block {
  readonly n0: number;
  readonly x0: number;
  readonly n1: number;
  readonly x1: number;
}

/** The line between harmless and harmful: the candidate's rate p1 = ratio · p0 + offset. `ratio` > 0, `offset` ≥ 0. */
export interface Boundary {
  readonly ratio: number;
  readonly offset: number;
}

/** Everything a comparison remembers between blocks. Plain data: survives JSON. */
export interface ComparisonState {
  /** What is known of the stable rate, prior included; the next block is bet on with events / units. */
  readonly stableUnits: number;
  readonly stableEvents: number;
  /**
   * Log e-values against "p1 is at most the boundary": a row per planned start, in it one per alternative. A row whose
   * start has not come yet stays at 0.
   */
  readonly rollback: readonly (readonly number[])[];
  /** Log e-value of each alternative, against "p1 is at least the boundary", of this step. */
  readonly promote: readonly number[];
  /** What the blocks that were judged have shown, each weighted as it counts. */
  readonly compared: Compared;
}

/**
 * Rates of both arms over blocks in which each block weighs n0·n1/(n0+n1) in both of them, as the test sees them. Pooled
 * rates may contradict it: the arm that got more traffic in a bad hour looks worse without being so.
 */
export interface Compared {
  readonly weight: number;
  /** Sums of weight · rate. */
  readonly stable: number;
  readonly candidate: number;
}

/** Stable units that must be known before a block is judged; also the weight of a given baseline. */
export const HISTORY_UNITS = 200;

/** How far beyond the boundary the rollback alternatives lie, in log-odds. */
const SHIFTS: readonly number[] = [0.1, 0.2, 0.4, 0.7, 1.1, 1.6, 2.3, 3.2, 4.5, 6];

/** What each of them holds of the stake: most where harm is likely, little where the first few units show it anyway. */
const SHIFT_WEIGHTS: readonly number[] = [0.15, 0.17, 0.18, 0.15, 0.11, 0.08, 0.06, 0.04, 0.03, 0.03];

/** What the first start holds of the stake; the others share the rest. */
const FIRST_START = 0.8;

/** Where the promote alternatives lie between the stable rate (0) and the boundary (1); -1 is as far on the good side. */
const PLACES: readonly number[] = [0.5, 0, -1];
const PLACE_WEIGHTS: readonly number[] = [0.25, 0.5, 0.25];

const RATE_MIN = 1e-6;
const RATE_MAX = 1 - 1e-6;
const EDGE = 1e-12;

const clamp = (value: number, min: number, max: number): number => Math.min(max, Math.max(min, value));
const logit = (rate: number): number => Math.log(rate) - Math.log1p(-rate);
const expit = (logOdds: number): number => 1 / (1 + Math.exp(-logOdds));

/**
 * Starts without evidence.
 * @param starts how many times evidence of harm is planned to start anew, at least 1. Harm that begins late (only under
 *   the load of a later step) would otherwise have to outweigh all the good evidence before it. The first start holds
 *   four fifths of the stake, the others share the rest.
 * @param baseline the stable version's historic rate, 0 to 1. It affects how soon a difference is found, never the
 *   error guarantee. Without it the first 200 stable units teach the rate and are not judged.
 */
export function startComparison(starts = 1, baseline?: number): ComparisonState {
  const history =
    baseline === undefined
      ? { stableUnits: 1, stableEvents: 0.5 }
      : { stableUnits: HISTORY_UNITS, stableEvents: HISTORY_UNITS * baseline };
  const rollback = Array.from({ length: starts }, () => SHIFTS.map(() => 0));
  return { ...history, rollback, promote: NO_PROMOTION, compared: { weight: 0, stable: 0, candidate: 0 } };
}

const NO_PROMOTION: readonly number[] = PLACES.map(() => 0);

/** A rate of the candidate that evidence bets on, and what it holds of the stake. */
export interface Bet {
  readonly rate: number;
  readonly stake: number;
}

/**
 * What evidence of harm bets on, where `limit` is the highest harmless rate. With a limit of 1 no rate is harmful: there is
 * nothing to bet on, and a bet would not be an e-value.
 */
export const harmBets = (limit: number): readonly Bet[] =>
  limit < RATE_MAX
    ? SHIFTS.map((d, j) => ({ rate: expit(logit(Math.max(limit, RATE_MIN)) + d), stake: SHIFT_WEIGHTS[j] ?? 0 }))
    : [];

/** What evidence for a promotion bets on, beside stable's rate and the highest harmless one. */
export const promotionBets = (stable: number, limit: number): readonly Bet[] =>
  PLACES.map((place, j) => ({
    rate: clamp(stable + place * (limit - stable), stable * 0.1, RATE_MAX),
    stake: PLACE_WEIGHTS[j] ?? 0,
  }));

/** What a start of evidence of harm, from 0, holds of the stake of all. */
export function startStake(start: number, starts: number): number {
  if (starts === 1) return 1;
  return start === 0 ? FIRST_START : (1 - FIRST_START) / (starts - 1);
}

/** The comparison as another step begins: what the step before has shown opens that step, and no other. */
export const beginStep = (state: ComparisonState): ComparisonState => ({ ...state, promote: NO_PROMOTION });

/** On what terms a block is judged. */
export interface Terms {
  readonly boundary: Boundary;
  /**
   * At least 1: how many times more the counts scatter than independent units would. The evidence of each block is
   * raised to the power 1/designEffect, which keeps an e-value an e-value (Jensen). @default 1
   */
  readonly designEffect?: number;
  /** How many of the planned starts have come. @default 1 */
  readonly started?: number;
  /**
   * The most that one block may add to the log e-value of harm: for units that are alike while something lasts, as all
   * requests are late while a process pauses. An e-value that is cut off above stays one. @default no limit
   */
  readonly mostHarm?: number;
}

/**
 * The comparison after one more block. A block with an empty arm says nothing about a difference; it still teaches the
 * stable rate.
 *
 * Events may be fractional (a feedback value between 0 and 1): a unit's factor (q/p)^y ((1-q)/(1-p))^(1-y) is convex in
 * y, so its expectation is at most that of a yes/no unit with the same mean, and the guarantee holds.
 */
export function stepComparison(state: ComparisonState, block: Block, terms: Terms): ComparisonState {
  const { boundary, designEffect = 1, started = 1, mostHarm = Number.POSITIVE_INFINITY } = terms;
  const stableUnits = state.stableUnits + block.n0;
  const stableEvents = state.stableEvents + block.x0;
  if (block.n0 === 0 || block.n1 === 0 || state.stableUnits < HISTORY_UNITS) {
    return { ...state, stableUnits, stableEvents };
  }
  // Predictable: the bet on this block uses earlier blocks only.
  const q0 = clamp(state.stableEvents / state.stableUnits, RATE_MIN, RATE_MAX);
  const limit = boundary.ratio * q0 + boundary.offset;
  const gain = (q1: number): number => blockLogE(block, q0, q1, boundary) / designEffect;

  const harmGains = harmBets(limit).map(({ rate }) => Math.min(mostHarm, gain(rate)));
  const rollback = state.rollback.map((row, start) =>
    start < started ? row.map((log, j) => log + (harmGains[j] ?? 0)) : row,
  );
  const bets = promotionBets(q0, limit);
  const promote = state.promote.map((log, j) => log + gain(bets[j]?.rate ?? q0));
  return { stableUnits, stableEvents, rollback, promote, compared: addCompared(state.compared, block) };
}

function addCompared({ weight, stable, candidate }: Compared, { n0, x0, n1, x1 }: Block): Compared {
  const added = (n0 * n1) / (n0 + n1);
  return { weight: weight + added, stable: stable + (added * x0) / n0, candidate: candidate + (added * x1) / n1 };
}

/**
 * Log e-value against "the candidate is within the margin". Above ln(1/alpha): the candidate is harmful.
 * @param weights what each alternative holds of the stake; they add up to 1
 */
export function rollbackLogE({ rollback }: ComparisonState, weights: readonly number[] = SHIFT_WEIGHTS): number {
  return logMixture(
    rollback.map((row) => logMixture(row, weights)),
    rollback.map((_, start) => startStake(start, rollback.length)),
  );
}

/** Log e-value against "the candidate is at or beyond the margin". Above ln(1/beta): the candidate is non-inferior. */
export const promoteLogE = (state: ComparisonState): number => logMixture(state.promote, PLACE_WEIGHTS);

/**
 * Log e-value of one block for the alternative (q0, q1): its likelihood against that of the boundary point nearest to
 * it. For the rollback side q1 lies above the boundary, for the promote side below.
 */
export function blockLogE(block: Block, q0: number, q1: number, boundary: Boundary): number {
  const { n0, x0, n1, x1 } = block;
  const [p0, p1] = nearestBoundaryPoint(n0, q0, n1, q1, boundary);
  return (
    x0 * Math.log(q0 / p0) +
    (n0 - x0) * Math.log((1 - q0) / (1 - p0)) +
    x1 * Math.log(q1 / p1) +
    (n1 - x1) * Math.log((1 - q1) / (1 - p1))
  );
}

/**
 * The point (p0, p1) on the boundary that minimises n0·KL(q0‖p0) + n1·KL(q1‖p1). That choice is what makes the expected
 * e-value at most 1 everywhere within the null.
 */
export function nearestBoundaryPoint(
  n0: number,
  q0: number,
  n1: number,
  q1: number,
  { ratio, offset }: Boundary,
): readonly [p0: number, p1: number] {
  if (ratio === 1 && offset === 0) {
    const pooled = (n0 * q0 + n1 * q1) / (n0 + n1);
    return [pooled, pooled];
  }
  const inside = (rate: number): number => clamp(rate, EDGE, Math.min(1, (1 - offset) / ratio) - EDGE);
  // The slope of the sum, times p0·(1-p0)·p1·(1-p1): it has the same zero, and no pole. One of its terms is zero at q0, the
  // other where p1 is q1: it crosses between.
  const slope = (p0: number): number => {
    const p1 = ratio * p0 + offset;
    return n0 * (q0 - p0) * p1 * (1 - p1) + ratio * n1 * (q1 - p1) * p0 * (1 - p0);
  };
  const other = (q1 - offset) / ratio;
  const p0 = crossing(slope, inside(Math.min(q0, other)), inside(Math.max(q0, other)));
  return [p0, ratio * p0 + offset];
}

/** ln of the weighted mean of exp(log), without overflow: e-values of several bets are one bet, whatever their dependence. */
export function logMixture(logs: readonly number[], weights: readonly number[]): number {
  let max = Number.NEGATIVE_INFINITY;
  for (let j = 0; j < logs.length; j++) if ((weights[j] ?? 0) > 0) max = Math.max(max, logs[j] ?? max);
  if (max === Number.NEGATIVE_INFINITY) return max;
  let sum = 0;
  let all = 0;
  for (let j = 0; j < logs.length; j++) {
    const weight = weights[j] ?? 0;
    if (weight === 0) continue;
    sum += weight * Math.exp((logs[j] ?? max) - max);
    all += weight;
  }
  return max + Math.log(sum / all);
}

/** The same with equal weights. */
export const logMeanExp = (logs: readonly number[]): number =>
  logMixture(
    logs,
    logs.map(() => 1),
  );

/** Candidate units expected until a log e-value has grown by `missing`, at the observed rates and split. */
export function unitsUntil(missing: number, observed: Block, boundary: Boundary, designEffect: number): number | null {
  if (missing <= 0) return 0;
  const information = informationPerCandidateUnit(observed, boundary) / designEffect;
  return information > 1e-9 ? Math.ceil(missing / information) : null;
}

/** Whether the observed candidate rate lies on the harmful side of the boundary. */
export const isBeyond = ({ n0, x0, n1, x1 }: Block, { ratio, offset }: Boundary): boolean =>
  n0 > 0 && n1 > 0 && x1 / n1 > ratio * (x0 / n0) + offset;

/** Nats a candidate unit adds, with n0/n1 stable units beside it, if the observed rates are the true ones. */
function informationPerCandidateUnit({ n0, x0, n1, x1 }: Block, boundary: Boundary): number {
  if (n0 === 0 || n1 === 0) return 0;
  const [q0, q1, beside] = [x0 / n0, x1 / n1, n0 / n1];
  const [p0, p1] = nearestBoundaryPoint(beside, q0, 1, q1, boundary);
  return divergence(q1, p1) + beside * divergence(q0, p0);
}

/** Kullback-Leibler divergence of two yes/no rates, in nats; infinity where the second rules the first out. */
export function divergence(q: number, p: number): number {
  return (q > 0 ? q * Math.log(q / p) : 0) + (q < 1 ? (1 - q) * Math.log((1 - q) / (1 - p)) : 0);
}
