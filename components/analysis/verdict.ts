import { anytimeP } from "./culprit.ts";
import type {
  ArmTotals,
  ComparisonEvidence,
  Curve,
  Decision,
  Evidence,
  GuardEvidence,
  Next,
  Verdict,
} from "./evidence.ts";
import { blockOf, type Comparison } from "./guard.ts";
import {
  type GuardState,
  type JudgeState,
  missingArms,
  type Prepared,
  type PreparedGuard,
  type Track,
  zip,
} from "./observation.ts";
import { type Block, type ComparisonState, isBeyond, promoteLogE, rollbackLogE, unitsUntil } from "./proportion.ts";

/** What the judge says in a state, with everything a person needs to check it. */
export function renderVerdict(judged: Prepared, state: JudgeState): Verdict {
  const thresholds = { rollback: Math.log(1 / judged.alpha), promote: Math.log(1 / judged.beta) };
  const pairs = zip(judged.guards, state.guards);
  const guards = pairs.map(([prepared, guard]) => renderGuard(prepared, guard, thresholds.promote));
  const missing = missingArms(judged, state.guards);
  const verdict = decide(judged, state, guards, missing);
  return {
    verdict,
    evidence: {
      intervals: state.intervals,
      from: state.from,
      seconds: state.seconds,
      alpha: judged.alpha,
      beta: judged.beta,
      thresholds,
      combined: renderCurve(state.combined),
      fired: state.fired && { interval: state.fired.interval, at: state.fired.at },
      culprit: state.fired?.culprit ?? null,
      guards,
      missing,
      next: foresee(verdict, pairs, guards, missing, thresholds.rollback),
    },
  };
}

function decide(
  { maxDuration }: Prepared,
  { fired, seconds }: JudgeState,
  guards: readonly GuardEvidence[],
  missing: Evidence["missing"],
): Decision {
  if (fired !== null) return "rollback";
  if (missing.length > 0) return "noData";
  if (guards.every(({ nonInferior }) => nonInferior)) return "promote";
  return seconds >= maxDuration ? "inconclusive" : "continue";
}

function renderGuard({ guard, comparisons }: PreparedGuard, state: GuardState, threshold: number): GuardEvidence {
  const designEffect = guard.designEffect ?? 1;
  const pairs = zip(comparisons, state.comparisons);
  const needs = pairs.map(([comparison, evidence]) =>
    unitsUntil(threshold - promoteLogE(evidence), ...observed(comparison, state), designEffect),
  );
  const beyond = comparisons.some((comparison) => isBeyond(...observed(comparison, state)));
  return {
    name: guard.name,
    kind: guard.kind,
    direction: guard.direction,
    margin: guard.margin,
    designEffect,
    comparisons: pairs
      .map(([comparison, evidence]) => renderComparison(comparison, evidence, state))
      .sort((a, b) => b.rollbackLog - a.rollbackLog),
    rollback: renderCurve(state.rollback),
    promote: renderCurve(state.promote),
    nonInferior: state.promote.log >= threshold,
    unitsToPromote: beyond ? null : longest(needs),
  };
}

/** The totals of a comparison and the boundary they are held against. */
const observed = (comparison: Comparison, { totals }: GuardState): [Block, Comparison["boundary"]] => [
  blockOf(comparison, totals),
  comparison.boundary,
];

/** All must come: the longest wait, or never. */
const longest = (waits: readonly (number | null)[]): number | null =>
  waits.reduce((a, b) => (a === null || b === null ? null : Math.max(a, b)), 0);

function renderComparison(
  { side, bound, column }: Comparison,
  state: ComparisonState,
  guard: GuardState,
): ComparisonEvidence {
  const { n0, x0, n1, x1 } = guard.totals;
  return {
    side,
    ...bound,
    stable: renderArm(n0, x0[column] ?? 0),
    candidate: renderArm(n1, x1[column] ?? 0),
    rollbackLog: rollbackLogE(state),
    promoteLog: promoteLogE(state),
  };
}

const renderArm = (units: number, events: number): ArmTotals => ({
  units,
  events,
  rate: units > 0 ? events / units : null,
});

const renderCurve = (track: Track): Curve => ({ ...track, p: anytimeP(track.max) });

function foresee(
  verdict: Decision,
  pairs: readonly (readonly [PreparedGuard, GuardState])[],
  guards: readonly GuardEvidence[],
  missing: Evidence["missing"],
  threshold: number,
): Next {
  if (verdict === "rollback") {
    return {
      decision: "rollback",
      candidateUnits: 0,
      guard: null,
      reason: "harm is shown; only a new rollout starts afresh",
    };
  }
  const [silent] = missing;
  if (silent !== undefined) {
    const reason = `no data on the ${silent.arm} arm of ${silent.guard}; nothing is decided until it comes`;
    return { decision: null, candidateUnits: null, guard: silent.guard, reason };
  }
  return (verdict === "promote" ? null : nextRollback(pairs, threshold)) ?? nextPromotion(guards);
}

/** The soonest rollback, if some guard's observed rates lie beyond its margin. */
function nextRollback(pairs: readonly (readonly [PreparedGuard, GuardState])[], threshold: number): Next | null {
  const waits = pairs.flatMap(([{ guard, comparisons }, state]) =>
    zip(comparisons, state.comparisons).flatMap(([comparison, evidence]) => {
      if (!isBeyond(...observed(comparison, state))) return [];
      // One of so many equal stakes: it has to win back the others', too.
      const needed = threshold + Math.log(pairs.length * comparisons.length) - rollbackLogE(evidence);
      const units = unitsUntil(needed, ...observed(comparison, state), guard.designEffect ?? 1);
      return units === null ? [] : [{ guard: guard.name, units }];
    }),
  );
  if (waits.length === 0) return null;
  const { guard, units } = waits.reduce((a, b) => (b.units < a.units ? b : a));
  const reason = `${guard} is beyond its margin so far; a rollback is due in about ${units} candidate units if it stays so`;
  return { decision: "rollback", candidateUnits: units, guard, reason };
}

function nextPromotion(guards: readonly GuardEvidence[]): Next {
  const open = guards.filter(({ nonInferior }) => !nonInferior);
  const undecidable = open.find(({ unitsToPromote }) => unitsToPromote === null);
  if (undecidable !== undefined) {
    const reason = `${undecidable.name} is at its margin so far: its observed rates lead to no decision`;
    return { decision: null, candidateUnits: null, guard: undecidable.name, reason };
  }
  const slowest = open.toSorted((a, b) => (b.unitsToPromote ?? 0) - (a.unitsToPromote ?? 0))[0];
  if (slowest === undefined) {
    return { decision: "promote", candidateUnits: 0, guard: null, reason: "every guard is shown non-inferior" };
  }
  const candidateUnits = slowest.unitsToPromote;
  const reason = `${slowest.name} needs about ${candidateUnits} more candidate units to be shown non-inferior`;
  return { decision: "promote", candidateUnits, guard: slowest.name, reason };
}
