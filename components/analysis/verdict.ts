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
import { largestExcess } from "./excess.ts";
import { blockOf, type Comparison, stakeOf } from "./guard.ts";
import type { GuardState, Track } from "./guard-state.ts";
import { decidingPairs, type JudgeState, missingArms } from "./observation.ts";
import {
  type Block,
  type Compared,
  type ComparisonState,
  isBeyond,
  promoteLogE,
  rollbackLogE,
  unitsUntil,
} from "./proportion.ts";
import type { Prepared, PreparedGuard } from "./settings.ts";
import { zip } from "./zip.ts";

/** What the judge says in a state, with everything a person needs to check it. */
export function renderVerdict(judged: Prepared, state: JudgeState): Verdict {
  const thresholds = { rollback: Math.log(1 / judged.alpha), promote: Math.log(1 / judged.beta) };
  const pairs = zip(judged.guards, state.guards);
  const guards = pairs.map(([prepared, guard]) =>
    renderGuard(prepared, guard, { promote: thresholds.promote, excessBeta: judged.excessBeta }),
  );
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
      next: foresee(verdict, decidingPairs(judged.guards, state.guards), guards, missing, thresholds.rollback),
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
  if (guards.every(({ stake, nonInferior }) => stake === 0 || nonInferior)) return "promote";
  return seconds >= maxDuration ? "inconclusive" : "continue";
}

function renderGuard(
  { guard, comparisons }: PreparedGuard,
  state: GuardState,
  { promote: threshold, excessBeta }: { readonly promote: number; readonly excessBeta: number | undefined },
): GuardEvidence {
  const designEffect = guard.designEffect ?? 1;
  const pairs = zip(comparisons, state.comparisons);
  const needs = pairs.map(([comparison, evidence]) =>
    unitsUntil(threshold - promoteLogE(evidence), ...observed(comparison, evidence, state), designEffect),
  );
  const beyond = pairs.some(([comparison, evidence]) => isBeyond(...observed(comparison, evidence, state)));
  return {
    name: guard.name,
    kind: guard.kind,
    direction: guard.direction,
    margin: guard.margin,
    designEffect,
    stake: stakeOf(guard),
    comparisons: pairs
      .map(([comparison, evidence]) => renderComparison(comparison, evidence, state))
      .sort((a, b) => b.rollbackLog - a.rollbackLog),
    rollback: renderCurve(state.rollback),
    promote: renderCurve(state.promote),
    nonInferior: state.promote.log >= threshold,
    ...(excessBeta !== undefined && {
      possibleExcess: Math.max(
        ...pairs.map(([comparison, evidence]) =>
          largestExcess(weighed(observed(comparison, evidence, state)[0], 1 / designEffect), Math.log(1 / excessBeta)),
        ),
      ),
    }),
    unitsToPromote: beyond ? null : longest(needs),
  };
}

/** The units of a comparison at the rates that the judge sees, and the boundary they are held against. */
function observed(
  comparison: Comparison,
  { compared }: ComparisonState,
  { totals }: GuardState,
): [Block, Comparison["boundary"]] {
  const { n0, x0, n1, x1 } = blockOf(comparison, totals);
  const rates = ratesOf(compared);
  const seen = rates === null ? { x0, x1 } : { x0: rates.stable * n0, x1: rates.candidate * n1 };
  return [{ n0, n1, ...seen }, comparison.boundary];
}

/** Units that scatter more are worth fewer. */
const weighed = ({ n0, x0, n1, x1 }: Block, by: number): Block => ({
  n0: n0 * by,
  x0: x0 * by,
  n1: n1 * by,
  x1: x1 * by,
});

const ratesOf = ({ weight, stable, candidate }: Compared): { stable: number; candidate: number } | null =>
  weight === 0 ? null : { stable: stable / weight, candidate: candidate / weight };

/** All must come: the longest wait, or never. */
const longest = (waits: readonly (number | null)[]): number | null =>
  waits.reduce((a, b) => (a === null || b === null ? null : Math.max(a, b)), 0);

function renderComparison(
  { side, bound, column }: Comparison,
  state: ComparisonState,
  guard: GuardState,
): ComparisonEvidence {
  const { n0, x0, n1, x1 } = guard.totals;
  const rates = ratesOf(state.compared);
  // What is judged is the opposite event where a decrease is harm.
  const shown = (rate: number): number => (side === "increase" ? rate : 1 - rate);
  return {
    side,
    ...bound,
    stable: renderArm(n0, x0[column] ?? 0),
    candidate: renderArm(n1, x1[column] ?? 0),
    compared: rates && { stable: shown(rates.stable), candidate: shown(rates.candidate) },
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

/** How much sooner or later than foretold it comes in eight of ten rollouts, as simulations have shown. */
const SOONER = 8;
const LATER = 3;

const rangeOf = (units: number): readonly [number, number] => [Math.ceil(units / SOONER), Math.ceil(units * LATER)];
const forecast = (units: number): Pick<Next, "candidateUnits" | "between"> => ({
  candidateUnits: units,
  between: rangeOf(units),
});
const reached: Pick<Next, "candidateUnits" | "between"> = { candidateUnits: 0, between: [0, 0] };
const unknown: Pick<Next, "candidateUnits" | "between"> = { candidateUnits: null, between: null };
const renderForecast = (units: number): string => `about ${units} (${rangeOf(units).join(" to ")})`;

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
      ...reached,
      guard: null,
      reason: "harm is shown; only a new rollout starts afresh",
    };
  }
  const [silent] = missing;
  if (silent !== undefined) {
    const reason = `no data on the ${silent.arm} arm of ${silent.guard}; nothing is decided until it comes`;
    return { decision: null, ...unknown, guard: silent.guard, reason };
  }
  return (verdict === "promote" ? null : nextRollback(pairs, threshold)) ?? nextPromotion(guards);
}

/** The soonest rollback, if some guard's observed rates lie beyond its margin. */
function nextRollback(pairs: readonly (readonly [PreparedGuard, GuardState])[], threshold: number): Next | null {
  const stakes = pairs.reduce((sum, [{ guard }]) => sum + stakeOf(guard), 0);
  const waits = pairs.flatMap(([{ guard, comparisons }, state]) =>
    zip(comparisons, state.comparisons).flatMap(([comparison, evidence]) => {
      if (!isBeyond(...observed(comparison, evidence, state))) return [];
      // It has to win back the others' stakes, too.
      const needed = threshold + Math.log((stakes / stakeOf(guard)) * comparisons.length) - rollbackLogE(evidence);
      const units = unitsUntil(needed, ...observed(comparison, evidence, state), guard.designEffect ?? 1);
      return units === null ? [] : [{ guard: guard.name, units }];
    }),
  );
  if (waits.length === 0) return null;
  const { guard, units } = waits.reduce((a, b) => (b.units < a.units ? b : a));
  const reason = `${guard} is beyond its margin so far; a rollback is due in ${renderForecast(units)} candidate units if it stays so`;
  return { decision: "rollback", ...forecast(units), guard, reason };
}

function nextPromotion(guards: readonly GuardEvidence[]): Next {
  const open = guards.filter(({ stake, nonInferior }) => stake > 0 && !nonInferior);
  const undecidable = open.find(({ unitsToPromote }) => unitsToPromote === null);
  if (undecidable !== undefined) {
    const reason = `${undecidable.name} is at its margin so far: its observed rates lead to no decision`;
    return { decision: null, ...unknown, guard: undecidable.name, reason };
  }
  const slowest = open.toSorted((a, b) => (b.unitsToPromote ?? 0) - (a.unitsToPromote ?? 0))[0];
  if (slowest === undefined) {
    return { decision: "promote", ...reached, guard: null, reason: "every guard is shown non-inferior" };
  }
  const units = slowest.unitsToPromote ?? 0;
  const reason = `${slowest.name} needs ${renderForecast(units)} more candidate units to be shown non-inferior`;
  return { decision: "promote", ...forecast(units), guard: slowest.name, reason };
}
