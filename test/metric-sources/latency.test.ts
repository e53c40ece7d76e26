import fc from "fast-check";
import { expect, test } from "vitest";
import { bucketBound } from "../../components/analysis/index.ts";
import { marginsAmong, rungsAmong } from "../../components/metric-sources/index.ts";
import {
  boundsOf,
  classicHistograms,
  countBetween,
  type Histogram,
  nativeHistograms,
} from "../../components/metric-sources/prometheus/histograms.ts";
import { DURATION_BOUNDS } from "../../components/platforms/local/gateway/metrics.ts";

/** Two to a doubling. */
const halves = Array.from({ length: 37 }, (_, i) => bucketBound(Math.round((i + 2) * 17.5)));
/** What OpenTelemetry advises for HTTP. */
const openTelemetry = [5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10_000];
/** A native histogram of schema 3: eight to a doubling. */
const native = Array.from({ length: 100 }, (_, i) => 1000 * 2 ** ((i - 60) / 8));

test("a margin that the bounds do not have cannot be shown: nothing is guessed between them", () => {
  expect(rungsAmong(halves, 0.2)).toEqual([]);
  expect(rungsAmong(openTelemetry, 0.2)).toEqual([]);
  expect(marginsAmong(halves, 0.2)).toEqual(["40%"]);
  expect(marginsAmong(openTelemetry, 0.4)).toEqual(["33%", "50%"]);
});

test("a margin that some bounds have is counted at these, at most one to a doubling", () => {
  expect(rungsAmong(openTelemetry, 0.5)).toEqual([
    { stableMs: 50, candidateMs: 75 },
    { stableMs: 500, candidateMs: 750 },
    { stableMs: 5000, candidateMs: 7500 },
  ]);
  expect(rungsAmong(halves, 1).map(({ stableMs }) => Math.round(stableMs))).toEqual([
    10, 20, 40, 80, 160, 320, 640, 1280, 2560, 5120, 10_240,
  ]);
});

test("the buckets of the local gateway show margins of 10 % and more from 10 ms to 10 s, and are few", () => {
  expect(DURATION_BOUNDS.length).toBeLessThan(100);
  expect(DURATION_BOUNDS).toEqual(DURATION_BOUNDS.toSorted((a, b) => a - b));
  for (const margin of [0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 1]) {
    expect(rungsAmong(DURATION_BOUNDS, margin).map(({ stableMs }) => Math.round(stableMs))).toEqual([
      10, 20, 40, 80, 160, 320, 640, 1280, 2560, 5120, 10_240,
    ]);
  }
  expect(marginsAmong(DURATION_BOUNDS, 0.15)).toEqual(["10%", "22%"]);
});

test("a native histogram of schema 3 shows a margin of 20 % from 10 ms to 10 s", () => {
  const rungs = rungsAmong(native, 0.2);
  expect(rungs).toHaveLength(11);
  expect(rungs[0]?.stableMs).toBeCloseTo(1000 * 2 ** (-53 / 8), 9);
  for (const { stableMs, candidateMs } of rungs) expect(candidateMs / stableMs).toBeCloseTo(2 ** (2 / 8), 9);
});

test("both bounds of a rung are bounds of the source, and their ratio is the margin to 2.5 %", () => {
  const bounds = fc.uniqueArray(fc.integer({ min: 1, max: 20_000 }), { minLength: 2, maxLength: 40 });
  fc.assert(
    fc.property(bounds, fc.double({ min: 0.05, max: 3, noNaN: true }), (all, margin) => {
      const rising = all.toSorted((a, b) => a - b);
      for (const { stableMs, candidateMs } of rungsAmong(rising, margin)) {
        expect(rising).toContain(stableMs);
        expect(rising).toContain(candidateMs);
        expect(Math.abs(Math.log(candidateMs / stableMs / (1 + margin)))).toBeLessThanOrEqual(Math.log(1.025) + 1e-12);
      }
    }),
  );
});

const bucket = (le: string, value: number) => ({
  labels: { version: "v1", le },
  values: [{ at: 0, value }],
  histograms: [],
});

test("buckets that are cumulative become counts a cell, in whatever order they come", () => {
  const [histogram] = classicHistograms([bucket("+Inf", 10), bucket("0.025", 7), bucket("0.01", 4)]);
  expect(histogram).toEqual({
    labels: { version: "v1" },
    native: false,
    scrapes: [
      {
        at: 0,
        cells: [
          { low: 0, high: 10, count: 4 },
          { low: 10, high: 25, count: 3 },
          { low: 25, high: Number.POSITIVE_INFINITY, count: 3 },
        ],
      },
    ],
  });
  expect(boundsOf(histogram as Histogram)).toEqual([10, 25]);
});

test("the bounds of a native histogram are a grid as fine as its coarsest cell", () => {
  const cells = [
    { low: 2 ** -3, high: 2 ** -2.5, count: 1 },
    { low: 2 ** -2, high: 2 ** -1, count: 1 },
  ];
  const [histogram] = nativeHistograms([{ labels: {}, values: [], histograms: [{ at: 0, cells }] }]);
  const bounds = boundsOf(histogram as Histogram);
  expect([bounds[0], bounds.at(-1)]).toEqual([1000 * 2 ** -7, 32_000]);
  expect((bounds[1] ?? 0) / (bounds[0] ?? 1)).toBe(2);
});

test("what lies across a cut is not counted on either side of it", () => {
  const cells = [
    { low: 0, high: 10, count: 4 },
    { low: 10, high: 25, count: 3 },
    { low: 25, high: Number.POSITIVE_INFINITY, count: 2 },
  ];
  expect(countBetween(cells, [10, 25])).toEqual([4, 3, 2]);
  expect(countBetween(cells, [25])).toEqual([7, 2]);
  expect(countBetween(cells, [])).toEqual([9]);
  expect(countBetween(cells, [20])).toBeUndefined();
});
