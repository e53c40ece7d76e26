import { type Counter, type Series, targetOf } from "../../../metric-sources/prometheus/index.ts";
import { armOf } from "./arm-of.ts";
import type { CountQuestion } from "./question.ts";

/** By how much a gauge of one version moved between two scrapes. */
export interface GaugeMove {
  readonly target: string;
  readonly arm: Counter["arm"];
  /** Of the later scrape, in ms since 1970. */
  readonly at: number;
  readonly by: number;
}

/** Moves of the gauges of both versions; before its first scrape a gauge was 0. */
export const movesOf = (gauges: readonly Series[], question: CountQuestion): readonly GaugeMove[] =>
  gauges.flatMap(({ labels, values }) => {
    const arm = armOf(labels, question);
    if (arm === undefined) return [];
    return values.map(({ at, value }, i) => ({
      ...{ target: targetOf(labels), arm, at },
      by: value - (values[i - 1]?.value ?? 0),
    }));
  });
