import { type Boundary, blockLogE, nearestBoundaryPoint } from "./proportion.ts";

/** How much a log e-value is expected to grow, and how much that varies by chance. */
export interface Growth {
  /** In nats. */
  readonly mean: number;
  readonly variance: number;
}

/** Nothing has been seen yet. */
export const NO_GROWTH: Growth = { mean: 0, variance: 0 };

/** Growth over several stretches of traffic. */
export const addGrowth = (a: Growth, b: Growth, times = 1): Growth => ({
  mean: a.mean + times * b.mean,
  variance: a.variance + times * b.variance,
});

/** The rates that are true, as rates of the harmful event. */
export interface Truth {
  readonly stable: number;
  readonly candidate: number;
}

/** On what terms traffic is judged. */
export interface Traffic {
  readonly boundary: Boundary;
  /** The candidate's share, above 0, below 1. */
  readonly weight: number;
  /** At least 1. */
  readonly designEffect: number;
}

/** What a unit of the traffic, of whichever version, adds to the log e-value that bets on `bet` as the candidate's rate. */
export function growthOf(
  { stable, candidate }: Truth,
  bet: number,
  { boundary, weight, designEffect }: Traffic,
): Growth {
  const [n0, n1] = [1 - weight, weight];
  const mean = blockLogE({ n0, x0: n0 * stable, n1, x1: n1 * candidate }, stable, bet, boundary);
  const [p0, p1] = nearestBoundaryPoint(n0, stable, n1, bet, boundary);
  const byEvents =
    n0 * stable * (1 - stable) * logOddsRatio(stable, p0) ** 2 +
    n1 * candidate * (1 - candidate) * logOddsRatio(bet, p1) ** 2;
  // Chance also says how many units each version gets, and a block's evidence goes with n0·n1 / (n0 + n1).
  const bySplit = (mean * (1 - 2 * weight)) ** 2 / (n0 * n1);
  return { mean: mean / designEffect, variance: (byEvents + bySplit) / designEffect };
}

const logOddsRatio = (q: number, p: number): number => Math.log(q / p) - Math.log((1 - q) / (1 - p));

/**
 * Units of further traffic until a log e-value stands at `line` in a share of cases, in the normal approximation.
 * @param deviations 0 for half of the cases, 1.28 for nine of ten
 * @returns 0 when it stands there already, Infinity when it never will
 */
export function unitsToStand(line: number, before: Growth, each: Growth, deviations: number): number {
  const ahead = before.mean - line;
  const spread = deviations ** 2;
  if (ahead >= deviations * Math.sqrt(before.variance)) return 0;
  if (!(each.mean > 0)) return Number.POSITIVE_INFINITY;
  // (ahead + n mean)² = spread · (variance before + n variance), of which the larger root has the left side above 0.
  const half = each.mean * ahead - (spread * each.variance) / 2;
  const rest = ahead ** 2 - spread * before.variance;
  return (-half + Math.sqrt(Math.max(0, half ** 2 - each.mean ** 2 * rest))) / each.mean ** 2;
}

/** Whether a log e-value stands at `line` after this growth in a share of cases. */
export const stands = (line: number, { mean, variance }: Growth, deviations: number): boolean =>
  mean - deviations * Math.sqrt(variance) >= line;
