import { type Demand, sidesOf, unitsToFind } from "./foresight.ts";
import { halve } from "./halve.ts";
import type { PreparedPlan } from "./plan-settings.ts";
import { startStake } from "./proportion.ts";

/** A step may give the candidate so many times what the one before gave. */
const GROWTH = 5;

/** Where the two versions are compared soonest: half each. */
const HALF = 0.5;

/** So that 3 · 0.1 counts as 0.3. */
const SLACK = 1e-9;

/**
 * The shares of a plan, rising; none when the platform has no share that leaves what is held back: first what a candidate may have that fails at everything, then five times as much again and again,
 * up to half of the traffic, where versions are compared soonest, and then all of it but what is held back.
 */
export function ladderOf(plan: PreparedPlan, demand: Demand): readonly number[] {
  const { target, holdBack, limits } = plan;
  const last = platformShare(plan, Math.min(target, 1 - holdBack));
  if (last === undefined) return [];
  const stake = startStake(0, limits.mostSteps);
  const harm = (weight: number): number => harmOfBroken(plan, demand, weight, stake);
  const peak = last > HALF ? (readableShare(plan, HALF) ?? last) : last;
  const first =
    limits.mostSteps === 1 ? last : (readableShare(plan, largestWithin(plan.burst, harm)) ?? smallestShare(plan));
  const middle: number[] = [];
  for (let weight = Math.min(first, peak); weight < last && middle.length < limits.mostSteps - 1; ) {
    middle.push(weight);
    if (weight >= peak) break;
    const isLastOfThem = middle.length === limits.mostSteps - 2;
    weight = isLastOfThem ? peak : Math.min(peak, nextShare(plan, weight));
  }
  return [...middle, last];
}

/** The units that a candidate which fails at everything harms until it is out. @param stake what the evidence holds that begins then */
export function harmOfBroken(
  { unitsPerSecond, reactionSeconds, guard }: PreparedPlan,
  demand: Demand,
  weight: number,
  stake: number,
): number {
  const harms = sidesOf(guard).map((side) => {
    const excess = 1 - side.stable;
    const units = unitsToFind(demand, side, excess, weight, [], stake) + unitsPerSecond * reactionSeconds;
    return excess * weight * units;
  });
  return Math.max(...harms);
}

/** The largest share whose harm is at most so much. */
function largestWithin(most: number, harm: (weight: number) => number): number {
  if (harm(HALF) <= most) return HALF;
  const [largest] = halve([0, HALF], (share) => harm(share) <= most);
  return largest;
}

/** The largest share of the platform that is not above this one. */
function platformShare({ limits: { weights, smallestStep } }: PreparedPlan, share: number): number | undefined {
  if (weights.length > 0) {
    const within = weights.filter((weight) => weight <= share + SLACK);
    return within.length === 0 ? undefined : Math.max(...within);
  }
  const steps = Math.floor(share / smallestStep + SLACK);
  return steps === 0 ? undefined : tidy(steps * smallestStep);
}

/** The same, of one digit: 2 % and not 2.22 %. */
function readableShare(plan: PreparedPlan, share: number): number | undefined {
  if (plan.limits.weights.length > 0) return platformShare(plan, share);
  if (share <= 0) return undefined;
  const unit = 10 ** Math.floor(Math.log10(share) + SLACK);
  return platformShare(plan, Math.floor(share / unit + SLACK) * unit);
}

const smallestShare = ({ limits: { weights, smallestStep } }: PreparedPlan): number =>
  weights.length > 0 ? Math.min(...weights) : smallestStep;

/** Five times as much, or the next that there is. */
function nextShare(plan: PreparedPlan, share: number): number {
  const grown = readableShare(plan, share * GROWTH) ?? share;
  if (grown > share + SLACK) return grown;
  const { weights, smallestStep } = plan.limits;
  const above = weights.filter((weight) => weight > share + SLACK);
  return weights.length > 0 ? Math.min(...above, 1) : tidy(share + smallestStep);
}

/** Without what binary fractions add. */
const tidy = (share: number): number => Number(share.toPrecision(12));
