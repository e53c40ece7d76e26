import { LATENCY_LADDER, type TailBound, type TailCounts, tailBounds } from "./latency.ts";
import type { Block, Boundary } from "./proportion.ts";

/** Which change of a metric is harmful. */
export type Direction = "increase" | "decrease" | "either";

/**
 * How much worse the candidate may be. `absolute`: a share added to the stable rate, 0.005 = 0.5 percentage points.
 * `relative`: a share of the stable value, 0.2 = 20 %. Promotion needs a margin above 0: no amount of data shows that
 * two rates are equal. Nor can it show a relative margin while the stable rate is 0.
 */
export interface Margin {
  readonly kind: "absolute" | "relative";
  readonly value: number;
  /**
   * Relative only: a share that is tolerated on top, so that `value` times the stable rate + `offset` is. For means whose
   * zero is not the rate 0: values from a to b, counted as (x - a) / (b - a), have it at -a / (b - a), and the offset
   * `value` · a / (b - a) makes the margin one of the mean. @default 0
   */
  readonly offset?: number;
}

interface GuardBase {
  /** Names the guard in counts and evidence. */
  readonly name: string;
  /**
   * How many times more the counts scatter than independent units would (retries, pod effects); at least 1. Evidence
   * is divided by it. @default 1
   */
  readonly designEffect?: number;
  /**
   * What its word weighs beside the other guards' in a rollback, 0 or more: harm in one with a larger stake is found
   * sooner, at the cost of the others. With 0 it is judged and shown, and decides nothing. @default 1
   */
  readonly stake?: number;
}

/** A share of units that show an event: failures, positive predictions, wrong answers; or the mean of a value in 0..1. */
export interface ProportionGuard extends GuardBase {
  readonly kind: "proportion";
  readonly direction: Direction;
  readonly margin: Margin;
  /**
   * The stable version's historic rate, 0 to 1. With it the first request is judged; without it the first 200 stable
   * units teach the rate. A wrong value costs time, never the error guarantee.
   */
  readonly baseline?: number;
}

/** The share of requests slower than each rung of a ladder, the candidate's rungs being longer by the margin. */
export interface LatencyGuard extends GuardBase {
  readonly kind: "latency";
  /** Slower is harmful; faster never is. */
  readonly direction: "increase";
  /** Relative: 0.2 lets the candidate be 20 % slower. */
  readonly margin: Margin & { readonly kind: "relative" };
  /** The share by which the candidate's tail may still be heavier at any rung. @default 0.01 */
  readonly tailShare?: number;
  /** The rungs in ms, rising. @default 10 ms doubled up to 10.24 s */
  readonly ladder?: readonly number[];
}

/** What is compared, and how much worse is tolerated. */
export type Guard = ProportionGuard | LatencyGuard;

/** Counts of one interval for a proportion guard are a block, for a latency guard the tails at its rungs. */
export type GuardCounts = Block | TailCounts;

/** The same for both kinds of guard: one column of events per measured quantity. */
export interface Columns {
  readonly n0: number;
  readonly x0: readonly number[];
  readonly n1: number;
  readonly x1: readonly number[];
}

/** Nothing was counted. */
export const NO_COUNTS: Columns = { n0: 0, x0: [], n1: 0, x1: [] };

/** One question a guard asks. A guard is harmed if any of its comparisons is, and fine when all are. */
export interface Comparison {
  readonly side: "increase" | "decrease";
  readonly boundary: Boundary;
  readonly column: number;
  /** Latency only. */
  readonly bound?: TailBound;
}

/** The bounds whose tails a latency guard wants counted: pass them to `tailCounts`. */
export const boundsOf = (guard: LatencyGuard): readonly TailBound[] =>
  tailBounds(guard.margin.value, guard.ladder ?? LATENCY_LADDER);

/** The rungs at which a guard counts the tails of both versions; none where it counts one event. */
export const rungsOf = (guard: Guard): readonly TailBound[] => (guard.kind === "latency" ? boundsOf(guard) : []);

/** A guard that counts tails, at other rungs; any other as it is. @param ladder in ms, rising */
export const withLadder = (guard: Guard, ladder: readonly number[]): Guard =>
  guard.kind === "latency" ? { ...guard, ladder } : guard;

/** What a guard of each kind may say. */
export const GUARD_SHAPES: {
  readonly [kind in Guard["kind"]]: {
    readonly directions: readonly Direction[];
    readonly margins: readonly Margin["kind"][];
  };
} = {
  proportion: { directions: ["increase", "decrease", "either"], margins: ["absolute", "relative"] },
  latency: { directions: ["increase"], margins: ["relative"] },
};

/** A guard that is sound whatever else is wrong. */
export const soundGuard = (name: string): Guard => ({
  ...{ kind: "proportion", name, direction: "increase" },
  margin: { kind: "absolute", value: 0.01 },
});

/** What a guard's word weighs. */
export const stakeOf = ({ stake = 1 }: Guard): number => stake;

/** Every comparison that a guard makes: one for each side, or for each rung. */
export function comparisonsOf(guard: Guard): readonly Comparison[] {
  if (guard.kind === "latency") {
    const boundary = { ratio: 1, offset: guard.tailShare ?? 0.01 };
    return boundsOf(guard).map((bound, column) => ({ side: "increase", boundary, column, bound }));
  }
  const sides = guard.direction === "either" ? (["increase", "decrease"] as const) : [guard.direction];
  return sides.map((side) => ({ side, boundary: boundaryOf(guard.margin, side), column: 0 }));
}

/** A decrease is judged as an increase of the opposite event: p1 < (1-d)·p0 - o is the same as 1-p1 > (1-d)·(1-p0) + d + o. */
function boundaryOf({ kind, value, offset = 0 }: Margin, side: Comparison["side"]): Boundary {
  if (kind === "absolute") return { ratio: 1, offset: value };
  return side === "increase" ? { ratio: 1 + value, offset } : { ratio: 1 - value, offset: value + offset };
}

/** Beyond it a margin tolerates everything, and there is nothing to judge. */
const WIDEST_OFFSET = 1 - 1e-6;

/** The stable rate a comparison starts from, as the rate of the event it counts. */
export function baselineOf(guard: Guard, { side }: Comparison): number | undefined {
  if (guard.kind === "latency" || guard.baseline === undefined) return undefined;
  return side === "increase" ? guard.baseline : 1 - guard.baseline;
}

/** What a comparison counts in its column, as a block in which the event is the harmful one. */
export function blockOf({ side, column }: Comparison, { n0, x0, n1, x1 }: Columns): Block {
  const [events0, events1] = [x0[column] ?? 0, x1[column] ?? 0];
  return side === "increase" ? { n0, x0: events0, n1, x1: events1 } : { n0, x0: n0 - events0, n1, x1: n1 - events1 };
}

/**
 * Counts as columns.
 * @throws RangeError when a count is negative, not a number, or an arm shows more events than units.
 */
export function columnsOf(guard: Guard, counts: GuardCounts): Columns {
  const { n0, n1 } = counts;
  const columns: Columns = isBlock(counts) ? { n0, x0: [counts.x0], n1, x1: [counts.x1] } : { ...counts };
  const sound = (n: number, x: readonly number[]): boolean =>
    n >= 0 && Number.isFinite(n) && x.every((events) => events >= 0 && events <= n);
  if (!sound(n0, columns.x0) || !sound(n1, columns.x1)) {
    throw new RangeError(
      `counts of guard "${guard.name}": saw ${JSON.stringify(counts)}; each arm needs 0 ≤ events ≤ units`,
    );
  }
  if (isBlock(counts) !== (guard.kind === "proportion")) {
    throw new RangeError(
      `counts of guard "${guard.name}": a ${guard.kind} guard takes ${guard.kind === "latency" ? "arrays x0, x1 with a number per rung" : "numbers x0, x1"}`,
    );
  }
  return columns;
}

const isBlock = (counts: GuardCounts): counts is Block => typeof counts.x0 === "number";

/** Counts of two intervals together. */
export function addColumns(a: Columns, b: Columns): Columns {
  const sum = (left: readonly number[], right: readonly number[]): readonly number[] =>
    left.length < right.length ? sum(right, left) : left.map((events, i) => events + (right[i] ?? 0));
  return { n0: a.n0 + b.n0, x0: sum(a.x0, b.x0), n1: a.n1 + b.n1, x1: sum(a.x1, b.x1) };
}

/**
 * Checks guards for use by the judge.
 * @throws RangeError naming the guard, what was seen and what is allowed.
 */
export function checkGuards(guards: readonly Guard[]): void {
  const refuse = (where: string, seen: unknown, allowed: string): never => {
    throw new RangeError(`${where}: saw ${JSON.stringify(seen)}; allowed is ${allowed}`);
  };
  if (guards.length === 0) refuse("guards", guards, "at least one guard");
  if (guards.every(({ stake }) => stake === 0)) refuse("guards", guards, "at least one guard with a stake above 0");
  for (const [i, guard] of guards.entries()) {
    const where = `guard "${guard.name}"`;
    const { margin, designEffect = 1 } = guard;
    const stake = stakeOf(guard);
    if (guards.findIndex((other) => other.name === guard.name) !== i) refuse(where, guard.name, "a name used once");
    if (
      !(margin.value >= 0) ||
      (margin.value >= 1 && !(margin.kind === "relative" && guard.direction === "increase"))
    ) {
      refuse(`${where} margin`, margin, "0 ≤ value < 1 (any value ≥ 0 when relative to an increase)");
    }
    const { kind, value, offset } = margin;
    const widest = guard.direction === "increase" ? WIDEST_OFFSET : WIDEST_OFFSET - value;
    if (
      offset !== undefined &&
      !(kind === "relative" && guard.kind === "proportion" && offset >= 0 && offset <= widest)
    ) {
      refuse(
        `${where} margin`,
        margin,
        "an offset of 0 or more with a relative margin of a proportion, below what tolerates everything",
      );
    }
    if (!(designEffect >= 1 && Number.isFinite(designEffect))) refuse(`${where} designEffect`, designEffect, "≥ 1");
    if (!(stake >= 0 && Number.isFinite(stake))) refuse(`${where} stake`, stake, "≥ 0");
    if (guard.kind === "proportion") {
      const { baseline = 0 } = guard;
      if (!(baseline >= 0 && baseline <= 1)) refuse(`${where} baseline`, baseline, "0 to 1");
    } else {
      const { tailShare = 0.01, ladder = LATENCY_LADDER } = guard;
      if (!(tailShare > 0 && tailShare < 1)) refuse(`${where} tailShare`, tailShare, "above 0, below 1");
      const rising = ladder.length > 0 && ladder.every((ms, k) => ms > (ladder[k - 1] ?? 0));
      if (!rising) refuse(`${where} ladder`, ladder, "rising bounds in ms, at least one");
    }
  }
}
