import type { KnownGuard } from "./foresight.ts";
import { checkGuards } from "./guard.ts";

/** Which shares of the traffic a platform can give to a candidate. */
export interface ShareLimits {
  /** Shares are whole multiples of this one, above 0, at most 1. @default 0.0001 */
  readonly smallestStep?: number;
  /** The only shares there are, each above 0, at most 1. @default every multiple of `smallestStep` */
  readonly weights?: readonly number[];
  /** Steps that carry traffic, at most; the last one included. From 1. @default 10 */
  readonly mostSteps?: number;
}

/** What a rollout is planned for. */
export interface PlanSettings {
  /** What the candidate is judged by: a share, with the stable version's rate as its baseline. */
  readonly guard: KnownGuard;
  /** Units that the guard counts in a second, of both versions together: requests. Above 0. */
  readonly unitsPerSecond: number;
  /** Chance of a false rollback over the rollout. Above 0, below 1. @default 0.01 */
  readonly alpha?: number;
  /** Chance of promoting a candidate that is worse than the margin. Above 0, below 1. @default 0.05 */
  readonly beta?: number;
  /** What of the stakes of all guards this one holds: they share alpha. Above 0, at most 1. @default 1, it is alone */
  readonly stakeShare?: number;
  /** The share of cases in which what the plan says holds. From 0.5, below 1. @default 0.9 */
  readonly promise?: number;
  /**
   * Units that a candidate may harm until it is out, however bad it is: as bad as what the steps before would have let
   * through. Harm of up to twice the margin is not held to it, since it costs more slowly than any weight can help. Above 0. @default 20
   */
  readonly burst?: number;
  /**
   * A step is left upwards only when what the candidate may harm on the next one, as far as the evidence leaves it possible, is
   * at most this share of all units: the rollout's harm budget. 1 lets time alone leave a step. Above 0, at most 1. @default 0.01
   */
  readonly harmBudget?: number;
  /** From the evidence to a candidate without traffic: the judge's interval, and what carries it out. Unit: s, from 0. @default 2 */
  readonly reactionSeconds?: number;
  /** What stable keeps until the promotion. From 0, below 1. @default 0.05 */
  readonly holdBack?: number;
  /** The share that the candidate is to have, above 0, at most 1. @default 1 */
  readonly target?: number;
  /** The least time on a step. Unit: s, above 0. @default 60 */
  readonly leastBake?: number;
  /** Whether each step bakes as long as it needs, or all as long as the longest needs. @default each */
  readonly bakes?: "each" | "same";
  /** The longest a rollout may take. Unit: s, above 0. @default 86400 */
  readonly maxDuration?: number;
  /** What the platform can do. @default any share, and ten steps */
  readonly limits?: ShareLimits;
}

/** Settings with their defaults filled in. */
export type PreparedPlan = Required<Omit<PlanSettings, "limits">> & { readonly limits: Required<ShareLimits> };

const DEFAULTS = {
  alpha: 0.01,
  beta: 0.05,
  stakeShare: 1,
  promise: 0.9,
  burst: 20,
  harmBudget: 0.01,
  reactionSeconds: 2,
  holdBack: 0.05,
  target: 1,
  leastBake: 60,
  bakes: "each",
  maxDuration: 86_400,
} as const;

/** Settings with defaults filled in. @throws RangeError that lists everything that makes no sense */
export function preparePlan(settings: PlanSettings): PreparedPlan {
  const limits = { smallestStep: 0.0001, weights: [], mostSteps: 10, ...settings.limits };
  const plan: PreparedPlan = { ...DEFAULTS, ...settings, limits };
  checkGuards([plan.guard]);
  const { smallestStep, weights, mostSteps } = limits;
  const isShare = (value: number): boolean => value > 0 && value <= 1;
  const isChance = (value: number): boolean => value > 0 && value < 1;
  const isCount = (value: number): boolean => Number.isInteger(value) && value >= 1;
  const isAmount = (value: number): boolean => value > 0 && value < Number.POSITIVE_INFINITY;
  const { baseline } = plan.guard;
  const checks: readonly (readonly [name: string, seen: unknown, holds: boolean, allowed: string])[] = [
    ["guard.baseline", baseline, baseline >= 0 && baseline <= 1, "0 to 1"],
    ["unitsPerSecond", plan.unitsPerSecond, isAmount(plan.unitsPerSecond), "above 0"],
    ["alpha", plan.alpha, isChance(plan.alpha), "above 0, below 1"],
    ["beta", plan.beta, isChance(plan.beta), "above 0, below 1"],
    ["stakeShare", plan.stakeShare, isShare(plan.stakeShare), "above 0, at most 1"],
    ["promise", plan.promise, plan.promise >= 0.5 && plan.promise < 1, "0.5 up to 1, without 1"],
    ["burst", plan.burst, isAmount(plan.burst), "above 0"],
    ["harmBudget", plan.harmBudget, isShare(plan.harmBudget), "above 0, at most 1"],
    [
      "reactionSeconds",
      plan.reactionSeconds,
      plan.reactionSeconds === 0 || isAmount(plan.reactionSeconds),
      "0 s or more",
    ],
    ["holdBack", plan.holdBack, plan.holdBack >= 0 && plan.holdBack < 1, "0 up to 1, without 1"],
    ["target", plan.target, isShare(plan.target), "above 0, at most 1"],
    ["leastBake", plan.leastBake, isAmount(plan.leastBake), "above 0 s"],
    ["maxDuration", plan.maxDuration, isAmount(plan.maxDuration), "above 0 s"],
    ["limits.smallestStep", smallestStep, isShare(smallestStep), "above 0, at most 1"],
    ["limits.weights", weights, weights.every(isShare), "shares above 0, at most 1"],
    ["limits.mostSteps", mostSteps, isCount(mostSteps), "a whole number from 1"],
  ];
  const wrong = checks.filter(([, , holds]) => !holds);
  if (wrong.length > 0) {
    const problems = wrong.map(
      ([name, seen, , allowed]) => `plan ${name}: saw ${JSON.stringify(seen)}; allowed is ${allowed}`,
    );
    throw new RangeError(problems.join("\n"));
  }
  return plan;
}
