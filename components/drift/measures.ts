/** What is measured of one feature: each measure has a size of its own, and a chance to be met without any drift. */
import { cellsOf, decileBounds } from "./bins.ts";
import { chiSquare, fisherChange, poolRareCells, type Share } from "./counts-test.ts";
import { type Cells, correctedPsi, jensenShannon, psi, psiNoise } from "./distance.ts";
import { newCategories } from "./new-categories.ts";
import { ksTail, type Sorted, sampleGap, spread } from "./samples.ts";
import { chiSquareTail } from "./tail.ts";
import { asCategories, type CategoryColumn, type Column, present } from "./window.ts";

/**
 * What is measured.
 * - `wasserstein`: numbers; the area between the distribution functions in standard deviations of the reference
 * - `psi`: numbers with 1000 rows or more; the stability index over the reference's deciles, less what chance brings
 * - `jensenShannon`: categories, and numbers of at most five values; the distance, in natural logarithms
 * - `missing`: change of the share of rows without a value
 * - `newCategories`: share of rows in categories that the reference does not have, less what is expected without drift
 */
export type Measure = "wasserstein" | "psi" | "jensenShannon" | "missing" | "newCategories";

/** One measurement of one feature. */
export interface Measurement {
  readonly measure: Measure;
  /** How much drift, in the measure's own size; 0 is none. */
  readonly effect: number;
  /** Chance of as much without drift: Kolmogorov–Smirnov, chi-square or Fisher's exact test. 0 to 1. */
  readonly p: number;
}

/** From this many values on both sides, numbers are also counted into deciles. */
export const LARGE_SAMPLE = 1000;

/** A column of numbers with at most so many different ones in the reference is one of categories. */
export const FEW_VALUES = 5;

/** Whether a column is compared as categories. The reference alone decides: it does not change. */
export const isCategorical = (reference: Column): boolean =>
  reference.kind === "category" || isFewValued(reference.values);

/** Everything that is measured of one feature. Empty where neither side has a value and none is missing on either. */
export function measure(reference: Column, current: Column): readonly Measurement[] {
  const distribution =
    present(reference) === 0 || present(current) === 0
      ? []
      : reference.kind === "number" && current.kind === "number" && !isCategorical(reference)
        ? measureNumbers(reference.values, current.values)
        : measureCategories(asCategories(reference), asCategories(current));
  return [...distribution, ...measureMissing(reference, current)];
}

function measureNumbers(reference: Sorted, current: Sorted): readonly Measurement[] {
  const { ks, wasserstein } = sampleGap(reference, current);
  const moved: Measurement = {
    measure: "wasserstein",
    effect: wasserstein / spread(reference).sd,
    p: ksTail(ks, reference.length, current.length),
  };
  if (Math.min(reference.length, current.length) < LARGE_SAMPLE) return [moved];
  const cells = cellsOf(decileBounds(reference), reference, current);
  const p = chiSquareTail(psi(cells) / psiNoise(cells), cells.reference.length - 1);
  return [moved, { measure: "psi", effect: correctedPsi(cells), p }];
}

function measureCategories(reference: CategoryColumn, current: CategoryColumn): readonly Measurement[] {
  const pooled = poolRareCells(categoryCells(reference, current));
  const changed: Measurement = {
    measure: "jensenShannon",
    effect: jensenShannon(pooled),
    p: chiSquare(pooled).p,
  };
  const { rows, excess, p } = newCategories(reference.counts, current.counts);
  return rows === 0 ? [changed] : [changed, { measure: "newCategories", effect: excess, p }];
}

/** Rows by category on both sides; categories in the order of the reference, the new ones behind. */
export function categoryCells(reference: CategoryColumn, current: CategoryColumn): Cells {
  const categories = [...new Set([...reference.counts.keys(), ...current.counts.keys()])];
  const count = ({ counts }: CategoryColumn): readonly number[] => categories.map((each) => counts.get(each) ?? 0);
  return { reference: count(reference), current: count(current) };
}

function measureMissing(reference: Column, current: Column): readonly Measurement[] {
  if (reference.missing === 0 && current.missing === 0) return [];
  const share = (column: Column): Share => ({ rows: present(column) + column.missing, events: column.missing });
  const [before, now] = [share(reference), share(current)];
  if (before.rows === 0 || now.rows === 0) return [];
  const effect = Math.abs(now.events / now.rows - before.events / before.rows);
  return [{ measure: "missing", effect, p: fisherChange(before, now) }];
}

function isFewValued(values: Sorted): boolean {
  let different = 0;
  for (let i = 0; i < values.length && different <= FEW_VALUES; i++)
    if (i === 0 || values[i] !== values[i - 1]) different++;
  return different <= FEW_VALUES;
}
