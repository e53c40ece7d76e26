/** Categories that only the current window has: more of them than a column of ever new values brings by itself? */
import { halve } from "../analysis/halve.ts";
import { logGamma } from "../analysis/share.ts";

/** Rows by category. */
export type Counts = ReadonlyMap<string, number>;

/** What is found of the current window's new categories. */
export interface NewCategories {
  /** Rows of the current window in categories that the reference does not have. */
  readonly rows: number;
  /** Share of the current rows by which these are more than expected without drift, 0 to 1. */
  readonly excess: number;
  /** Chance of as many without drift, at most; 0 to 1. */
  readonly p: number;
}

/**
 * Without drift every division of the rows of both windows is as likely, and a category of c rows is new with the chance
 * that all c fall into the current window. So a column of names that come once (an id) expects all of its rows to be new,
 * and one of well-known categories none. The chance of as many new rows as there are is bounded by Chernoff's method,
 * which holds because the divisions are negatively associated: Joag-Dev and Proschan, "Negative association of random
 * variables" (Annals of Statistics 11, 1983).
 */
export function newCategories(reference: Counts, current: Counts): NewCategories {
  const [n, m] = [sum(reference.values()), sum(current.values())];
  const rows = sum([...current].flatMap(([category, count]) => (reference.has(category) ? [] : [count])));
  const sizes = new Map<number, number>();
  for (const category of new Set([...reference.keys(), ...current.keys()])) {
    const size = (reference.get(category) ?? 0) + (current.get(category) ?? 0);
    if (size > 0 && size <= m) sizes.set(size, (sizes.get(size) ?? 0) + 1);
  }
  const kinds = [...sizes].map(([size, categories]) => ({ size, categories, log: logChanceNew(size, n, m) }));
  const expected = sum(kinds.map(({ size, categories, log }) => size * categories * Math.exp(log)));
  return { rows, excess: m === 0 ? 0 : Math.max(0, rows - expected) / m, p: tailBound(rows, kinds) };
}

/** Categories of one size, and ln of the chance that all rows of one of them fall into the current window. */
interface Kind {
  readonly size: number;
  readonly categories: number;
  readonly log: number;
}

const STEEPEST = 50;
const BISECTIONS = 60;

/**
 * The least of exp(-t rows) E[exp(t sum)] over t from 0 on. Its logarithm is convex, and has its least where the mean is `rows`;
 * with no more rows than are expected that is at 0, and the bound is 1.
 */
function tailBound(rows: number, kinds: readonly Kind[]): number {
  const meanAt = (t: number): number =>
    sum(kinds.map(({ size, categories, log }) => size * categories * tilted(t * size, log)));
  const [low] = halve([0, STEEPEST], (t) => meanAt(t) < rows, BISECTIONS);
  const logs = kinds.map(({ size, categories, log }) => categories * logMoment(low * size, log));
  return Math.min(1, Math.exp(sum(logs) - low * rows));
}

/** ln(1 - r + r exp(x)) for r = exp(log), without overflow. */
function logMoment(x: number, log: number): number {
  const [stays, goes] = [Math.log1p(-Math.exp(log)), log + x];
  const most = Math.max(stays, goes);
  return most + Math.log(Math.exp(stays - most) + Math.exp(goes - most));
}

/** r exp(x) / (1 - r + r exp(x)). */
const tilted = (x: number, log: number): number => Math.exp(log + x - logMoment(x, log));

/** ln of the chance that `size` rows drawn from n + m all come from the m. */
const logChanceNew = (size: number, n: number, m: number): number =>
  n === 0 ? 0 : logGamma(m + 1) - logGamma(m - size + 1) + logGamma(n + m - size + 1) - logGamma(n + m + 1);

function sum(values: Iterable<number>): number {
  let all = 0;
  for (const value of values) all += value;
  return all;
}
