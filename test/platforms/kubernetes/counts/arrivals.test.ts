import fc from "fast-check";
import { expect, test } from "vitest";
import type { Series } from "../../../../components/metric-sources/prometheus/index.ts";
import type { FoundSeries } from "../../../../components/platforms/kubernetes/counts/counters.ts";
import {
  type CountCursor,
  type CountQuestion,
  countSince,
} from "../../../../components/platforms/kubernetes/counts/index.ts";
import { gateways } from "../../../../components/platforms/kubernetes/gateways/index.ts";
import { errorGuard } from "../../../support/plans.ts";

// Series as a Prometheus gives them, made here: which ones a real Envoy has is shown by test/cluster/gateway and lifecycle.

const SECOND = 1_000;
const BEGIN = Date.UTC(2026, 0, 1);
const JOB = { job: "gateway", instance: "10.0.0.1:9901" };

/** Of one interval: how many were drawn to each version, and how many of them are answered in it. */
interface Drawn {
  readonly stable: number;
  readonly candidate: number;
  readonly answered?: number;
}

/** What two clusters of Envoy show at the end of each interval. @param answered share of the candidate's that is answered at once */
function shownBy(drawn: readonly Drawn[]): FoundSeries {
  const series = (
    service: string,
    more: Readonly<Record<string, string>>,
    of: (upTo: readonly Drawn[]) => number,
  ): Series => ({
    labels: { ...JOB, envoy_cluster_name: `models_${service}_80`, ...more },
    histograms: [],
    values: [...drawn.keys(), drawn.length].map((i) => ({ at: BEGIN + i * SECOND, value: of(drawn.slice(0, i)) })),
  });
  const sum = (of: (each: Drawn) => number) => (upTo: readonly Drawn[]) =>
    upTo.reduce((total, each) => total + of(each), 0);
  const stable = sum((each) => each.stable);
  const ended = sum(({ candidate, answered = candidate }) => answered);
  const open = sum(({ candidate, answered = candidate }) => candidate - answered);
  const good = { envoy_response_code_class: "2" };
  return {
    sent: [series("m-v1", {}, stable), series("m-v2", {}, ended)],
    answers: [series("m-v1", good, stable), series("m-v2", good, ended)],
    ...{ open: [], values: [], sums: [], buckets: [] },
    underWay: [series("m-v1", {}, () => 0), series("m-v2", {}, open)],
  };
}

const question = (weight: number | undefined): CountQuestion => ({
  ...{ gateway: gateways.envoy, namespace: "models", model: "m", guards: [errorGuard], step: 1, shadowing: false },
  stable: { version: "v1", port: { service: "m-v1", port: 80 } },
  candidate: { version: "v2", port: { service: "m-v2", port: 80 } },
  ...{ intervalMs: SECOND, weight },
});

/** Reads interval by interval, as a controller does, which asks at a weight each. */
function readBy(drawn: readonly Drawn[], weights: readonly (number | undefined)[]) {
  let cursor: CountCursor = { at: BEGIN, targets: {} };
  return drawn.map((_, i) => {
    const found = shownBy(drawn.slice(0, i + 1));
    const up = new Map([[`${JOB.job} ${JOB.instance}`, found.sent[0]?.values.map(({ at }) => at) ?? []]]);
    const counted = countSince(cursor, found, up, question(weights[i]));
    cursor = counted.cursor;
    return counted.intervals.map(({ arrivals }) => arrivals?.draws);
  });
}

const even = (count: number): readonly Drawn[] => Array.from({ length: count }, () => ({ stable: 95, candidate: 5 }));

test("what was drawn is held against a weight once it is in force for three intervals", () => {
  const drawn = [[{ weight: 500, stable: 95, candidate: 5 }]];
  expect(
    readBy(
      even(6),
      Array.from({ length: 6 }, () => 500),
    ),
  ).toEqual([...[[undefined], [undefined], [undefined], [undefined]], ...[drawn, drawn]]);
});

test("a weight that changes is waited for anew: the gateway hears of it later", () => {
  const weights = [500, 500, 500, 500, 500, 2_500, 2_500, 2_500, 2_500, 2_500];
  const shown = readBy(even(10), weights).map(([draws]) => draws?.map(({ weight }) => weight));
  expect(shown).toEqual([
    ...[undefined, undefined, undefined, undefined, [500]],
    ...[undefined, undefined, undefined, undefined, [2_500]],
  ]);
});

test("where nobody can tell, nothing is said of what was drawn", () => {
  expect(
    readBy(
      even(6),
      Array.from({ length: 6 }, () => undefined),
    ).flat(),
  ).toEqual(Array(6).fill(undefined));
});

test("a version that answers late has as many as its weight gives it: no more and no fewer are drawn", () => {
  const counts = fc.record({ stable: fc.nat(1_000), candidate: fc.nat(1_000) });
  fc.assert(
    fc.property(
      fc.array(counts, { minLength: 5, maxLength: 12 }),
      fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
      (all, late) => {
        const drawn = all.map((each) => ({ ...each, answered: Math.floor(each.candidate * (late.next().value ?? 0)) }));
        const shown = readBy(
          drawn,
          drawn.map(() => 500),
        )
          .flat()
          .slice(4);
        const expected = all
          .slice(4)
          .map((each) => (each.stable + each.candidate === 0 ? undefined : [{ weight: 500, ...each }]));
        expect(shown).toEqual(expected);
      },
    ),
  );
});
