import { type Problem, renderSeen } from "../../release/problems.ts";
import { type Cell, type TableRows, valueAt } from "./table.ts";

/** What one row of a table says: a version during an interval. */
export interface Row {
  /** Counted from 1, without the line of names. */
  readonly number: number;
  readonly at: number;
  readonly seconds: number;
  readonly step?: number;
  readonly version: string;
  readonly requests: number;
  readonly errors: number;
  readonly refusals: number;
  /** Requests that took longer than so many ms, by the bound; failures among them. */
  readonly over: ReadonlyMap<number, number>;
  readonly feedback: ReadonlyMap<string, { readonly count: number; readonly sum: number }>;
}

/** Columns that no table can do without. */
const NEEDED = ["at", "seconds", "version"];

const OVER = /^over_(\d+(?:\.\d+)?)ms$/;

/** The bounds of the columns `over_…ms`, rising. */
export const boundsIn = ({ columns }: TableRows): readonly number[] =>
  [...columns.keys()]
    .flatMap((name) => OVER.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);

/** Reads every row, or says what is wrong with all of them. @param path names the table */
export function readRows(
  path: string,
  table: TableRows,
): { readonly rows: readonly Row[]; readonly problems: readonly Problem[] } {
  const missing = NEEDED.filter((name) => !table.columns.has(name)).map((name) => ({
    path,
    seen: `no column ${name}`,
    allowed: "at, seconds, version; requests, errors, refusals; over_100ms, …; METRIC_count, METRIC_sum",
    cure: `Add the column ${name}`,
  }));
  if (missing.length > 0) return { rows: [], problems: missing };
  const read = Array.from({ length: table.rows }, (_, i) => readRow(path, table, i));
  return { rows: read.map(({ row }) => row), problems: read.flatMap(({ problems }) => problems) };
}

function readRow(
  path: string,
  table: TableRows,
  index: number,
): { readonly row: Row; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const cell = (name: string): Cell => valueAt(table, name, index);
  const expect = <Value>(name: string, value: Value | undefined, allowed: string, instead: Value): Value => {
    if (value !== undefined) return value;
    const seen = `${name}: ${renderSeen(cell(name) ?? undefined)}`;
    problems.push({ path: `${path} row ${index + 1}`, seen, allowed, cure: "Mend or remove this row" });
    return instead;
  };
  const amount = (name: string, most = Number.POSITIVE_INFINITY, least = 0): number => {
    if (!table.columns.has(name)) return 0;
    const value = numberIn(cell(name));
    const isWithin = value !== undefined && value >= least && value <= most;
    const allowed = most === Number.POSITIVE_INFINITY ? `a number from ${least}` : `a number from ${least} to ${most}`;
    return expect(name, isWithin ? value : undefined, allowed, 0);
  };
  const requests = amount("requests");
  const errors = amount("errors", requests);
  const step = table.columns.has("step")
    ? { step: expect("step", stepIn(cell("step")), "a whole number from 0", 0) }
    : {};
  const seconds = amount("seconds");
  let most = requests;
  const over = new Map(
    boundsIn(table).map((bound) => {
      most = amount(`over_${bound}ms`, most, errors);
      return [bound, most];
    }),
  );
  const row: Row = {
    number: index + 1,
    at: expect("at", momentIn(cell("at")), "a time such as 2026-11-26T10:00:00Z, or ms since 1970", 0),
    seconds: expect("seconds", seconds > 0 ? seconds : undefined, "a number above 0", 1),
    ...step,
    version: expect("version", textIn(cell("version")), "the name of a version", ""),
    requests,
    errors,
    refusals: amount("refusals", requests - errors),
    over,
    feedback: new Map(
      metricsIn(table).map((metric) => {
        const count = amount(`${metric}_count`);
        return [metric, { count, sum: expect(`${metric}_sum`, numberIn(cell(`${metric}_sum`)), "a number", 0) }];
      }),
    ),
  };
  return { row, problems };
}

/** The metrics that have a count and a sum. */
const metricsIn = ({ columns }: TableRows): readonly string[] =>
  [...columns.keys()]
    .flatMap((name) => /^(.+)_count$/.exec(name)?.[1] ?? [])
    .filter((name) => columns.has(`${name}_sum`));

function numberIn(cell: Cell): number | undefined {
  const value = typeof cell === "string" && cell.trim() !== "" ? Number(cell) : cell;
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

function stepIn(cell: Cell): number | undefined {
  const step = numberIn(cell);
  return step !== undefined && Number.isInteger(step) && step >= 0 ? step : undefined;
}

function momentIn(cell: Cell): number | undefined {
  const moment = numberIn(cell) ?? (typeof cell === "string" ? Date.parse(cell) : Number.NaN);
  return moment >= 0 && moment <= 8.64e15 ? moment : undefined;
}

const textIn = (cell: Cell): string | undefined => (cell === null || cell === "" ? undefined : String(cell));
