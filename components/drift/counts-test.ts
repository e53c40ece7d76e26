/** Tests of counts: are the shares of the reference and of the current window the same? */
import { logGamma } from "../analysis/share.ts";
import { type Cells, total } from "./distance.ts";
import { chiSquareTail } from "./tail.ts";

/** What a chi-square test of homogeneity found. */
export interface ChiSquare {
  readonly statistic: number;
  readonly df: number;
  /** Chance of a statistic as high without a difference, 0 to 1. */
  readonly p: number;
}

/** A cell that expects fewer than this on either side is too small for the chi-square approximation (Cochran's rule). */
export const LEAST_EXPECTED = 5;

/** Pearson's chi-square test that both windows have the same shares, without a continuity correction. */
export function chiSquare({ reference, current }: Cells): ChiSquare {
  const [n, m] = [total(reference), total(current)];
  const seen = reference.map((count, i) => [count, current[i] ?? 0] as const).filter(([a, b]) => a + b > 0);
  if (n === 0 || m === 0 || seen.length < 2) return { statistic: 0, df: 0, p: 1 };
  const statistic = seen.reduce((sum, [a, b]) => {
    const [expectedA, expectedB] = [((a + b) * n) / (n + m), ((a + b) * m) / (n + m)];
    return sum + (a - expectedA) ** 2 / expectedA + (b - expectedB) ** 2 / expectedB;
  }, 0);
  const df = seen.length - 1;
  return { statistic, df, p: chiSquareTail(statistic, df) };
}

/** The cells with those put together, as the last one, that expect fewer than 5 on either side. */
export function poolRareCells(cells: Cells): Cells {
  const [n, m] = [total(cells.reference), total(cells.current)];
  const smaller = Math.min(n, m) / (n + m);
  const isRare = (i: number): boolean =>
    ((cells.reference[i] ?? 0) + (cells.current[i] ?? 0)) * smaller < LEAST_EXPECTED;
  const pool = (counts: readonly number[]): readonly number[] => {
    const rare = counts.filter((_, i) => isRare(i));
    return rare.length === 0 ? counts : [...counts.filter((_, i) => !isRare(i)), total(rare)];
  };
  return { reference: pool(cells.reference), current: pool(cells.current) };
}

/** How many of a window's rows show an event. */
export interface Share {
  readonly rows: number;
  readonly events: number;
}

/**
 * Fisher's exact test, one-sided: the chance that at least as many of all the events fall into the current window as did,
 * if each row were as likely to show one. Exact at any size.
 */
export function fisherIncrease(reference: Share, current: Share): number {
  const [n, m, events] = [reference.rows, current.rows, reference.events + current.events];
  const most = Math.min(events, m);
  const logChance = (x: number): number => logChoose(m, x) + logChoose(n, events - x) - logChoose(n + m, events);
  let chance = Math.exp(logChance(current.events));
  let sum = 0;
  for (let x = current.events; x <= most; x++) {
    sum += chance;
    chance *= ((m - x) * (events - x)) / ((x + 1) * (n - events + x + 1));
    if (chance < sum * 1e-17 && x > (events * m) / (n + m)) break;
  }
  return Math.min(1, sum);
}

/** Fisher's exact test of a change to either side: twice the smaller tail. */
export function fisherChange(reference: Share, current: Share): number {
  const flip = ({ rows, events }: Share): Share => ({ rows, events: rows - events });
  return Math.min(1, 2 * Math.min(fisherIncrease(reference, current), fisherIncrease(flip(reference), flip(current))));
}

const logChoose = (n: number, k: number): number => logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
