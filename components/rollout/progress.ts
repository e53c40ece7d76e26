import { ladder, WHOLE } from "../traffic/ladder.ts";
import type { TrafficPlan } from "../traffic/plan.ts";
import type { RolloutPhase, RolloutStatus } from "../traffic/status.ts";
import type { Excess, Limit } from "./interval.ts";

/** Why a rollout has ended, as the status tells it. */
export type Ended = NonNullable<RolloutStatus["ended"]>;

/**
 * How far a rollout has come. Plain data, written to disk at every change; times are spans of a monotonic clock while
 * the gateway ran, so neither a restart nor a clock that jumps can bake a step.
 */
export interface Progress {
  readonly identity: string;
  readonly phase: RolloutPhase;
  readonly ladder: readonly ("shadow" | number)[];
  /** Index into `ladder`; -1 without a candidate. */
  readonly step: number;
  /** How often the share was raised: the judge's step. */
  readonly raises: number;
  readonly startedAt: string;
  readonly stepSince: string;
  readonly elapsedMs: number;
  readonly stepElapsedMs: number;
  /** Where `elapsedMs` stood when the candidate's first interval began; absent before its first request. */
  readonly candidateFromMs?: number;
  /** Guards that had data on both arms on this step, added up over its intervals. */
  readonly stepArms: Readonly<Record<string, StepArms>>;
  /** Stable units of each guard since evidence began: the first of them only teach the judge. Absent in records of 0.1.0. */
  readonly taught?: Readonly<Record<string, number>>;
  /** What of its requests the candidate may still lose beyond stable's, 0 to 1, and the guard that leaves it possible. Absent where nothing tells. */
  readonly possibleHarm?: { readonly guard: string; readonly excess: number };
  /** The guard whose evidence of harm stands above half of what ends the rollout. */
  readonly doubt?: string;
  /** The traffic is not divided as the weight says: what was seen, and what to do. */
  readonly mismatch?: string;
  /** How much the candidate could be given when the last interval was counted; absent: anything. */
  readonly limit?: Limit;
  /** Requests of each version that were compared, over the rollout. Absent in records of 0.1.0. */
  readonly compared?: { readonly stable: number; readonly candidate: number };
  /** What was left out of the comparison on both sides, because few inputs or addresses asked it. */
  readonly excess?: { readonly stable: Excess; readonly candidate: Excess };
  /** Copies the candidate answered without an error on this step. */
  readonly stepCopies: number;
  /** Intervals in which the candidate had data on this step. Absent in records of 0.1.0. */
  readonly stepIntervals?: number;
  /** Every guard was shown non-inferior on this step. */
  readonly proven: boolean;
  /** How many intervals this has seen. */
  readonly intervals: number;
  readonly ended?: Ended;
}

interface StepArms {
  readonly stable: boolean;
  readonly candidate: boolean;
  /** There was data on both that the judge could bet on. */
  readonly judged?: boolean;
}

/** What people are told of a decision. */
export interface Change {
  readonly kind: "step" | "complete" | "hold" | "abort";
  readonly text: string;
}

/** A rollout after something happened; `change` when something was decided. */
export interface Transition {
  readonly progress: Progress;
  readonly change?: Change;
}

/** A rollout at its beginning. */
export function startRollout(plan: TrafficPlan, at: string): Progress {
  const steps = ladder(plan);
  return {
    identity: plan.rollout.identity,
    phase: plan.candidate === undefined ? "idle" : "progressing",
    ladder: steps,
    step: steps.length === 0 ? -1 : 0,
    raises: 0,
    startedAt: at,
    stepSince: at,
    elapsedMs: 0,
    ...freshStep,
    intervals: 0,
  };
}

/** What is counted of a step when it begins. */
const freshStep = { stepElapsedMs: 0, stepArms: {}, stepCopies: 0, stepIntervals: 0, proven: false };

/**
 * Another step begins: what the step before has shown is no evidence of it. With all traffic nothing is left to compare
 * with, and what was shown before has to do.
 */
export const beginStep = (
  { proven }: Pick<Progress, "proven">,
  rung: "shadow" | number | undefined,
): typeof freshStep => ({ ...freshStep, proven: rung === WHOLE && proven });

/** The candidate's part of the traffic now. */
export function shareOf({ ended, ladder: steps, step }: Progress): { weight: number; shadowing: boolean } {
  const rung = ended === undefined ? steps[step] : undefined;
  return rung === "shadow" ? { weight: 0, shadowing: true } : { weight: rung ?? 0, shadowing: false };
}

/**
 * Another weight for the rollout that runs. Evidence stays. The share falls at once when the new plan allows less, and
 * rises at once only when the plan is manual.
 */
export function changeTarget(progress: Progress, plan: TrafficPlan, at: string): Progress {
  const steps = ladder(plan);
  const before = shareOf(progress);
  const step = plan.rollout.advance === "manual" ? steps.length - 1 : rungAtMost(steps, before);
  const moved: Progress = { ...progress, ladder: steps, step, phase: "progressing" };
  const after = shareOf(moved);
  if (after.weight === before.weight && after.shadowing === before.shadowing) return moved;
  return {
    ...moved,
    ...beginStep(progress, steps[step]),
    stepSince: at,
    raises: progress.raises + Number(after.weight > before.weight),
  };
}

/** The highest rung that gives the candidate no more than it has. */
function rungAtMost(steps: Progress["ladder"], { weight, shadowing }: ReturnType<typeof shareOf>): number {
  if (shadowing || weight === 0) return 0;
  const reached = steps.findLastIndex((rung) => rung !== "shadow" && rung <= weight);
  return Math.max(0, reached);
}

/** Ends a rollout: the candidate gets nothing from here on. */
export function end(progress: Progress, at: string, cause: string, reason: string): Transition {
  const from = progress.candidateFromMs;
  const ended: Ended = {
    at,
    cause,
    reason,
    ...(from !== undefined && { detectSeconds: round((progress.elapsedMs - from) / 1000) }),
    lastBadMs: 0,
  };
  return { progress: { ...progress, phase: "aborted", ended }, change: { kind: "abort", text: reason } };
}

/** A step in words: `shadow`, `5 %`. */
export const describeRung = (rung: "shadow" | number | undefined): string =>
  rung === undefined ? "no traffic" : rung === "shadow" ? "shadow" : `${rung / 100} %`;

/** To three decimals. */
export const round = (value: number): number => Math.round(value * 1000) / 1000;
