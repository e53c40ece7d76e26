import { type Arms, MetricSourceError } from "../metric-source.ts";
import type { Found } from "./counters.ts";
import { boundsOf, type Histogram } from "./histograms.ts";
import type { SeriesNames } from "./series-names.ts";

/**
 * The bounds at which answers of both versions are measured, in ms; empty while neither is, and where only one is those of
 * that one. The coarsest, where native histograms differ in how fine they are.
 * @throws MetricSourceError when classic buckets differ, or one version has native buckets and the other classic ones
 */
export function commonBounds({ histograms }: Found, names: SeriesNames, arms: Arms): readonly number[] {
  const measured = histograms.map((histogram) => ({ histogram, bounds: boundsOf(histogram) }));
  const seen = measured.filter(({ bounds }) => bounds.length > 0);
  const [first, ...others] = seen.toSorted((a, b) => a.bounds.length - b.bounds.length);
  if (first === undefined) return [];
  const other = others.find(({ bounds }) => !first.bounds.every((bound) => bounds.includes(bound)));
  const differs = others.find(({ bounds }) => bounds.length !== first.bounds.length);
  const odd = other ?? (first.histogram.native ? undefined : differs);
  if (odd === undefined) return first.bounds;
  const describe = ({ histogram, bounds }: typeof first): string => {
    const version = histogram.labels[names.version] ?? arms.stable;
    return `buckets of ${version}${placeOf(histogram)} up to ${bounds.map((bound) => Number(bound.toPrecision(4))).join(", ")} ms`;
  };
  throw new MetricSourceError("unfit", [
    {
      path: names.durations ?? "",
      seen: `${describe(first)}; ${describe(odd)}`,
      allowed: "the same buckets of both versions, wherever they run",
      cure: "Give both versions the same buckets, or leave latency out: mlc judge --skip latency",
    },
  ]);
}

const placeOf = ({ labels: { instance } }: Histogram): string => (instance === undefined ? "" : ` at ${instance}`);
