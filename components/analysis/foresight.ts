import { natsAgainst } from "./excess.ts";
import { addGrowth, type Growth, growthOf, NO_GROWTH, stands, unitsToStand } from "./growth.ts";
import { baselineOf, comparisonsOf, type ProportionGuard } from "./guard.ts";
import { halve } from "./halve.ts";
import { type Block, type Boundary, harmBets, promotionBets } from "./proportion.ts";

/** A guard on a share, with what is known of the stable version's rate. */
export type KnownGuard = ProportionGuard & { readonly baseline: number };

/** What a guard's evidence has to show, and how surely. */
export interface Demand {
  readonly guard: KnownGuard;
  readonly alpha: number;
  readonly beta: number;
  /** What of the stakes of all guards this one holds, above 0, at most 1. */
  readonly stakeShare: number;
  /** In standard deviations of chance: how surely. */
  readonly deviations: number;
}

/** Traffic that was divided by one weight, in units of both versions. */
export interface Stretch {
  readonly weight: number;
  readonly units: number;
}

/** One side of a guard, as rates of the harmful event. */
export interface Side {
  readonly boundary: Boundary;
  readonly stable: number;
  /** The highest rate that the margin tolerates. */
  readonly limit: number;
}

/** What a guard asks: one side, or both. */
export const sidesOf = (guard: KnownGuard): readonly Side[] =>
  comparisonsOf(guard).map((comparison) => {
    const { boundary } = comparison;
    const stable = baselineOf(guard, comparison) ?? guard.baseline;
    return { boundary, stable, limit: boundary.ratio * stable + boundary.offset };
  });

/** The largest excess over stable's rate that a guard tolerates, of its sides the wider one. */
export const toleratedExcess = (guard: KnownGuard): number =>
  Math.max(...sidesOf(guard).map(({ stable, limit }) => limit - stable));

/** Where the log e-value of one of several equal stakes has to stand. @param stake what this start of the evidence holds */
const harmLine = ({ guard, alpha, stakeShare }: Demand, stake: number): number =>
  Math.log(comparisonsOf(guard).length / (alpha * stakeShare * stake));

/**
 * Units of further traffic until a candidate that is worse by `excess` is rolled back.
 * @param before traffic that it had already @param stake what this start of the evidence holds
 */
export function unitsToFind(
  demand: Demand,
  side: Side,
  excess: number,
  weight: number,
  before: readonly Stretch[],
  stake: number,
): number {
  const { guard, deviations } = demand;
  const line = harmLine(demand, stake);
  const waits = harmBets(side.limit).map((bet) =>
    unitsToStand(
      line - Math.log(bet.stake),
      grown(guard, side, bet.rate, excess, before),
      growthAt(guard, side, bet.rate, excess, weight),
      deviations,
    ),
  );
  return Math.min(...waits);
}

/**
 * The smallest excess over stable's rate that is rolled back by the end of this traffic.
 * @returns undefined when none is, however large
 */
export function smallestFound(demand: Demand, traffic: readonly Stretch[], stake: number): number | undefined {
  const found = sidesOf(demand.guard).map((side) => smallestOnSide(demand, side, traffic, stake));
  return found.reduce((a, b) => (a === undefined || b === undefined ? undefined : Math.max(a, b)));
}

function smallestOnSide(demand: Demand, side: Side, traffic: readonly Stretch[], stake: number): number | undefined {
  const { guard, deviations } = demand;
  const line = harmLine(demand, stake);
  const isFound = (excess: number): boolean =>
    harmBets(side.limit).some((bet) =>
      stands(line - Math.log(bet.stake), grown(guard, side, bet.rate, excess, traffic), deviations),
    );
  const most = 1 - side.stable;
  if (!isFound(most)) return undefined;
  const [, smallest] = halve([side.limit - side.stable, most], (excess) => !isFound(excess));
  return smallest;
}

/** Units of traffic on one step until a candidate that is as good as stable is shown to be within the margin on every side. */
export function unitsToProve({ guard, beta, deviations }: Demand, weight: number): number {
  const waits = sidesOf(guard).map((side) =>
    Math.min(
      ...promotionBets(side.stable, side.limit).map((bet) =>
        unitsToStand(
          Math.log(1 / (beta * bet.stake)),
          NO_GROWTH,
          growthAt(guard, side, bet.rate, 0, weight),
          deviations,
        ),
      ),
    ),
  );
  return Math.max(...waits);
}

/**
 * Units of further traffic until a candidate that is as good as stable leaves no more than `excess` possible on a side.
 * @param before traffic that it had already
 */
export function unitsToExclude(
  { guard, beta, deviations }: Demand,
  { stable }: Side,
  excess: number,
  weight: number,
  before: readonly Stretch[],
): number {
  if (excess >= 1) return 0;
  const nats = Math.log(1 / beta);
  const isExcluded = (units: number): boolean => {
    const block = expectedCounts(guard, stable, deviations, [...before, { weight, units }]);
    const { n0, x0, n1, x1 } = block;
    return n0 > 0 && n1 > 0 && x1 / n1 - x0 / n0 < excess && natsAgainst(block, excess) >= nats;
  };
  let [low, high] = [0, 1];
  while (!isExcluded(high) && high < MOST_UNITS) [low, high] = [high, 2 * high];
  const [, least] = halve([low, high], (units) => !isExcluded(units));
  return least < MOST_UNITS ? least : Number.POSITIVE_INFINITY;
}

/** Nobody waits for more. */
const MOST_UNITS = 1e15;

/** What is counted of a candidate as good as stable that has as many events more than expected, in independent units. */
function expectedCounts(
  { designEffect = 1 }: KnownGuard,
  rate: number,
  deviations: number,
  traffic: readonly Stretch[],
): Block {
  const unitsOf = (shareOf: (weight: number) => number): number =>
    traffic.reduce((sum, { weight, units }) => sum + units * shareOf(weight), 0) / designEffect;
  const [n0, n1] = [unitsOf((weight) => 1 - weight), unitsOf((weight) => weight)];
  // What both versions scatter by is put on the candidate.
  const seen = rate + deviations * Math.sqrt(rate * (1 - rate) * (1 / n0 + 1 / n1));
  return { n0, x0: n0 * rate, n1, x1: n1 * Math.min(1, seen) };
}

function growthAt(
  { designEffect = 1 }: KnownGuard,
  { boundary, stable }: Side,
  bet: number,
  excess: number,
  weight: number,
): Growth {
  const truth = { stable, candidate: Math.min(1, stable + excess) };
  return growthOf(truth, bet, { boundary, weight, designEffect });
}

const grown = (guard: KnownGuard, side: Side, bet: number, excess: number, traffic: readonly Stretch[]): Growth =>
  traffic.reduce(
    (sum, { weight, units }) => addGrowth(sum, growthAt(guard, side, bet, excess, weight), units),
    NO_GROWTH,
  );
