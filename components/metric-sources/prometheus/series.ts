import { MetricSourceError } from "../metric-source.ts";

/** Labels of a series, with the name of its metric under `__name__`. */
export type Labels = Readonly<Record<string, string>>;

/** What lies above `low` and up to `high`; in the unit of the metric. */
export interface Cell {
  readonly low: number;
  readonly high: number;
  readonly count: number;
}

/** Samples of one series, as they were scraped: nothing is filled in or thinned out. */
export interface Series {
  readonly labels: Labels;
  /** In the order of time; ms since 1970. */
  readonly values: readonly { readonly at: number; readonly value: number }[];
  /** The same of a native histogram: its cells that are not empty. */
  readonly histograms: readonly { readonly at: number; readonly cells: readonly Cell[] }[];
}

type Json = Readonly<Record<string, unknown>>;

/** Reads the `data` of an answer to a range selector. @throws MetricSourceError when it is none */
export function seriesIn(data: unknown, where: string): readonly Series[] {
  if (isObject(data) && data.resultType === "matrix" && Array.isArray(data.result)) {
    return data.result.filter(isObject).map(readSeries);
  }
  const problem = { path: where, seen: "another answer", allowed: "samples of series (a matrix)" };
  throw new MetricSourceError("unreachable", [{ ...problem, cure: "Look what answers at this address" }]);
}

function readSeries({ metric, values, histograms }: Json): Series {
  return {
    labels: isObject(metric) ? (metric as Labels) : {},
    values: pairsIn(values).map(([at, value]) => ({ at: momentOf(at), value: Number(value) })),
    histograms: pairsIn(histograms).map(([at, histogram]) => ({ at: momentOf(at), cells: cellsIn(histogram) })),
  };
}

/** Bounds and count of each bucket: `[rule, low, high, count]`; the rule says which bound belongs to it. */
const cellsIn = (histogram: unknown): readonly Cell[] =>
  (isObject(histogram) && Array.isArray(histogram.buckets) ? histogram.buckets : []).map((bucket) => {
    const [, low, high, count] = bucket as readonly unknown[];
    return { low: Number(low), high: Number(high), count: Number(count) };
  });

const pairsIn = (list: unknown): readonly (readonly [unknown, unknown])[] =>
  Array.isArray(list) ? (list as readonly (readonly [unknown, unknown])[]) : [];

const momentOf = (seconds: unknown): number => Math.round(Number(seconds) * 1000);

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Where a series was scraped: all that is scraped there at once has one moment, and begins anew at once. */
export const targetOf = ({ job = "", instance = "" }: Labels): string => `${job} ${instance}`.trim();
