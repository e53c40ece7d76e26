import { type Stretch, smallestFound, toleratedExcess } from "./foresight.ts";
import { curesOf, type PlanCure } from "./plan-cures.ts";
import { type PlanSettings, type PreparedPlan, preparePlan } from "./plan-settings.ts";
import { demandOf, type StepTimes, timesOf } from "./plan-times.ts";
import { startStake } from "./proportion.ts";

/** One step of a planned rollout. */
export interface PlannedStep extends StepTimes {
  /** Units of the candidate in the usual time. */
  readonly candidateUnits: number;
  /**
   * The smallest excess over stable's rate, the margin included, that is rolled back by the end of the usual time in the
   * promised share of cases, when the candidate is so bad from the beginning. null when none is, however large.
   */
  readonly finds: number | null;
  /** The same of a candidate that becomes so bad with this step. */
  readonly findsNew: number | null;
}

/** A rollout as it can be expected. */
export interface PlannedRollout {
  /** Whether the promised share of candidates that are as good as stable is through in time, and a broken one out in time. */
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
  const times = timesOf(plan);
  const reasons = reasonsAgainst(plan, times);
  const cures =
    reasons.length === 0 ? [] : curesOf(plan, (changed) => reasonsAgainst(changed, timesOf(changed)).length === 0);
  return {
    feasible: reasons.length === 0,
    reasons,
    cures,
    steps: stepsOf(plan, times),
    usual: sum(times.map(({ usual }) => usual)),
    promised: sum(times.map(({ promised }) => promised)),
  };
}

function stepsOf(plan: PreparedPlan, steps: readonly StepTimes[]): readonly PlannedStep[] {
  const demand = demandOf(plan, plan.promise);
  const traffic = steps.map(({ weight, usual }) => ({
    weight,
    units: Math.min(usual, plan.maxDuration) * plan.unitsPerSecond,
  }));
  return steps.map((step, index) => {
    const own = traffic.slice(index, index + 1);
    const sees = (seen: readonly Stretch[], start: number): number | null =>
      step.weight === 1 ? null : (smallestFound(demand, seen, startStake(start, steps.length)) ?? null);
    return {
      ...step,
      candidateUnits: Math.round(step.weight * (traffic[index]?.units ?? 0)),
      finds: sees(traffic.slice(0, index + 1), 0),
      findsNew: sees(own, index),
    };
  });
}

function reasonsAgainst(plan: PreparedPlan, steps: readonly StepTimes[]): readonly string[] {
  const { burst, maxDuration, guard, promise } = plan;
  const first = steps[0];
  if (first === undefined) return ["the platform has no share that leaves stable what is held back"];
  const harm = first.harm ?? 0;
  const promised = sum(steps.map((step) => step.promised));
  const percent = (share: number): string => `${Number((share * 100).toPrecision(3))} %`;
  return [
    ...(harm > burst
      ? [
          `at ${percent(first.weight)}, the smallest first share, a candidate that fails at everything harms ${Math.ceil(harm)} units until it is out; allowed are ${burst}`,
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
