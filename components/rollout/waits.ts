import { decides, kindOf, refusesMore } from "../guards/index.ts";
import { WHOLE } from "../traffic/ladder.ts";
import type { RolloutPlan } from "../traffic/plan.ts";
import type { Excess } from "./interval.ts";
import { describeRung, type Progress } from "./progress.ts";
import { warmsFor } from "./warm-up.ts";

/** What a rollout waits for, in words. */
export interface Wait {
  readonly what: string;
  /** Absent when it depends on data. */
  readonly ms?: number;
}

/** What keeps the rollout from its next move upwards; undefined when nothing does. */
export function waitsFor(progress: Progress, plan: RolloutPlan): Wait | undefined {
  if (progress.mismatch !== undefined) return { what: progress.mismatch };
  const { ladder: steps, step } = progress;
  const bake = plan.bakeMs - progress.stepElapsedMs;
  if (bake > 0) return { what: `bake ${describeRung(steps[step])}`, ms: bake };
  const cold = warmsFor(progress, plan);
  if (cold > 0 && plan.guards.some((guard) => kindOf(guard).warmsUp === true))
    return { what: "the candidate to warm up", ms: cold };
  const rung = steps[step];
  const isLast = step === steps.length - 1;
  if (rung === 0) return { what: "a weight above 0 %" };
  if (rung === "shadow") {
    if (progress.stepCopies === 0) return { what: "the candidate's first answered copy" };
    if (isLast) return { what: "a weight: copies alone are no evidence for a promotion" };
  } else if (!isLast || !progress.proven) {
    const deciding = plan.guards.filter(decides);
    const silent = deciding.find(({ metric }) => {
      const arms = progress.stepArms[metric];
      return arms?.stable !== true || arms.candidate !== true;
    });
    if (silent !== undefined) return { what: `data on both versions for ${silent.metric}` };
    // The first units of stable teach the judge: a step that it has only learnt on has shown nothing.
    const unjudged = deciding.find(
      ({ metric, source }) => source === "requests" && progress.stepArms[metric]?.judged !== true,
    );
    if (unjudged !== undefined) return { what: `the first interval in which ${unjudged.metric} is judged` };
    if (plan.guards.length > 0 && (progress.stepIntervals ?? 0) < LEAST_INTERVALS)
      return { what: `${LEAST_INTERVALS} intervals with answers of the candidate` };
  }
  const spoiled = possibleLoss(progress, plan);
  if (spoiled !== undefined) return { what: spoiled };
  if (progress.doubt !== undefined) return { what: `the evidence of harm in ${progress.doubt} to fall` };
  const repeated = repeatedFailures(progress, plan);
  if (repeated !== undefined) return { what: repeated };
  const limit = limitOf(progress, steps[step + 1]);
  if (limit !== undefined) return { what: limit };
  if ((isLast || step === steps.length - 2) && !progress.proven) {
    return { what: "every guard to be shown non-inferior" };
  }
  return undefined;
}

/** A bake shorter than so many intervals shows nothing of how rates move. */
const LEAST_INTERVALS = 3;

/** What has to change before the candidate can be given as much; undefined where nothing has. */
export const limitOf = ({ limit }: Progress, rung: "shadow" | number | undefined): string | undefined =>
  limit !== undefined && typeof rung === "number" && rung > limit.weight ? limit.because : undefined;

/** What the next step may spoil, where that is more than the budget. */
function possibleLoss({ ladder: steps, step, possibleHarm }: Progress, plan: RolloutPlan): string | undefined {
  const next = steps[step + 1];
  const { harmBudget = WHOLE } = plan;
  if (typeof next !== "number" || possibleHarm === undefined) return undefined;
  const { guard, excess } = possibleHarm;
  if (excess * next <= harmBudget) return undefined;
  const points = (share: number): string => (share * 100).toPrecision(2);
  return `evidence that ${describeRung(next)} spoils at most ${describeRung(harmBudget)} of all requests: ${guard} may still be ${points(excess)} points worse, ${points((excess * next) / WHOLE)} % of them`;
}

/** So many failures of the same few inputs are no accident. */
const MANY_REPEATS = 20;

/** It is looked at each second, and of equal versions one has more of them by chance. */
const STANDARD_ERRORS = 3;

/**
 * What few inputs ask again and again neither ends a rollout nor may be forgotten: it holds it, where the failures among
 * it are more than the margin allows of all requests of the candidate.
 */
export function repeatedFailures({ excess, compared }: Progress, plan: RolloutPlan): string | undefined {
  if (excess === undefined || excess.candidate.bad < MANY_REPEATS) return undefined;
  const shareOf = ({ requests, bad }: Excess, others = 0): readonly [share: number, variance: number] => {
    const all = requests + others;
    return all === 0 ? [0, 0] : [bad / all, bad / all ** 2];
  };
  const [before, varianceBefore] = shareOf(excess.stable, compared?.stable);
  const [now, variance] = shareOf(excess.candidate, compared?.candidate);
  const surely = now - STANDARD_ERRORS * Math.sqrt(variance + varianceBefore);
  if (!refusesMore(plan.guards, before, surely)) return undefined;
  return `an answer to few inputs that come again and again: the candidate failed or refused ${excess.candidate.bad} of ${excess.candidate.requests}`;
}
