import type { Sorted } from "./samples.ts";

/** One value of a row: a number, a category's text, or null where it is missing. */
export type Value = number | string | null;

/** What the values of a column are. */
export type ColumnKind = "number" | "category";

/** What is known of a column's values, whatever their order. */
export type Column = NumberColumn | CategoryColumn;

/** A column of finite numbers. */
export interface NumberColumn {
  readonly kind: "number";
  readonly values: Sorted;
  /** Rows without a value. */
  readonly missing: number;
}

/** A column of texts that stand for categories. */
export interface CategoryColumn {
  readonly kind: "category";
  /** Rows by category. */
  readonly counts: ReadonlyMap<string, number>;
  /** Rows without a value. */
  readonly missing: number;
}

/** The rows of a stretch of time, by column. */
export type Window = ReadonlyMap<string, Column>;

/**
 * A column of values. A number in a column of categories counts as its text.
 * @throws RangeError when a column of numbers holds a text or no finite number
 */
export function columnOf(values: readonly Value[], kind: ColumnKind): Column {
  const present = values.filter((value) => value !== null);
  const missing = values.length - present.length;
  return kind === "number"
    ? { kind, values: Float64Array.from(present, asNumber).sort(), missing }
    : { kind, counts: countTexts(present.map(String)), missing };
}

/** Rows with a value. */
export const present = (column: Column): number =>
  column.kind === "number" ? column.values.length : [...column.counts.values()].reduce((sum, count) => sum + count, 0);

/** A column of numbers as one of categories, a category for each number. */
export const asCategories = (column: Column): CategoryColumn =>
  column.kind === "category"
    ? column
    : { kind: "category", counts: countTexts(Array.from(column.values, String)), missing: column.missing };

function countTexts(texts: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}

function asNumber(value: number | string): number {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw new RangeError(`a column of numbers: saw ${JSON.stringify(value)}; allowed are finite numbers`);
}
