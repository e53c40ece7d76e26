import type { RequestOutcome } from "../../guards/index.ts";
import { cutsOf } from "../latency-rungs.ts";
import { type Arms, MetricSourceError, type Question } from "../metric-source.ts";
import { countBetween, type Histogram } from "./histograms.ts";
import type { Counter } from "./increases.ts";
import { type Labels, type Series, targetOf } from "./series.ts";
import type { SeriesNames } from "./series-names.ts";

/** Series of the two versions, as they were read. */
export interface Found {
  /** Of the counter of requests; empty where histograms count them. */
  readonly requests: readonly Series[];
  readonly histograms: readonly Histogram[];
}

/** Every counter of both versions: of requests, and of latency between the cuts of the rungs. */
export function countersOf(
  { requests, histograms }: Found,
  names: SeriesNames,
  question: Question,
): readonly Counter[] {
  const cuts = cutsOf(question.rungs);
  const placeOf = (labels: Labels) => ({
    target: targetOf(labels),
    arm: armOf(labels, names, question),
    outcome: outcomeOf(labels, names),
  });
  const counted = requests.map(({ labels, values }): Counter => {
    const scrapes = values.map(({ at, value }) => ({ at, values: [value] }));
    return { ...placeOf(labels), counts: "requests", scrapes };
  });
  const measured = histograms.map((histogram): Counter => {
    const place = placeOf(histogram.labels);
    const scrapes = histogram.scrapes.map(({ at, cells }) => {
      const values = countBetween(cells, cuts[place.arm]);
      if (values === undefined) throw changedBounds(names, histogram.labels[names.version] ?? "", at);
      return { at, values };
    });
    return { ...place, counts: "cells", scrapes };
  });
  return [...counted, ...measured];
}

/** Whose a series is. Only series of the two versions are asked for. */
export const armOf = (labels: Labels, { version }: SeriesNames, { candidate }: Arms): "stable" | "candidate" =>
  labels[version] === candidate ? "candidate" : "stable";

/** What became of the requests that a series counts. What is neither an answer nor a refusal is a failure. */
export function outcomeOf(labels: Labels, { status, error }: SeriesNames): RequestOutcome {
  const seen = (status !== undefined && labels[status]) || (error !== undefined && labels[error]) || undefined;
  if (seen === undefined) return "answered";
  if (/^2(\d\d)?$/.test(seen)) return "answered";
  return /^4(\d\d)?$/.test(seen) ? "refused" : "failed";
}

function changedBounds({ durations = "" }: SeriesNames, version: string, at: number): MetricSourceError {
  return new MetricSourceError("unfit", [
    {
      path: durations,
      seen: `other buckets of ${version} from ${new Date(at).toISOString()} on`,
      allowed: "the buckets that the judging began with, or finer ones",
      cure: "Judge from that time on (mlc judge --from), or leave latency out: --skip latency",
    },
  ]);
}
