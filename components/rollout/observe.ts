import { type GuardEvidence, HISTORY_UNITS, type Verdict } from "../analysis/index.ts";
import { decides, kindOf } from "../guards/index.ts";
import type { RolloutPlan } from "../traffic/plan.ts";
import type { ClosedInterval, Excess } from "./interval.ts";
import type { Verdicts } from "./judges.ts";
import { beginStep, describeRung, end, type Progress, round, shareOf, type Transition } from "./progress.ts";
import { describeMismatch } from "./share.ts";
import { limitOf, repeatedFailures, waitsFor } from "./waits.ts";

/** What one interval showed. */
export interface Observation {
  /** Wall clock, for people. */
  readonly at: string;
  /** Length of the interval on a monotonic clock, in ms. */
  readonly ms: number;
  readonly closed: ClosedInterval;
  readonly verdicts: Verdicts;
}

/** The rollout after one more interval: it stays, climbs, completes, holds, or ends. */
export function observe(before: Progress, plan: RolloutPlan, seen: Observation): Transition {
  if (before.step < 0 || before.ended !== undefined) return { progress: before };
  const progress = add(before, plan, seen);
  const harm = harmIn(progress, plan, seen);
  if (harm !== undefined) return end(progress, seen.at, harm.cause, harm.reason);
  if (progress.mismatch !== undefined) return holdMismatch(before, progress, progress.mismatch);
  if (progress.phase === "complete") return { progress };
  return climb(progress, plan, seen.at) ?? timeOut(progress, plan, seen) ?? { progress };
}

function add(before: Progress, plan: RolloutPlan, { ms, closed, verdicts }: Observation): Progress {
  const { live: verdict, share } = verdicts;
  const stepArms = { ...before.stepArms };
  const taught: Record<string, number> = { ...before.taught };
  // What was drawn tells it as well: while a version is cold, its guards count nothing.
  let reached = closed.copies !== undefined || closed.arrivals?.draws.some(({ candidate }) => candidate > 0) === true;
  for (const [guard, { n0, n1 }] of Object.entries(closed.live.counts)) {
    const known = stepArms[guard];
    const stable = known?.stable === true || n0 > 0;
    const judged = known?.judged === true || (stable && n1 > 0 && (before.taught?.[guard] ?? 0) >= HISTORY_UNITS);
    stepArms[guard] = { stable, candidate: known?.candidate === true || n1 > 0, judged };
    taught[guard] = (taught[guard] ?? 0) + n0;
    reached ||= n1 > 0;
  }
  const { doubt: _doubted, mismatch: _mismatch, possibleHarm: _harm, limit: _limit, ...kept } = before;
  const possibleHarm = possibleHarmIn(plan, verdicts);
  const mismatch = describeMismatch(plan, share);
  const half = verdict.evidence.thresholds.rollback / 2;
  const doubted = verdict.evidence.guards.find(({ stake, rollback }) => stake > 0 && rollback.log > half);
  const answered = answeredCopies(closed);
  return {
    ...kept,
    taught,
    ...(doubted !== undefined && { doubt: doubted.name }),
    ...(mismatch !== undefined && { mismatch }),
    ...(possibleHarm !== undefined && { possibleHarm }),
    ...(closed.limit !== undefined && { limit: closed.limit }),
    compared: comparedIn(before.compared, plan, closed),
    ...(closed.excess !== undefined && { excess: sumOf(before.excess, closed.excess) }),
    elapsedMs: before.elapsedMs + ms,
    stepElapsedMs: before.stepElapsedMs + ms,
    ...(reached && before.candidateFromMs === undefined && { candidateFromMs: before.elapsedMs }),
    stepArms,
    stepCopies: before.stepCopies + answered,
    stepIntervals: (before.stepIntervals ?? 0) + Number(reached),
    intervals: before.intervals + 1,
    proven: before.proven || verdict.verdict === "promote",
  };
}

/** Of the guards on lost requests the one that leaves most possible. */
function possibleHarmIn({ guards }: RolloutPlan, { live, copies }: Verdicts): Progress["possibleHarm"] {
  const known = guards.flatMap((guard) => {
    const shown = evidenceOn(guard.metric, live);
    if (kindOf(guard).losesRequests !== true || !decides(guard) || shown?.possibleExcess === undefined) return [];
    const ofCopies = evidenceOn(guard.metric, copies)?.possibleExcess ?? 1;
    // Copies rule out what people have not seen yet, never what they have.
    return [{ guard: guard.metric, excess: Math.min(shown.possibleExcess, Math.max(ofCopies, seenExcess(shown))) }];
  });
  return known.toSorted((a, b) => b.excess - a.excess)[0];
}

const evidenceOn = (metric: string, { evidence }: Verdict): GuardEvidence | undefined =>
  evidence.guards.find(({ name }) => name === metric);

/** How much more often the candidate has lost requests than stable so far, as it is judged. */
function seenExcess({ comparisons: [loudest] }: GuardEvidence): number {
  const { compared } = loudest ?? {};
  return compared === undefined || compared === null ? 0 : Math.max(0, compared.candidate - compared.stable);
}

/** Requests of each version: of the guards that count requests the one that counted most, some leave out what is cold. */
function comparedIn(
  before: Progress["compared"],
  { guards }: RolloutPlan,
  { live: { counts } }: ClosedInterval,
): NonNullable<Progress["compared"]> {
  const blocks = guards.flatMap(({ metric, source }) => (source === "requests" ? (counts[metric] ?? []) : []));
  return {
    stable: (before?.stable ?? 0) + Math.max(0, ...blocks.map(({ n0 }) => n0)),
    candidate: (before?.candidate ?? 0) + Math.max(0, ...blocks.map(({ n1 }) => n1)),
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

/** Copies that show no harm of any kind: no copy shows two. */
function answeredCopies({ copies }: ClosedInterval): number {
  const counts = Object.values(copies?.counts ?? {});
  return counts.reduce((left, { x1 }) => left - Number(x1), counts[0]?.n1 ?? 0);
}

function harmIn(
  progress: Progress,
  { guards }: RolloutPlan,
  { verdicts: { live: verdict, copies } }: Observation,
): { readonly cause: string; readonly reason: string } | undefined {
  if (verdict.verdict === "rollback") return describeHarm(verdict, guards, "stable");
  const { shadowing } = shareOf(progress);
  return shadowing && copies.verdict === "rollback"
    ? describeHarm(copies, guards, "the same requests at stable")
    : undefined;
}

function describeHarm(
  { evidence }: Verdict,
  guards: RolloutPlan["guards"],
  against: string,
): { readonly cause: string; readonly reason: string } {
  const name = evidence.culprit?.guard ?? evidence.guards[0]?.name ?? "unknown";
  const loudest = evidence.guards.find((guard) => guard.name === name)?.comparisons[0];
  const guard = guards.find(({ metric }) => metric === name) ?? { metric: name };
  const rates = loudest === undefined ? "" : ` (${kindOf(guard).harm(loudest, against, guard)})`;
  return {
    cause: `guard:${name}`,
    reason: `${name} is worse than its margin allows${rates}; p = ${evidence.combined.p.toPrecision(2)}, alpha = ${evidence.alpha}`,
  };
}

/**
 * A split that is not by chance shows nothing of the candidate, neither good nor bad: nothing is climbed, completed or
 * ended by it, and a rollout that was complete is so no more.
 */
function holdMismatch(before: Progress, progress: Progress, text: string): Transition {
  if (before.mismatch !== undefined && progress.phase === "holding") return { progress };
  return { progress: { ...progress, phase: "holding" }, change: { kind: "hold", text } };
}

/** Up one step, or to completion, when everything that the plan asks for has been seen. */
function climb(progress: Progress, plan: RolloutPlan, at: string): Transition | undefined {
  if (progress.phase === "holding" || waitsFor(progress, plan) !== undefined) return undefined;
  const { ladder: steps, step } = progress;
  const next = steps[step + 1];
  if (next === undefined) {
    const text = `the candidate has its ${describeRung(steps[step])} on evidence; it can be promoted`;
    return { progress: { ...progress, phase: "complete" }, change: { kind: "complete", text } };
  }
  const raises = progress.raises + Number(typeof steps[step] === "number");
  return {
    progress: { ...progress, ...beginStep(progress, next), step: step + 1, raises, stepSince: at },
    change: { kind: "step", text: `${describeRung(steps[step])} → ${describeRung(next)}` },
  };
}

/** What the plan says to do when the longest time has brought no decision. */
function timeOut(progress: Progress, plan: RolloutPlan, seen: Observation): Transition | undefined {
  // The judge keeps the time: it stops while there is nothing to judge.
  if (seen.verdicts.live.verdict !== "inconclusive" || progress.phase === "holding") return undefined;
  const minutes = round(progress.elapsedMs / 60_000);
  const text = `no decision after ${minutes} min, waiting for ${waitsFor(progress, plan)?.what ?? "the next step"}`;
  // What speaks against it is not forgotten at the end, and what one client may have caused does not end it.
  const onInconclusive =
    plan.onInconclusive === "promote" && (progress.doubt ?? limitOf(progress, progress.ladder.at(-1))) !== undefined
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
      const moved =
        last === progress.step ? {} : { ...beginStep(progress, progress.ladder[last]), step: last, stepSince: seen.at };
      return { progress: { ...progress, ...moved, phase: "complete" }, change: { kind: "complete", text } };
    }
  }
}
