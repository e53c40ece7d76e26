import type { Value } from "../../../components/drift/index.ts";
import type { Problem } from "../../../components/release/problems.ts";
import { printable, printableWords } from "../printable.ts";

/** The rows of a file by column, as they were read. */
export interface Table {
  /** As its user wrote it. */
  readonly path: string;
  /** The hash of the file's bytes, 64 lower-case hexadecimal digits. */
  readonly content: string;
  readonly rows: number;
  /** True for a format without types, whose numbers are texts: CSV. */
  readonly untyped: boolean;
  readonly columns: ReadonlyMap<string, readonly Value[]>;
  /** Where a row stands in the file, counted from 0: `line 3`, `[1]`, `row 2`. */
  readonly placeOf: (row: number) => string;
}

/** What a reader of one format gives: rows by column, and everything in the file that cannot be read. */
export interface Rows {
  readonly columns: ReadonlyMap<string, readonly Value[]>;
  readonly placeOf: (row: number) => string;
  readonly problems: readonly Problem[];
}

/** Of problems of one kind so many are told one by one; the rest is counted. */
const TOLD = 5;

/** Collects what is wrong with a file without keeping a million problems. */
export class ProblemList {
  readonly #path: string;
  readonly #told: Problem[] = [];
  #seen = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** @param where `line 3`, or a column */
  add(where: string, problem: Omit<Problem, "path">): void {
    this.#seen++;
    if (this.#told.length >= TOLD) return;
    this.#told.push({ path: `${this.#path} ${where}`, ...problem, seen: printableWords(problem.seen) });
  }

  /** The first few, and how many more there are. */
  get problems(): readonly Problem[] {
    const more = this.#seen - this.#told.length;
    if (more === 0) return this.#told;
    const rest = {
      path: this.#path,
      seen: `${more} more of these`,
      allowed: "none",
      cure: "Mend them as the ones above",
    };
    return [...this.#told, rest];
  }
}

/** How a column is named in a problem, whatever its name holds. */
export const renderColumn = (name: string): string => `column ${JSON.stringify(printable(name))}`;

/**
 * A scalar of a typed format as a value; undefined for a list or an object. Truth values are categories, times are
 * milliseconds, and what is no finite number is missing.
 */
export function asValue(raw: unknown): Value | undefined {
  switch (typeof raw) {
    case "string":
      return raw;
    case "boolean":
      return String(raw);
    case "number":
      return Number.isNaN(raw) ? null : raw;
    case "bigint":
      return Number(raw);
    case "undefined":
      return null;
    default:
      if (raw === null) return null;
      return raw instanceof Date ? asValue(raw.getTime()) : undefined;
  }
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** Squares of larger ones do not fit into a number. */
const LARGEST = 1e100;

/**
 * A value as a number; undefined for what is none, or none that can be computed with.
 * @param untyped whether a text may stand for a number
 */
export function asNumber(value: number | string, untyped: boolean): number | undefined {
  if (typeof value === "string" && !(untyped && NUMBER.test(value.trim()))) return undefined;
  const number = Number(value);
  return Math.abs(number) <= LARGEST ? number : undefined;
}
