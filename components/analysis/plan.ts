import {
  type Question,
  type Stretch,
  sidesOf,
  smallestFound,
  toleratedExcess,
  unitsToFind,
  unitsToProve,
} from "./foresight.ts";
import { normalQuantile } from "./normal.ts";
import { curesOf, type PlanCure } from "./plan-cures.ts";
import { harmOfBroken, ladderOf } from "./plan-ladder.ts";
import { type PlanSettings, type PreparedPlan, preparePlan } from "./plan-settings.ts";
import { startStake } from "./proportion.ts";

/** One step of a planned rollout. */
export interface PlannedStep {
  /** The candidate's share, above 0, at most 1. */
  readonly weight: number;
  /** The least time on it. Unit: s. */
  readonly bake: number;
  /**
   * What it is left on. `bake`: the time has passed and nothing speaks against the candidate. `proof`: the candidate is shown
   * to be within its margin by evidence of this step. With all traffic nothing is compared, and `bake` has to do.
   */
  readonly leftOn: "bake" | "proof";
  /** How long half of the candidates stay that are as good as stable. Unit: s; Infinity when they are never shown to be. */
  readonly usual: number;
  /** How long the promised share of them stays. Unit: s; Infinity when they are never shown to be. */
  readonly promised: number;
  /** Units of the candidate in the usual time. */
  readonly candidateUnits: number;
  /**
   * The smallest excess over stable's rate, the margin included, that is rolled back by the end of the usual time in the
   * promised share of cases, when the candidate is so bad from the beginning. null when none is, however large.
   */
  readonly finds: number | null;
  /** The same of a candidate that becomes so bad with this step. */
  readonly findsNew: number | null;
  /** The units that a candidate harms until it is out which begins to fail at everything on this step. null when nothing is compared. */
  readonly harm: number | null;
}

/** A rollout as it can be expected. */
export interface PlannedRollout {
  /** Whether the promised share of candidates that are as good as stable is through in time, within the harm budget. */
  readonly feasible: boolean;
  /** Why it is not feasible, a sentence each. */
  readonly reasons: readonly string[];
  /** What would make it feasible, each of them alone. Empty when it is feasible, or when no single change is enough. */
  readonly cures: readonly PlanCure[];
  /** Rising; empty when the platform has no such share. */
  readonly steps: readonly PlannedStep[];
  /** Until half of the candidates that are as good as stable can be promoted. Unit: s; Infinity when they never can. */
  readonly usual: number;
  /** Until the promised share of them can. Unit: s; Infinity when they never can. */
  readonly promised: number;
}

/**
 * Plans a rollout: which shares, how long on each, what each can see, and how long it takes; or why it cannot be, and what
 * would make it possible. Computed from the judge's own bets, in the normal approximation of what they win or lose.
 * @throws RangeError that lists everything in the settings that makes no sense
 */
export function planRollout(settings: PlanSettings): PlannedRollout {
  const plan = preparePlan(settings);
  const draft = draftOf(plan);
  const reasons = reasonsAgainst(plan, draft);
  const cures =
    reasons.length === 0 ? [] : curesOf(plan, (changed) => reasonsAgainst(changed, draftOf(changed)).length === 0);
  return {
    feasible: reasons.length === 0,
    reasons,
    cures,
    steps: stepsOf(plan, draft),
    usual: sum(draft.map(({ usual }) => usual)),
    promised: sum(draft.map(({ promised }) => promised)),
  };
}

/** A step as far as it has to be known to tell whether a plan is feasible. */
type DraftStep = Omit<PlannedStep, "candidateUnits" | "finds" | "findsNew">;

function draftOf(plan: PreparedPlan): readonly DraftStep[] {
  const question = questionOf(plan, plan.promise);
  const weights = ladderOf(plan, question);
  const bakes = bakesOf(plan, weights);
  const proofs = weights.filter((_, step) => isLeftOnProof(weights, step)).length;
  const sides = sidesOf(plan.guard).length;
  const timeOf = (weight: number, promise: number): number =>
    unitsToProve(questionOf(plan, promise), weight) / plan.unitsPerSecond;
  return weights.map((weight, step) => {
    const bake = bakes[step] ?? plan.leastBake;
    const harm = weight < 1 ? harmOfBroken(plan, question, weight, startStake(step, weights.length)) : null;
    if (!isLeftOnProof(weights, step)) return { weight, bake, harm, leftOn: "bake", usual: bake, promised: bake };
    const usual = Math.max(bake, timeOf(weight, ofEach(0.5, sides)));
    const promised = Math.max(bake, timeOf(weight, ofEach(plan.promise, sides * proofs)));
    return { weight, bake, harm, leftOn: "proof", usual, promised };
  });
}

/** The last two steps are; with all traffic nothing is left to compare with. */
const isLeftOnProof = (weights: readonly number[], step: number): boolean =>
  step >= weights.length - 2 && (weights[step] ?? 1) < 1;

/** The chance that each of several things must have so that all of them have this one, whatever their dependence. */
const ofEach = (chance: number, things: number): number => 1 - (1 - chance) / things;

const questionOf = ({ guard, alpha, beta, guards }: PreparedPlan, promise: number): Question => ({
  ...{ guard, alpha, beta, guards },
  deviations: normalQuantile(promise),
});

/** Each step bakes until a candidate is out that would be too bad for the next one; where it is left on proof, that keeps it. */
function bakesOf(plan: PreparedPlan, weights: readonly number[]): readonly number[] {
  const { unitsPerSecond, leastBake } = plan;
  const question = questionOf(plan, plan.promise);
  const before: Stretch[] = [];
  const bakes = weights.map((weight, step) => {
    const next = weights[step + 1];
    const isFree = next === undefined || isLeftOnProof(weights, step);
    const tooBad = isFree ? Number.POSITIVE_INFINITY : worstFor(plan, next);
    const waits = sidesOf(plan.guard).map((side) =>
      tooBad < 1 - side.stable ? unitsToFind(question, side, tooBad, weight, before, startStake(0, weights.length)) : 0,
    );
    const units = Math.max(...waits);
    const bake = Math.max(leastBake, Math.ceil(units / unitsPerSecond));
    before.push({ weight, units: bake * unitsPerSecond });
    return bake;
  });
  return plan.bakes === "same" ? bakes.map(() => Math.max(...bakes)) : bakes;
}

/** The largest excess that may come to a weight: what it harms there in one reaction is within the budget. */
const worstFor = (plan: PreparedPlan, weight: number): number =>
  Math.max(2 * toleratedExcess(plan.guard), plan.harmBudget / (weight * plan.unitsPerSecond * plan.reactionSeconds));

function stepsOf(plan: PreparedPlan, steps: readonly DraftStep[]): readonly PlannedStep[] {
  const question = questionOf(plan, plan.promise);
  const traffic = steps.map(({ weight, usual }) => ({
    weight,
    units: Math.min(usual, plan.maxDuration) * plan.unitsPerSecond,
  }));
  return steps.map((step, index) => {
    const own = traffic.slice(index, index + 1);
    const sees = (seen: readonly Stretch[], start: number): number | null =>
      step.weight === 1 ? null : (smallestFound(question, seen, startStake(start, steps.length)) ?? null);
    return {
      ...step,
      candidateUnits: Math.round(step.weight * (traffic[index]?.units ?? 0)),
      finds: sees(traffic.slice(0, index + 1), 0),
      findsNew: sees(own, index),
    };
  });
}

function reasonsAgainst(plan: PreparedPlan, steps: readonly DraftStep[]): readonly string[] {
  const { harmBudget, maxDuration, guard, promise } = plan;
  const first = steps[0];
  if (first === undefined) return ["the platform has no share that leaves stable what is held back"];
  const harm = first.harm ?? 0;
  const promised = sum(steps.map((step) => step.promised));
  const percent = (share: number): string => `${Number((share * 100).toPrecision(3))} %`;
  return [
    ...(harm > harmBudget
      ? [
          `at ${percent(first.weight)}, the smallest first share, a candidate that fails at everything harms ${Math.ceil(harm)} units until it is out; the budget is ${harmBudget}`,
        ]
      : []),
    ...(promised === Number.POSITIVE_INFINITY
      ? [`no amount of traffic shows that ${guard.name} is within a margin of ${percent(toleratedExcess(guard))}`]
      : promised > maxDuration
        ? [
            `${percent(promise)} of the candidates that are as good as stable are through after ${span(promised)}; allowed are ${span(maxDuration)}`,
          ]
        : []),
  ];
}

/** Seconds, or hours where those are many. */
const span = (seconds: number): string =>
  seconds < 7_200 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 360) / 10} h`;

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);
