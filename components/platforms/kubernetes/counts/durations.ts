import { countsTails, cutsOf, MetricSourceError, rungsAmong } from "../../../metric-sources/index.ts";
import {
  type Counter,
  classicHistograms,
  countBetween,
  type Series,
  targetOf,
} from "../../../metric-sources/prometheus/index.ts";
import { armOf } from "./arm-of.ts";
import type { CountQuestion } from "./question.ts";

/** The bounds between which answers are counted, in ms; none where nobody asks how long they take. */
export function cutsFor({ guards, gateway: { durations } }: CountQuestion): ReturnType<typeof cutsOf> {
  const guard = guards.find(countsTails);
  return cutsOf(guard === undefined || durations === undefined ? [] : rungsAmong(durations.bounds, guard.margin.value));
}

/** How long the answers of both versions took, by the buckets of a gateway. @throws MetricSourceError where they are not those that it has by itself */
export function durationsIn(buckets: readonly Series[], question: CountQuestion): readonly Counter[] {
  const { durations } = question.gateway;
  if (durations === undefined || buckets.length === 0) return [];
  const cuts = cutsFor(question);
  return classicHistograms(buckets, durations.unit === "s" ? 1000 : 1).flatMap(
    ({ labels, scrapes }): readonly Counter[] => {
      const arm = armOf(labels, question);
      if (arm === undefined) return [];
      const counted = scrapes.map(({ at, cells }) => {
        const values = countBetween(cells, cuts[arm]);
        if (values === undefined)
          throw otherBuckets(
            durations.metric,
            cells.map(({ high }) => high),
            durations.bounds,
          );
        return { at, values };
      });
      return [{ target: targetOf(labels), arm, outcome: "answered", counts: "cells", scrapes: counted }];
    },
  );
}

const otherBuckets = (metric: string, seen: readonly number[], bounds: readonly number[]): MetricSourceError =>
  new MetricSourceError("unfit", [
    {
      path: `${metric}_bucket`,
      seen: `buckets up to ${seen.filter(Number.isFinite).join(", ")} ms`,
      allowed: `those that the gateway has by itself, up to ${bounds.join(", ")} ms`,
      cure: "Take the buckets back that were set at the gateway, or remove the guard of latency.",
    },
  ]);
