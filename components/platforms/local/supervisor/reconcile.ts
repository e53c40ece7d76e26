/** What a supervisor decides on: the processes wanted and the processes there, and nothing else. Pure. */

/** A process wanted: one name, one instance of it. */
export interface Wanted {
  readonly name: string;
  readonly instance: string;
}

/** A process that lives. All times are of one clock that never jumps, in milliseconds. */
export interface Running {
  readonly name: string;
  readonly instance: string;
  readonly pid: number;
  readonly startedAt: number;
  /** Since when it answers as itself; absent until then. */
  readonly readyAt?: number;
  /** Since when it has been asked to end; absent until then. */
  readonly stoppingAt?: number;
}

/** What is remembered of a name's last starts. */
export interface History {
  readonly name: string;
  /** The instance that the failures are of. */
  readonly instance: string;
  /** How often it ended without ever having been ready, since it last was. */
  readonly failures: number;
  readonly lastStartAt: number;
  readonly lastEndAt: number;
}

/** What is to be done about the processes of a name. */
export type Action =
  /** `takeover`: another process of this name still lives, and serves until this one does. */
  | { readonly kind: "start"; readonly name: string; readonly instance: string; readonly takeover: boolean }
  | { readonly kind: "stop"; readonly name: string; readonly pid: number; readonly force: boolean }
  /** Nobody wants the name and nothing of it lives. */
  | { readonly kind: "forget"; readonly name: string };

/** Asked to end, a process has this long before it is ended by force, in milliseconds. */
export const graceMs = 10_000;
/** Two starts of one name are never closer than this, in milliseconds. */
export const startSpacingMs = 500;
/** A process that never gets ready is started again after at most this time, or after as long as its last try took, in milliseconds. */
export const longestBackoffMs = 2_000;
/** However long a try took, the next one begins after at most this time, in milliseconds. */
export const longestPauseMs = 300_000;

/** What to do now so that what runs becomes what is wanted. Asked again at any time it gives the same, or less. */
export function reconcile(
  wanted: readonly Wanted[],
  running: readonly Running[],
  histories: readonly History[],
  now: number,
): readonly Action[] {
  const names = new Set([...wanted, ...running, ...histories].map(({ name }) => name));
  return [...names].sort().flatMap((name) => {
    const want = wanted.find((each) => each.name === name);
    const processes = running.filter((each) => each.name === name);
    const history = histories.find((each) => each.name === name);
    return [
      ...endings(want, processes, now),
      ...starts(want, processes, history, now),
      ...forgets(name, want, processes),
    ];
  });
}

/** When this name may be started again, on the clock of `history`. */
export function nextStartAt(want: Wanted, history: History | undefined): number {
  if (history === undefined || history.instance !== want.instance) return Number.NEGATIVE_INFINITY;
  const backoff = history.failures === 0 ? 0 : Math.min(longestBackoffMs, 100 * 2 ** (history.failures - 1));
  const took = history.lastEndAt - history.lastStartAt;
  // Half of the time it may load, at most: a model that takes a minute to fail would keep a processor busy for ever.
  const pause = history.failures > 0 && Number.isFinite(took) ? Math.min(took, longestPauseMs) : 0;
  return Math.max(history.lastStartAt + startSpacingMs, history.lastEndAt + Math.max(backoff, pause));
}

function endings(want: Wanted | undefined, processes: readonly Running[], now: number): readonly Action[] {
  const keeper = keeperOf(want, processes);
  return processes.flatMap((each): readonly Action[] => {
    if (each.stoppingAt !== undefined) {
      const overdue = now - each.stoppingAt >= graceMs;
      return overdue ? [{ kind: "stop", name: each.name, pid: each.pid, force: true }] : [];
    }
    // What serves goes on serving until its successor does; what never served has nothing to wait for.
    const stays =
      each === keeper || (want !== undefined && each.readyAt !== undefined && keeper?.readyAt === undefined);
    return stays ? [] : [{ kind: "stop", name: each.name, pid: each.pid, force: false }];
  });
}

function starts(
  want: Wanted | undefined,
  processes: readonly Running[],
  history: History | undefined,
  now: number,
): readonly Action[] {
  if (want === undefined || keeperOf(want, processes) !== undefined || now < nextStartAt(want, history)) return [];
  return [{ kind: "start", name: want.name, instance: want.instance, takeover: processes.length > 0 }];
}

function forgets(name: string, want: Wanted | undefined, processes: readonly Running[]): readonly Action[] {
  return want === undefined && processes.length === 0 ? [{ kind: "forget", name }] : [];
}

// The process that is, or will be, what is wanted: one that is ready before one that is not, the older before the newer.
function keeperOf(want: Wanted | undefined, processes: readonly Running[]): Running | undefined {
  return processes
    .filter((each) => each.instance === want?.instance && each.stoppingAt === undefined)
    .sort(
      (a, b) =>
        Number(b.readyAt !== undefined) - Number(a.readyAt !== undefined) || a.startedAt - b.startedAt || a.pid - b.pid,
    )[0];
}
