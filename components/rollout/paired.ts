import type { Block, Interval } from "../analysis/index.ts";

/** What was counted of both versions at the same time, within one step. */
export interface PairedWindow {
  /** How often the share had been raised: across a raise nothing is compared. */
  readonly step: number;
  /** Length in s, above 0. */
  readonly seconds: number;
  /** By guard; of those that count one event. */
  readonly counts: Readonly<Record<string, Block>>;
}

/** A rollout's counts side by side, kept short however long it runs. */
export interface PairedWindows {
  /** A window of at least this length is closed, in s. */
  readonly span: number;
  /** The newest last; the last one may be open. */
  readonly windows: readonly PairedWindow[];
}

/** The least length of a window, in s. */
const SPAN = 60;

/** Four hours of minutes; longer rollouts keep longer windows. */
const MOST_WINDOWS = 240;

/** Nothing was counted yet. */
const NO_WINDOWS: PairedWindows = { span: SPAN, windows: [] };

/** The counts with one interval more. What has no length was counted at another time. */
export function addPaired(before: PairedWindows | undefined, { seconds, step = 0, counts }: Interval): PairedWindows {
  const { span: known, windows: closed } = before ?? NO_WINDOWS;
  if (seconds === 0) return { span: known, windows: closed };
  const blocks = Object.entries(counts).flatMap(([guard, { n0, x0, n1, x1 }]) =>
    typeof x0 === "number" && typeof x1 === "number" ? [[guard, { n0, x0, n1, x1 }] as const] : [],
  );
  const added = extend(closed, { step, seconds, counts: Object.fromEntries(blocks) }, known);
  if (added.length <= MOST_WINDOWS) return { span: known, windows: added };
  const span = 2 * known;
  const merged = added.reduce<readonly PairedWindow[]>((windows, each) => extend(windows, each, span), []);
  return { span, windows: merged.slice(-MOST_WINDOWS) };
}

/** A window goes into the last one while that is open and of the same step. */
function extend(windows: readonly PairedWindow[], next: PairedWindow, span: number): readonly PairedWindow[] {
  const last = windows.at(-1);
  if (last === undefined || last.step !== next.step || last.seconds >= span) return [...windows, next];
  return [...windows.slice(0, -1), { ...last, seconds: last.seconds + next.seconds, counts: sumOf(last, next) }];
}

const NO_UNITS: Block = { n0: 0, x0: 0, n1: 0, x1: 0 };

function sumOf(a: PairedWindow, b: PairedWindow): PairedWindow["counts"] {
  const guards = new Set([...Object.keys(a.counts), ...Object.keys(b.counts)]);
  return Object.fromEntries(
    [...guards].map((guard) => {
      const [left, right] = [a.counts[guard] ?? NO_UNITS, b.counts[guard] ?? NO_UNITS];
      const sum = { n0: left.n0 + right.n0, x0: left.x0 + right.x0, n1: left.n1 + right.n1, x1: left.x1 + right.x1 };
      return [guard, sum];
    }),
  );
}

/** Whether what was kept is what `addPaired` leaves. */
export function isPairedWindows(kept: unknown): kept is PairedWindows {
  if (!isObject(kept) || !isNumber(kept.span) || !Array.isArray(kept.windows)) return false;
  return kept.windows.every(
    (window) =>
      isObject(window) &&
      isNumber(window.step) &&
      isNumber(window.seconds) &&
      isObject(window.counts) &&
      Object.values(window.counts).every(isBlock),
  );
}

const isBlock = (value: unknown): boolean =>
  isObject(value) && [value.n0, value.x0, value.n1, value.x1].every(isNumber);
const isNumber = (value: unknown): value is number => typeof value === "number" && value >= 0 && Number.isFinite(value);
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
