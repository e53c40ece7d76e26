import { mannKendall, type Series } from "../analysis/trend.ts";

/** Falls in a row that a decline takes; quarters of them it takes one more. */
export const FALLS = 3;
/** Each fall is larger than this share of the value before it, and than the value's own noise. */
export const LEAST_FALL = 0.02;
/** All falls together come to at least this share. */
export const LEAST_TOTAL_FALL = 0.1;
/** Chance of no trend at which the fall is one, at most. */
export const LARGEST_P = 0.05;
/** How far back a trend reaches, in quarters: what was longer ago says nothing of now. */
export const TREND_QUARTERS = 8;

/** The value's last quarters, looked at for a decline. */
export interface Decline {
  /** The last three changes, the oldest first, as shares of the value before: 0.08 is a fall by 8 %, less than 0 a rise. */
  readonly falls: readonly number[];
  /** From the first of these quarters to the last, as a share. */
  readonly totalFall: number;
  /** Chance that values without a trend fall as much, over up to eight quarters (Mann and Kendall, exact). 0 to 1. */
  readonly p: number;
  /** How many values that chance rests on. */
  readonly quarters: number;
  /** Each fall is large enough, all together are, and chance hardly does it. */
  readonly confirmed: boolean;
}

/**
 * Three falls in a row are not enough: of models without any trend a sixth shows them once within eight quarters. Each must
 * be material, all together must be, and the whole series must fall.
 * @param values the last eight quarters at most, the oldest first
 * @param noise standard deviation of the value's own noise, as a share
 * @returns null where a value of the last four quarters is unknown
 */
export function declineOf(values: Series, noise = 0): Decline | null {
  const recent = values.slice(-FALLS - 1).filter((value) => value !== null);
  const [first, last] = [recent[0], recent.at(-1)];
  if (recent.length <= FALLS || first === undefined || last === undefined) return null;
  const falls = recent.slice(1).map((now, i) => fallOf(recent[i] ?? 0, now));
  const totalFall = fallOf(first, last);
  const { fallP: p, known: quarters } = mannKendall(values);
  const least = Math.max(LEAST_FALL, noise);
  const confirmed = falls.every((fall) => fall > least) && totalFall >= LEAST_TOTAL_FALL && p <= LARGEST_P;
  return { falls, totalFall, p, quarters, confirmed };
}

/** Where there is no value, none can fall. */
const fallOf = (before: number, now: number): number => (before > 0 ? (before - now) / before : 0);
