import type { Counter, Labels, Series } from "../../../metric-sources/prometheus/index.ts";
import { targetOf } from "../../../metric-sources/prometheus/index.ts";
import { armOf } from "./arm-of.ts";
import { durationsIn } from "./durations.ts";
import type { CountQuestion } from "./question.ts";

/** The series of a rollout, as they were read. */
export interface FoundSeries {
  readonly sent: readonly Series[];
  readonly answers: readonly Series[];
  readonly open: readonly Series[];
  /** Gauges of what is under way and counts as sent when it ends; none where what was drawn is not asked. */
  readonly underWay: readonly Series[];
  /** How many values came back, and the sums of their places in the metric's range. */
  readonly values: readonly Series[];
  readonly sums: readonly Series[];
  /** Buckets of how long answers took; none where nobody asks, or the gateway has none. */
  readonly buckets: readonly Series[];
}

/**
 * Every counter of both versions. What was sent counts as failed, and what was answered or refused is taken from it: of
 * those that nobody answered no gateway's counters of answers know.
 */
export function countersOf(found: FoundSeries, question: CountQuestion): readonly Counter[] {
  return [
    ...found.sent.flatMap((series) => counter(series, armOf(series.labels, question), "failed")),
    ...found.answers.flatMap((series) => {
      const outcome = outcomeOf(series.labels[question.gateway.answers.status]);
      return outcome === undefined ? [] : counter(series, armOf(series.labels, question), outcome);
    }),
    ...found.values.flatMap((series) => feedback(series, found.sums, question)),
    ...durationsIn(found.buckets, question),
  ];
}

/** What the first digit of a status says; undefined: no answer that anybody can use. */
function outcomeOf(status: string | undefined): "answered" | "refused" | undefined {
  if (status === undefined || !/^[1-4]/.test(status)) return undefined;
  return status.startsWith("4") ? "refused" : "answered";
}

function counter(
  { labels, values }: Series,
  arm: Counter["arm"] | undefined,
  outcome: Counter["outcome"],
): readonly Counter[] {
  if (arm === undefined) return [];
  const scrapes = values.map(({ at, value }) => ({ at, values: [value] }));
  return [{ target: targetOf(labels), arm, outcome, counts: "requests", scrapes }];
}

/** A number of values and their sum are one counter: a scrape that has one alone is none. */
function feedback(
  { labels, values }: Series,
  sums: readonly Series[],
  { stable, candidate }: CountQuestion,
): readonly Counter[] {
  const key = keyOf(labels);
  const sum = new Map(sums.find((each) => keyOf(each.labels) === key)?.values.map(({ at, value }) => [at, value]));
  const { version, metric = "" } = labels;
  if (version !== stable.version && version !== candidate.version) return [];
  const scrapes = values.flatMap(({ at, value }) => {
    const total = sum.get(at);
    return total === undefined ? [] : [{ at, values: [value, total] }];
  });
  const arm = version === candidate.version ? "candidate" : "stable";
  return [{ target: targetOf(labels), arm, outcome: "answered", counts: "feedback", metric, scrapes }];
}

const keyOf = ({ __name__: _, ...labels }: Labels): string => JSON.stringify(Object.entries(labels).toSorted());
