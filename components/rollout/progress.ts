import { HISTORY_UNITS, type Verdict } from "../analysis/index.ts";
import type { RolloutPhase, RolloutStatus } from "../spec/status.ts";
import { ladder, type RolloutPlan, type TrafficPlan } from "../spec/traffic.ts";
import type { ClosedInterval, Excess } from "./interval.ts";
import type { Verdicts } from "./judges.ts";

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
  /** The guard whose evidence of harm stands above half of what ends the rollout. */
  readonly doubt?: string;
  /** What was left out of the comparison on both sides, because few inputs or addresses asked it. */
  readonly excess?: { readonly stable: Excess; readonly candidate: Excess };
  /** Copies the candidate answered without an error on this step. */
  readonly stepCopies: number;
  /** Every guard was shown non-inferior. */
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

/** What one interval showed. */
export interface Observation {
  /** Wall clock, for people. */
  readonly at: string;
  /** Length of the interval on a monotonic clock, in ms. */
  readonly ms: number;
  readonly closed: ClosedInterval;
  readonly verdicts: Verdicts;
}

export interface Change {
  readonly kind: "step" | "complete" | "hold" | "abort";
  readonly text: string;
}

export interface Outcome {
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
    proven: false,
    intervals: 0,
  };
}

const freshStep = { stepElapsedMs: 0, stepArms: {}, stepCopies: 0 };

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
  return { ...moved, ...freshStep, stepSince: at, raises: progress.raises + Number(after.weight > before.weight) };
}

/** The highest rung that gives the candidate no more than it has. */
function rungAtMost(steps: Progress["ladder"], { weight, shadowing }: ReturnType<typeof shareOf>): number {
  if (shadowing || weight === 0) return 0;
  const reached = steps.findLastIndex((rung) => rung !== "shadow" && rung <= weight);
  return Math.max(0, reached);
}

/** The rollout after one more interval: it stays, climbs, completes, holds, or ends. */
export function observe(before: Progress, plan: RolloutPlan, seen: Observation): Outcome {
  if (before.step < 0 || before.ended !== undefined) return { progress: before };
  const progress = add(before, seen);
  const harm = harmIn(progress, seen);
  if (harm !== undefined) return end(progress, seen.at, harm.cause, harm.reason);
  if (progress.phase === "complete") return { progress };
  return climb(progress, plan, seen.at) ?? timeOut(progress, plan, seen) ?? { progress };
}

/** Ends a rollout: the candidate gets nothing from here on. */
export function end(progress: Progress, at: string, cause: string, reason: string): Outcome {
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

function add(before: Progress, { ms, closed, verdicts: { live: verdict } }: Observation): Progress {
  const stepArms = { ...before.stepArms };
  const taught: Record<string, number> = { ...before.taught };
  let reached = closed.copies !== undefined;
  for (const [guard, { n0, n1 }] of Object.entries(closed.live.counts)) {
    const known = stepArms[guard];
    const stable = known?.stable === true || n0 > 0;
    const judged = known?.judged === true || (stable && n1 > 0 && (before.taught?.[guard] ?? 0) >= HISTORY_UNITS);
    stepArms[guard] = { stable, candidate: known?.candidate === true || n1 > 0, judged };
    taught[guard] = (taught[guard] ?? 0) + n0;
    reached ||= n1 > 0;
  }
  const { doubt: _doubted, ...kept } = before;
  const half = verdict.evidence.thresholds.rollback / 2;
  const doubted = verdict.evidence.guards.find(({ rollback }) => rollback.log > half);
  const answered = answeredCopies(closed);
  return {
    ...kept,
    taught,
    ...(doubted !== undefined && { doubt: doubted.name }),
    ...(closed.excess !== undefined && { excess: sumOf(before.excess, closed.excess) }),
    elapsedMs: before.elapsedMs + ms,
    stepElapsedMs: before.stepElapsedMs + ms,
    ...(reached && before.candidateFromMs === undefined && { candidateFromMs: before.elapsedMs }),
    stepArms,
    stepCopies: before.stepCopies + answered,
    intervals: before.intervals + 1,
    proven: before.proven || verdict.verdict === "promote",
  };
}

type BothExcess = NonNullable<Progress["excess"]>;

function sumOf(before: BothExcess | undefined, { stable, candidate }: BothExcess): BothExcess {
  const sum = (a: Excess | undefined, b: Excess): Excess => ({
    requests: (a?.requests ?? 0) + b.requests,
    bad: (a?.bad ?? 0) + b.bad,
  });
  return { stable: sum(before?.stable, stable), candidate: sum(before?.candidate, candidate) };
}

/** Copies that the candidate neither failed nor refused. */
function answeredCopies({ copies }: ClosedInterval): number {
  const [errors, refusals] = [copies?.counts.errorRate, copies?.counts.refusalRate];
  if (errors === undefined) return 0;
  return errors.n1 - [errors, refusals].reduce((sum, counts) => sum + Number(counts?.x1 ?? 0), 0);
}

function harmIn(
  progress: Progress,
  { verdicts: { live: verdict, copies } }: Observation,
): { readonly cause: string; readonly reason: string } | undefined {
  if (verdict.verdict === "rollback") return describeHarm(verdict, "stable");
  const { shadowing } = shareOf(progress);
  return shadowing && copies.verdict === "rollback" ? describeHarm(copies, "the same requests at stable") : undefined;
}

function describeHarm({ evidence }: Verdict, against: string): { readonly cause: string; readonly reason: string } {
  const name = evidence.culprit?.guard ?? evidence.guards[0]?.name ?? "unknown";
  const loudest = evidence.guards.find((guard) => guard.name === name)?.comparisons[0];
  const rates =
    loudest === undefined
      ? ""
      : ` (candidate ${percent(loudest.candidate.rate)} of ${loudest.candidate.units}, ${against} ${percent(loudest.stable.rate)} of ${loudest.stable.units})`;
  return {
    cause: `guard:${name}`,
    reason: `${name} is worse than its margin allows${rates}; p = ${evidence.combined.p.toPrecision(2)}, alpha = ${evidence.alpha}`,
  };
}

/** Up one step, or to completion, when everything that the plan asks for has been seen. */
function climb(progress: Progress, plan: RolloutPlan, at: string): Outcome | undefined {
  if (progress.phase === "holding" || waitsFor(progress, plan) !== undefined) return undefined;
  const { ladder: steps, step } = progress;
  const next = steps[step + 1];
  if (next === undefined) {
    const text = `the candidate has its ${describeRung(steps[step])} on evidence; it can be promoted`;
    return { progress: { ...progress, phase: "complete" }, change: { kind: "complete", text } };
  }
  const raises = progress.raises + Number(typeof steps[step] === "number");
  return {
    progress: { ...progress, ...freshStep, step: step + 1, raises, stepSince: at },
    change: { kind: "step", text: `${describeRung(steps[step])} → ${describeRung(next)}` },
  };
}

export interface Wait {
  readonly what: string;
  /** Absent when it depends on data. */
  readonly ms?: number;
}

/** What keeps the rollout from its next move upwards; undefined when nothing does. */
export function waitsFor(progress: Progress, plan: RolloutPlan): Wait | undefined {
  const { ladder: steps, step } = progress;
  const bake = plan.bakeMs - progress.stepElapsedMs;
  if (bake > 0) return { what: `bake ${describeRung(steps[step])}`, ms: bake };
  const rung = steps[step];
  const isLast = step === steps.length - 1;
  if (rung === 0) return { what: "a weight above 0 %" };
  if (rung === "shadow") {
    if (progress.stepCopies === 0) return { what: "the candidate's first answered copy" };
    if (isLast) return { what: "a weight: copies alone are no evidence for a promotion" };
  } else if (!isLast || !progress.proven) {
    const silent = plan.guards.find(({ metric }) => {
      const arms = progress.stepArms[metric];
      return arms?.stable !== true || arms.candidate !== true;
    });
    if (silent !== undefined) return { what: `data on both versions for ${silent.metric}` };
    // The first units of stable teach the judge: a step that it has only learnt on has shown nothing.
    const unjudged = plan.guards.find(
      ({ metric, source }) => source === "requests" && progress.stepArms[metric]?.judged !== true,
    );
    if (unjudged !== undefined) return { what: `the first interval in which ${unjudged.metric} is judged` };
  }
  if (progress.doubt !== undefined) return { what: `the evidence of harm in ${progress.doubt} to fall` };
  const repeated = repeatedFailures(progress, plan);
  if (repeated !== undefined) return { what: repeated };
  if ((isLast || step === steps.length - 2) && !progress.proven) {
    return { what: "every guard to be shown non-inferior" };
  }
  return undefined;
}

/** So many failures of the same few inputs are no accident. */
const MANY_REPEATS = 20;

/** What few inputs ask again and again neither ends a rollout nor may be forgotten: it holds it. */
function repeatedFailures({ excess }: Progress, plan: RolloutPlan): string | undefined {
  if (excess === undefined || excess.candidate.bad < MANY_REPEATS) return undefined;
  const shareOfBad = ({ requests, bad }: Excess): number => (requests === 0 ? 0 : bad / requests);
  const margin = plan.guards.find(({ metric }) => metric === "refusalRate")?.margin.value ?? 0.005;
  if (shareOfBad(excess.candidate) <= shareOfBad(excess.stable) + margin) return undefined;
  return `an answer to few inputs that come again and again: the candidate failed or refused ${excess.candidate.bad} of ${excess.candidate.requests}`;
}

/** What the plan says to do when the longest time has brought no decision. */
function timeOut(progress: Progress, plan: RolloutPlan, seen: Observation): Outcome | undefined {
  // The judge keeps the time: it stops while there is nothing to judge.
  if (seen.verdicts.live.verdict !== "inconclusive" || progress.phase === "holding") return undefined;
  const minutes = round(progress.elapsedMs / 60_000);
  const text = `no decision after ${minutes} min, waiting for ${waitsFor(progress, plan)?.what ?? "the next step"}`;
  // What speaks against it is not forgotten at the end, and what one client may have caused does not end it.
  const onInconclusive =
    progress.doubt !== undefined && plan.onInconclusive === "promote"
      ? "hold"
      : repeatedFailures(progress, plan) !== undefined
        ? "hold"
        : plan.onInconclusive;
  switch (onInconclusive) {
    case "rollback":
      return end(progress, seen.at, "inconclusive", text);
    case "hold":
      return { progress: { ...progress, phase: "holding" }, change: { kind: "hold", text } };
    case "promote": {
      const last = progress.ladder.length - 1;
      const moved = last === progress.step ? {} : { ...freshStep, step: last, stepSince: seen.at };
      return { progress: { ...progress, ...moved, phase: "complete" }, change: { kind: "complete", text } };
    }
  }
}

export const describeRung = (rung: "shadow" | number | undefined): string =>
  rung === undefined ? "no traffic" : rung === "shadow" ? "shadow" : `${rung / 100} %`;

const percent = (rate: number | null): string => (rate === null ? "no data" : `${(rate * 100).toFixed(2)} %`);
const round = (value: number): number => Math.round(value * 1000) / 1000;
