import type { Interval, JudgeSettings, TailBound } from "../analysis/index.ts";
import { type ClosedInterval, guardsToCount, judgeSettings } from "../rollout/index.ts";
import type { RolloutPlan } from "../traffic/plan.ts";
import { onRungs } from "./latency-rungs.ts";

/**
 * What the judge of a rollout is told whose counts come from elsewhere. Copies are not among them, so the live comparison
 * has all of alpha; where nobody tells the steps, the rollout is judged as one.
 */
export function settingsFor(
  plan: RolloutPlan,
  { rungs, tellsSteps }: { readonly rungs: readonly TailBound[]; readonly tellsSteps: boolean },
): JudgeSettings {
  const weights = plan.steps.filter(({ kind }) => kind === "weight");
  const settings = judgeSettings({ ...plan, steps: tellsSteps ? weights : weights.slice(0, 1) });
  return { ...settings, guards: settings.guards.map((guard) => onRungs(guard, rungs)) };
}

/** How much of a rollout has been seen, in ms. */
export interface Elapsed {
  readonly elapsedMs: number;
  /** When the candidate's first request came. */
  readonly candidateFromMs?: number;
}

/** The interval without what the candidate is bad at while it warms up, on both arms; and how much is seen after it. */
export function warmed(
  plan: RolloutPlan,
  seen: Elapsed,
  { live }: ClosedInterval,
): { readonly interval: Interval; readonly seen: Elapsed } {
  const isReached = Object.values(live.counts).some(({ n1 }) => n1 > 0);
  const counted = new Set(guardsToCount(seen, plan, isReached).map(({ metric }) => metric));
  const counts = Object.fromEntries(Object.entries(live.counts).filter(([metric]) => counted.has(metric)));
  const begins = isReached && seen.candidateFromMs === undefined;
  return {
    interval: { ...live, counts },
    seen: {
      ...seen,
      ...(begins && { candidateFromMs: seen.elapsedMs }),
      elapsedMs: seen.elapsedMs + live.seconds * 1000,
    },
  };
}
