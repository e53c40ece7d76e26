import {
  type Demand,
  type Stretch,
  sidesOf,
  toleratedExcess,
  unitsToExclude,
  unitsToFind,
  unitsToProve,
} from "./foresight.ts";
import { normalQuantile } from "./normal.ts";
import { harmOfBroken, ladderOf } from "./plan-ladder.ts";
import type { PreparedPlan } from "./plan-settings.ts";
import { startStake } from "./proportion.ts";

/** A step of a plan, and how long it takes. */
export interface StepTimes {
  /** The candidate's share, above 0, at most 1. */
  readonly weight: number;
  /** The least time on it. Unit: s. */
  readonly bake: number;
  /**
   * What it is left on, once it has baked and nothing speaks against the candidate. `possibleHarm`: what the candidate may harm on the next
   * step fits the harm budget. `proof`: it is shown to be within its margin by evidence of this step. `bake`: nothing else.
   */
  readonly leftOn: "bake" | "possibleHarm" | "proof";
  /** How long half of the candidates stay that are as good as stable. Unit: s; Infinity when they are never shown to be. */
  readonly usual: number;
  /** How long the promised share of them stays. Unit: s; Infinity when they are never shown to be. */
  readonly promised: number;
  /** The units that a candidate harms until it is out which begins to fail at everything on this step. null when nothing is compared. */
  readonly harm: number | null;
}

/** The steps of a plan, and how long each takes. */
export function timesOf(plan: PreparedPlan): readonly StepTimes[] {
  const { harmBudget, unitsPerSecond, promise } = plan;
  const demand = demandOf(plan, promise);
  const weights = ladderOf(plan, demand);
  const bakes = bakesOf(plan, weights);
  const sides = sidesOf(plan.guard).length;
  const conditions = weights.flatMap((_, step) => [isLeftOnProof(weights, step), isGated(plan, weights[step + 1])]);
  const inAll = ofEach(promise, sides * conditions.filter(Boolean).length);
  const before: Stretch[] = [];
  return weights.map((weight, step) => {
    const bake = bakes[step] ?? plan.leastBake;
    const next = weights[step + 1];
    const staysFor = (chance: number): number =>
      Math.max(
        bake,
        isLeftOnProof(weights, step) ? unitsToProve(demandOf(plan, chance), weight) / unitsPerSecond : 0,
        next === undefined ? 0 : secondsToFit(plan, demandOf(plan, chance), weight, harmBudget / next, before),
      );
    const harm = weight < 1 ? harmOfBroken(plan, demand, weight, startStake(step, weights.length)) : null;
    const usual = staysFor(ofEach(0.5, sides));
    const promised = Math.max(usual, staysFor(inAll));
    const leftOn = isLeftOnProof(weights, step) ? "proof" : isGated(plan, next) ? "possibleHarm" : "bake";
    before.push({ weight, units: Math.min(usual, plan.maxDuration) * unitsPerSecond });
    return { weight, bake, leftOn, usual, promised, harm } as const;
  });
}

/** The last two steps are; with all traffic nothing is left to compare with. */
const isLeftOnProof = (weights: readonly number[], step: number): boolean =>
  step >= weights.length - 2 && (weights[step] ?? 1) < 1;

/** There is a next step, and it may harm more than the budget. */
const isGated = ({ harmBudget }: PreparedPlan, next: number | undefined): boolean =>
  next !== undefined && harmBudget < next;

/** Until no more than `excess` is possible. */
function secondsToFit(
  { guard, unitsPerSecond }: PreparedPlan,
  demand: Demand,
  weight: number,
  excess: number,
  before: readonly Stretch[],
): number {
  const waits = sidesOf(guard).map((side) => unitsToExclude(demand, side, excess, weight, before));
  return Math.max(...waits) / unitsPerSecond;
}

/** The chance that each of several things must have so that all of them have this one, whatever their dependence. */
const ofEach = (chance: number, things: number): number => 1 - (1 - chance) / Math.max(1, things);

/** What is asked of the evidence, in so many of all cases. */
export const demandOf = ({ guard, alpha, beta, stakeShare }: PreparedPlan, chance: number): Demand => ({
  ...{ guard, alpha, beta, stakeShare },
  deviations: normalQuantile(chance),
});

/** Each step bakes until a candidate is out that would be too bad for the next one; where it is left on proof, that keeps it. */
function bakesOf(plan: PreparedPlan, weights: readonly number[]): readonly number[] {
  const { unitsPerSecond, leastBake } = plan;
  const demand = demandOf(plan, plan.promise);
  const before: Stretch[] = [];
  const bakes = weights.map((weight, step) => {
    const next = weights[step + 1];
    const isFree = next === undefined || isLeftOnProof(weights, step);
    const tooBad = isFree ? Number.POSITIVE_INFINITY : worstFor(plan, next);
    const waits = sidesOf(plan.guard).map((side) =>
      tooBad < 1 - side.stable ? unitsToFind(demand, side, tooBad, weight, before, startStake(0, weights.length)) : 0,
    );
    const bake = Math.max(leastBake, Math.ceil(Math.max(...waits) / unitsPerSecond));
    before.push({ weight, units: bake * unitsPerSecond });
    return bake;
  });
  return plan.bakes === "same" ? bakes.map(() => Math.max(...bakes)) : bakes;
}

/** The largest excess that may come to a weight: what it harms there in one reaction is at most the burst. */
const worstFor = ({ guard, burst, unitsPerSecond, reactionSeconds }: PreparedPlan, weight: number): number =>
  Math.max(2 * toleratedExcess(guard), burst / (weight * unitsPerSecond * reactionSeconds));
