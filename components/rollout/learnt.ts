import { type PairedCounts, pairedDesignEffect } from "../analysis/index.ts";
import type { Guard } from "../guards/index.ts";
import type { TrafficPlan } from "../traffic/plan.ts";
import type { PairedWindow, PairedWindows } from "./paired.ts";

/** By guard: how many times more its counts scattered in past rollouts than independent units would. Each is above 1. */
export type LearntEffects = Readonly<Record<string, number>>;

/** What a rollout that was promoted has counted of its two versions, which were shown not to differ by more than the margins. */
export interface PairedHistory extends PairedWindows {
  /** What was counted: of sessions nothing is learnt for requests. */
  readonly unit: "request" | "session";
}

/** What past rollouts of an endpoint tell the next one. */
export interface Learnt {
  readonly effects: LearntEffects;
  /** How many rollouts it was learnt from. */
  readonly rollouts: number;
}

/** What a plan counts. */
export const unitOf = ({ stickyHeader }: TrafficPlan): PairedHistory["unit"] =>
  stickyHeader === undefined ? "request" : "session";

/** What the past tells a plan; undefined where it tells nothing. Of two numbers alike the same is learnt in every process. */
export function learn(plan: TrafficPlan, past: readonly PairedHistory[]): Learnt | undefined {
  const alike = past.filter(({ unit }) => unit === unitOf(plan));
  const effects = plan.rollout.guards.flatMap(({ metric }) => {
    const effect = pairedDesignEffect(alike.flatMap(({ windows }) => runsOf(windows, metric))) ?? 1;
    // What is shown is what is judged by.
    return effect > 1 ? [[metric, Math.ceil(effect * 100) / 100] as const] : [];
  });
  return effects.length === 0 ? undefined : { effects: Object.fromEntries(effects), rollouts: alike.length };
}

/** The windows of each step, and of each stretch in which the guard was counted. */
function runsOf(windows: readonly PairedWindow[], metric: string): readonly (readonly PairedCounts[])[] {
  const runs: PairedCounts[][] = [];
  let step: number | undefined;
  for (const window of windows) {
    const block = window.counts[metric];
    if (block === undefined) {
      step = undefined;
      continue;
    }
    if (window.step !== step) runs.push([]);
    runs.at(-1)?.push({ seconds: window.seconds, ...block });
    step = window.step;
  }
  return runs;
}

/** What a guard's evidence is divided by: what is written, or what was learnt where that is more. */
export const effectOf = ({ metric, designEffect }: Guard, effects: LearntEffects): number =>
  Math.max(designEffect, effects[metric] ?? 1);

/** What was learnt beyond what is written, in a sentence; undefined where that is nothing. */
export function describeLearnt({ guards }: TrafficPlan["rollout"], { effects, rollouts }: Learnt): string | undefined {
  const told = guards
    .filter((guard) => effectOf(guard, effects) > guard.designEffect)
    .map((guard) => `that of ${guard.metric} is divided by ${effectOf(guard, effects)}`);
  if (told.length === 0) return undefined;
  const past =
    rollouts === 1 ? "the last rollout that was promoted" : `the last ${rollouts} rollouts that were promoted`;
  return `in ${past} the versions differed from moment to moment by more than chance explains, so evidence weighs less: ${told.join(", ")}`;
}

/** What was kept of it; what cannot be is nothing. */
export const keptEffects = (kept: unknown): LearntEffects =>
  typeof kept === "object" && kept !== null
    ? Object.fromEntries(
        Object.entries(kept).filter(([, effect]) => typeof effect === "number" && effect >= 1 && effect < Infinity),
      )
    : {};
