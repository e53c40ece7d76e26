import { mostHarmed } from "./culprit.ts";
import type { Culprit, Evidence } from "./evidence.ts";
import {
  addColumns,
  baselineOf,
  blockOf,
  type Columns,
  type Comparison,
  checkGuards,
  columnsOf,
  comparisonsOf,
  type Guard,
  type GuardCounts,
  NO_COUNTS,
} from "./guard.ts";
import { EMPTY_PATH, extendPath, type Path } from "./path.ts";
import {
  type ComparisonState,
  HISTORY_UNITS,
  logMeanExp,
  promoteLogE,
  rollbackLogE,
  startComparison,
  stepComparison,
} from "./proportion.ts";

/** On what terms a candidate is judged. */
export interface JudgeSettings {
  readonly guards: readonly Guard[];
  /** Chance of a false rollback over a whole rollout, above 0, below 1. @default 0.01 */
  readonly alpha?: number;
  /** Chance of promoting a candidate that is worse than a margin, above 0, below 1. @default 0.05 */
  readonly beta?: number;
  /** Judged time after which no decision is `inconclusive`. Unit: s. @default unlimited */
  readonly maxDuration?: number;
  /** Intervals in a row without data on an arm until the verdict is `noData`. @default 5 */
  readonly noDataAfter?: number;
  /** Steps of the rollout that carry traffic, at least 1: evidence of harm starts anew with each. @default 1 */
  readonly steps?: number;
}

/** What was counted in one interval. Counts are of this interval only, never running totals. */
export interface Interval {
  /** Start, ms epoch. */
  readonly at: number;
  /** Length in s. */
  readonly seconds: number;
  /** Number of the rollout step, from 0. @default 0 */
  readonly step?: number;
  /** Counts by guard name; a guard left out had none. */
  readonly counts: Readonly<Record<string, GuardCounts>>;
}

/** A log e-value now, at its highest, and over time. */
export interface Track {
  readonly log: number;
  readonly max: number;
  readonly maxAt: number | null;
  readonly path: Path;
}

/** What is remembered of one guard: plain data. */
export interface GuardState {
  readonly name: string;
  readonly totals: Columns;
  /** Counts that wait until both arms have some. */
  readonly pending: Columns;
  readonly pendingSeconds: number;
  readonly silentStable: number;
  readonly silentCandidate: number;
  readonly comparisons: readonly ComparisonState[];
  readonly rollback: Track;
  readonly promote: Track;
}

/** All a judge remembers, as plain data: write it as JSON, give it to `createJudge`, and it goes on as if never stopped. */
export interface JudgeState {
  readonly intervals: number;
  readonly from: number | null;
  readonly seconds: number;
  readonly started: number;
  readonly guards: readonly GuardState[];
  readonly combined: Track;
  readonly fired: { readonly interval: number; readonly at: number; readonly culprit: Culprit | null } | null;
}

/**
 * At low traffic an interval often has data on one arm only, which tells nothing. Its counts wait for the other arm,
 * but not longer than this: within a block the rates are taken to be constant.
 */
const BLOCK_SECONDS = 60;

/** A guard with the comparisons that it makes. */
export interface PreparedGuard {
  readonly guard: Guard;
  readonly comparisons: readonly Comparison[];
}

/** Settings with their defaults filled in. */
export type Prepared = Required<Omit<JudgeSettings, "guards">> & { readonly guards: readonly PreparedGuard[] };

/** Settings with defaults filled. @throws RangeError */
export function prepare(settings: JudgeSettings): Prepared {
  const {
    guards,
    alpha = 0.01,
    beta = 0.05,
    maxDuration = Number.POSITIVE_INFINITY,
    noDataAfter = 5,
    steps = 1,
  } = settings;
  checkGuards(guards);
  const within = (name: string, value: number, holds: boolean, allowed: string): void => {
    if (!holds) throw new RangeError(`judge ${name}: saw ${value}; allowed is ${allowed}`);
  };
  within("alpha", alpha, alpha > 0 && alpha < 1, "above 0, below 1");
  within("beta", beta, beta > 0 && beta < 1, "above 0, below 1");
  within("maxDuration", maxDuration, maxDuration > 0, "above 0 s");
  within("noDataAfter", noDataAfter, noDataAfter >= 1, "1 interval or more");
  within("steps", steps, Number.isInteger(steps) && steps >= 1, "a whole number from 1");
  const prepared = guards.map((guard) => ({ guard, comparisons: comparisonsOf(guard) }));
  return { guards: prepared, alpha, beta, maxDuration, noDataAfter, steps };
}

const NO_TRACK: Track = { log: 0, max: 0, maxAt: null, path: EMPTY_PATH };

/** The state before the first interval. */
export function begin({ guards, steps }: Prepared): JudgeState {
  const fresh = ({ guard, comparisons }: PreparedGuard): GuardState => ({
    name: guard.name,
    totals: NO_COUNTS,
    pending: NO_COUNTS,
    pendingSeconds: 0,
    silentStable: 0,
    silentCandidate: 0,
    comparisons: comparisons.map((comparison) => startComparison(steps, baselineOf(guard, comparison))),
    rollback: NO_TRACK,
    promote: NO_TRACK,
  });
  return {
    intervals: 0,
    from: null,
    seconds: 0,
    started: 1,
    guards: guards.map(fresh),
    combined: NO_TRACK,
    fired: null,
  };
}

/** @throws RangeError when a judge with other guards or steps left this state. */
export function checkState({ guards, steps }: Prepared, state: JudgeState): void {
  const shape = (names: readonly string[], comparisons: readonly number[], starts: number): string =>
    `${names.map((name, i) => `${name} × ${comparisons[i]}`).join(", ")}; ${starts} steps`;
  const expected = shape(
    guards.map(({ guard }) => guard.name),
    guards.map(({ comparisons }) => comparisons.length),
    steps,
  );
  const seen = shape(
    state.guards.map(({ name }) => name),
    state.guards.map(({ comparisons }) => comparisons.length),
    state.guards[0]?.comparisons[0]?.rollback.length ?? 0,
  );
  if (seen !== expected) throw new RangeError(`judge state: saw that of ${seen}; these settings have ${expected}`);
}

/** Two lists that describe the same things in the same order, side by side. */
export function zip<A, B>(as: readonly A[], bs: readonly B[]): readonly (readonly [A, B])[] {
  return as.flatMap((a, i) => {
    const b = bs[i];
    return b === undefined ? [] : [[a, b] as const];
  });
}

/** The state after one more interval. @throws RangeError on impossible counts or an unknown guard name */
export function observe(judged: Prepared, before: JudgeState, interval: Interval): JudgeState {
  checkInterval(judged, interval);
  const index = before.intervals;
  const started = Math.max(before.started, (interval.step ?? 0) + 1);
  const pairs = zip(judged.guards, before.guards);
  const guards = pairs.map(([prepared, state]) => observeGuard(prepared, state, interval, index, started));
  const combined = extendTrack(before.combined, logMeanExp(guards.map(({ rollback }) => rollback.log)), index);
  const fires = before.fired === null && combined.log >= Math.log(1 / judged.alpha);
  return {
    intervals: index + 1,
    from: before.from ?? interval.at,
    seconds: before.seconds + (missingArms(judged, guards).length === 0 ? interval.seconds : 0),
    started,
    guards,
    combined,
    fired: fires ? { interval: index, at: interval.at, culprit: strongestHarm(judged, guards) } : before.fired,
  };
}

/** Arms that have been silent too long, or always. */
export function missingArms({ noDataAfter }: Prepared, guards: readonly GuardState[]): Evidence["missing"] {
  return guards.flatMap(({ name, totals, silentStable, silentCandidate }) => [
    ...(totals.n0 === 0 || silentStable >= noDataAfter ? [{ guard: name, arm: "stable" } as const] : []),
    ...(totals.n1 === 0 || silentCandidate >= noDataAfter ? [{ guard: name, arm: "candidate" } as const] : []),
  ]);
}

function checkInterval({ guards }: Prepared, { seconds, counts }: Interval): void {
  if (!(seconds >= 0 && Number.isFinite(seconds))) {
    throw new RangeError(`interval seconds: saw ${seconds}; allowed is 0 or more`);
  }
  const names = guards.map(({ guard }) => guard.name);
  const stranger = Object.keys(counts).find((name) => !names.includes(name));
  if (stranger !== undefined) {
    throw new RangeError(`interval counts: saw "${stranger}"; the guards are ${names.join(", ")}`);
  }
}

function strongestHarm(judged: Prepared, guards: readonly GuardState[]): Culprit | null {
  return mostHarmed(
    zip(judged.guards, guards).map(([{ comparisons }, { name, rollback, comparisons: states }]) => ({
      guard: name,
      max: rollback.max,
      maxAt: rollback.maxAt,
      comparisons: zip(comparisons, states).map(([comparison, state]) => ({ comparison, log: rollbackLogE(state) })),
    })),
  );
}

function observeGuard(
  { guard, comparisons }: PreparedGuard,
  before: GuardState,
  interval: Interval,
  index: number,
  started: number,
): GuardState {
  const given = interval.counts[guard.name];
  const counts = given === undefined ? NO_COUNTS : columnsOf(guard, given);
  const pending = addColumns(before.pending, counts);
  const pendingSeconds = before.pendingSeconds + interval.seconds;
  // While stable's rate is not known, what it does before the candidate's first unit teaches it, and need not wait.
  const isUnknown = before.comparisons.some(({ stableUnits }) => stableUnits < HISTORY_UNITS);
  const teaches = isUnknown && before.totals.n1 === 0 && counts.n1 === 0;
  const closes = teaches || (pending.n0 > 0 && pending.n1 > 0) || pendingSeconds >= BLOCK_SECONDS;
  const designEffect = guard.designEffect ?? 1;
  const states = closes
    ? zip(comparisons, before.comparisons).map(([comparison, state]) =>
        stepComparison(state, blockOf(comparison, pending), { boundary: comparison.boundary, designEffect, started }),
      )
    : before.comparisons;
  return {
    name: before.name,
    totals: addColumns(before.totals, counts),
    pending: closes ? NO_COUNTS : pending,
    pendingSeconds: closes ? 0 : pendingSeconds,
    silentStable: counts.n0 > 0 ? 0 : before.silentStable + 1,
    silentCandidate: counts.n1 > 0 ? 0 : before.silentCandidate + 1,
    comparisons: states,
    rollback: extendTrack(before.rollback, logMeanExp(states.map(rollbackLogE)), index),
    promote: extendTrack(before.promote, Math.min(...states.map(promoteLogE)), index),
  };
}

function extendTrack(track: Track, log: number, index: number): Track {
  const higher = log > track.max;
  return {
    log,
    max: higher ? log : track.max,
    maxAt: higher ? index : track.maxAt,
    path: extendPath(track.path, index, log),
  };
}
