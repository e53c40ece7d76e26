import { addColumns, baselineOf, blockOf, type Columns, columnsOf, NO_COUNTS } from "./guard.ts";
import type { Interval } from "./interval.ts";
import { type ArmPace, addPace, NO_PACE } from "./pace.ts";
import { EMPTY_PATH, extendPath, type Path } from "./path.ts";
import {
  beginStep,
  type ComparisonState,
  HISTORY_UNITS,
  logMeanExp,
  promoteLogE,
  rollbackLogE,
  startComparison,
  stepComparison,
} from "./proportion.ts";
import type { PreparedGuard } from "./settings.ts";
import { zip } from "./zip.ts";

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
  readonly stable: ArmPace;
  readonly candidate: ArmPace;
  readonly comparisons: readonly ComparisonState[];
  readonly rollback: Track;
  readonly promote: Track;
}

/**
 * At low traffic an interval often has data on one arm only, which tells nothing. Its counts wait for the other arm,
 * but not longer than this: within a block the rates are taken to be constant.
 */
const BLOCK_SECONDS = 60;

/** The most that a second of latency may add to the log e-value of harm: all of a candidate too late is found in some five seconds. */
const HARM_PER_SECOND = 1;

/** Nothing has been seen yet. */
export const NO_TRACK: Track = { log: 0, max: 0, maxAt: null, path: EMPTY_PATH };

/** A guard before the first interval. @param steps how often evidence of harm starts anew */
export const freshGuard = ({ guard, comparisons }: PreparedGuard, steps: number): GuardState => ({
  name: guard.name,
  totals: NO_COUNTS,
  pending: NO_COUNTS,
  pendingSeconds: 0,
  stable: NO_PACE,
  candidate: NO_PACE,
  comparisons: comparisons.map((comparison) => startComparison(steps, baselineOf(guard, comparison))),
  rollback: NO_TRACK,
  promote: NO_TRACK,
});

/** The guard after one more interval. @param index the interval's number @param stepBefore the last step that has begun, from 1 */
export function observeGuard(
  prepared: PreparedGuard,
  before: GuardState,
  interval: Interval,
  index: number,
  stepBefore: number,
): GuardState {
  const { guard } = prepared;
  const started = Math.max(stepBefore, (interval.step ?? 0) + 1);
  const given = interval.counts[guard.name];
  const counts = given === undefined ? NO_COUNTS : columnsOf(guard, given);
  const begins = (interval.step ?? 0) + 1 > stepBefore;
  // Another step divides traffic anew: what waits from before is a block of its own, and cannot show anything any more.
  const known = begins ? beginStepOf(close(prepared, before, stepBefore)) : before;
  const pending = addColumns(known.pending, counts);
  const pendingSeconds = known.pendingSeconds + interval.seconds;
  // While stable's rate is not known, what it does before the candidate's first unit teaches it, and need not wait.
  const isUnknown = known.comparisons.some(({ stableUnits }) => stableUnits < HISTORY_UNITS);
  const teaches = isUnknown && known.totals.n1 === 0 && counts.n1 === 0;
  const closes = teaches || (pending.n0 > 0 && pending.n1 > 0) || pendingSeconds >= BLOCK_SECONDS;
  const open = { ...known, pending, pendingSeconds };
  const { comparisons: states, ...waiting } = closes ? close(prepared, open, started) : open;
  return {
    ...waiting,
    comparisons: states,
    totals: addColumns(before.totals, counts),
    stable: addPace(before.stable, counts.n0, interval.seconds),
    candidate: addPace(before.candidate, counts.n1, interval.seconds),
    rollback: extendTrack(before.rollback, logMeanExp(states.map((state) => rollbackLogE(state))), index),
    promote: extendTrack(known.promote, Math.min(...states.map(promoteLogE)), index),
  };
}

const beginStepOf = (state: GuardState): GuardState => ({
  ...state,
  promote: { ...NO_TRACK, path: state.promote.path },
  comparisons: state.comparisons.map(beginStep),
});

/** What waits becomes a block. */
function close({ guard, comparisons }: PreparedGuard, before: GuardState, started: number): GuardState {
  const { pending, pendingSeconds } = before;
  const { designEffect = 1 } = guard;
  // One thing makes all requests of a moment late: a pause, a neighbour. A second is not more than one piece of evidence.
  const mostHarm = guard.kind === "latency" ? HARM_PER_SECOND * Math.max(1, pendingSeconds) : undefined;
  return {
    ...before,
    pending: NO_COUNTS,
    pendingSeconds: 0,
    comparisons: zip(comparisons, before.comparisons).map(([comparison, state]) =>
      stepComparison(state, blockOf(comparison, pending), {
        boundary: comparison.boundary,
        designEffect,
        started,
        ...(mostHarm !== undefined && { mostHarm }),
      }),
    ),
  };
}

/** The track after an interval. */
export function extendTrack(track: Track, log: number, index: number): Track {
  const higher = log > track.max;
  return {
    log,
    max: higher ? log : track.max,
    maxAt: higher ? index : track.maxAt,
    path: extendPath(track.path, index, log),
  };
}
