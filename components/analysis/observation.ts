import { mostHarmed } from "./culprit.ts";
import type { Culprit, Evidence } from "./evidence.ts";
import { stakeOf } from "./guard.ts";
import { extendTrack, freshGuard, type GuardState, NO_TRACK, observeGuard, type Track } from "./guard-state.ts";
import type { Interval } from "./interval.ts";
import { isSilent } from "./pace.ts";
import { logMixture, rollbackLogE } from "./proportion.ts";
import type { Prepared, PreparedGuard } from "./settings.ts";
import { zip } from "./zip.ts";

/** Version of the method: what another one remembers, or has concluded, is not comparable. */
export const METHOD = 2;

/** All a judge remembers, as plain data: write it as JSON, give it to `createJudge`, and it goes on as if never stopped. */
export interface JudgeState {
  /** Version of the method that it was made by. */
  readonly method: number;
  readonly intervals: number;
  readonly from: number | null;
  readonly seconds: number;
  readonly started: number;
  readonly guards: readonly GuardState[];
  readonly combined: Track;
  readonly fired: { readonly interval: number; readonly at: number; readonly culprit: Culprit | null } | null;
}

/** The state before the first interval. */
export function begin({ guards, steps }: Prepared): JudgeState {
  return {
    method: METHOD,
    intervals: 0,
    from: null,
    seconds: 0,
    started: 1,
    guards: guards.map((guard) => freshGuard(guard, steps)),
    combined: NO_TRACK,
    fired: null,
  };
}

/** @throws RangeError when a judge with another method, other guards or steps left this state. */
export function checkState({ guards, steps }: Prepared, state: JudgeState): void {
  if (state.method !== METHOD) {
    throw new RangeError(`judge state: saw that of method ${state.method ?? 1}; this judge has method ${METHOD}`);
  }
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

/** The state after one more interval. @throws RangeError on impossible counts or an unknown guard name */
export function observe(judged: Prepared, before: JudgeState, interval: Interval): JudgeState {
  checkInterval(judged, interval);
  const index = before.intervals;
  const started = Math.max(before.started, (interval.step ?? 0) + 1);
  const pairs = zip(judged.guards, before.guards);
  const guards = pairs.map(([prepared, state]) => observeGuard(prepared, state, interval, index, before.started));
  const harm = logMixture(
    guards.map(({ rollback }) => rollback.log),
    judged.guards.map(({ guard }) => stakeOf(guard)),
  );
  const combined = extendTrack(before.combined, harm, index);
  const fires = before.fired === null && combined.log >= Math.log(1 / judged.alpha);
  return {
    method: METHOD,
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
export function missingArms({ guards, noDataAfter }: Prepared, states: readonly GuardState[]): Evidence["missing"] {
  return decidingPairs(guards, states).flatMap(([, { name, stable, candidate }]) => [
    ...(isSilent(stable, noDataAfter) ? [{ guard: name, arm: "stable" } as const] : []),
    ...(isSilent(candidate, noDataAfter) ? [{ guard: name, arm: "candidate" } as const] : []),
  ]);
}

/** The guards that decide, each with what it has seen. */
export const decidingPairs = (
  guards: readonly PreparedGuard[],
  states: readonly GuardState[],
): readonly (readonly [PreparedGuard, GuardState])[] => zip(guards, states).filter(([{ guard }]) => stakeOf(guard) > 0);

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
    decidingPairs(judged.guards, guards).map(([{ comparisons }, { name, rollback, comparisons: states }]) => ({
      guard: name,
      max: rollback.max,
      maxAt: rollback.maxAt,
      comparisons: zip(comparisons, states).map(([comparison, state]) => ({ comparison, log: rollbackLogE(state) })),
    })),
  );
}
