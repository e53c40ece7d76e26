import { expect, test } from "vitest";
import { binomial, hypergeometric, poisson, seeded } from "../bench/analysis/draw.ts";
import { alarm } from "../bench/analysis/rivals/alarm.ts";
import { argo } from "../bench/analysis/rivals/argo.ts";
import { flagger, flaggerExample } from "../bench/analysis/rivals/flagger.ts";
import { halfWidth } from "../bench/analysis/rivals/growthbook.ts";
import { rivals } from "../bench/analysis/rivals/index.ts";
import { isHigh } from "../bench/analysis/rivals/kayenta.ts";
import type { Counts, Rival } from "../bench/analysis/rivals/rival.ts";
import { shareInterval } from "../bench/analysis/scenario.ts";

const DRAWS = 20_000;

function moments(draw: () => number): { readonly mean: number; readonly variance: number } {
  const drawn = Array.from({ length: DRAWS }, draw);
  const mean = drawn.reduce((sum, each) => sum + each, 0) / DRAWS;
  return { mean, variance: drawn.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (DRAWS - 1) };
}

test.each([
  [20, 0.05],
  [1_000, 0.01],
  [1_000, 0.4],
  [300, 0.97],
  [100_000, 0.001],
])("of %i units with probability %f as many are drawn as a binomial has, and they scatter as it does", (n, p) => {
  const random = seeded("binomial", n);
  const { mean, variance } = moments(() => binomial(random, n, p));
  const expected = n * p * (1 - p);
  // Five standard errors of a mean, and of a variance.
  expect(Math.abs(mean - n * p)).toBeLessThan(5 * Math.sqrt(expected / DRAWS));
  expect(Math.abs(variance / expected - 1)).toBeLessThan(5 * Math.sqrt((2 + 1 / expected) / DRAWS));
});

test.each([0.05, 3, 100])("with %f expected, arrivals have a mean and a variance of that", (expected) => {
  const random = seeded("poisson", expected);
  const { mean, variance } = moments(() => poisson(random, expected));
  expect(Math.abs(mean - expected)).toBeLessThan(5 * Math.sqrt(expected / DRAWS));
  expect(Math.abs(variance / expected - 1)).toBeLessThan(5 * Math.sqrt((2 + 1 / expected) / DRAWS));
});

test.each([
  { n: 6_000, events: 60, drawn: 300 },
  { n: 40, events: 30, drawn: 25 },
])("of $n units as many of $events are drawn without putting back as a hypergeometric number has", (of) => {
  const { n, events, drawn } = of;
  const random = seeded("hypergeometric", n);
  const { mean, variance } = moments(() => hypergeometric(random, of));
  const share = events / n;
  const expected = drawn * share * (1 - share) * ((n - drawn) / (n - 1));
  expect(Math.abs(mean - drawn * share)).toBeLessThan(5 * Math.sqrt(expected / DRAWS));
  expect(Math.abs(variance / expected - 1)).toBeLessThan(5 * Math.sqrt((2 + 1 / expected) / DRAWS));
  expect(hypergeometric(random, { n: 10, events: 4, drawn: 10 })).toBe(4);
});

test("a name and a number repeat their draws, and others have draws of their own", () => {
  const first = Array.from({ length: 5 }, seeded("a", 1));
  expect(Array.from({ length: 5 }, seeded("a", 1))).toEqual(first);
  expect(Array.from({ length: 5 }, seeded("a", 2))).not.toEqual(first);
  expect(Array.from({ length: 5 }, seeded("b", 1))).not.toEqual(first);
});

test("Kayenta passes a canary that is a hundred times worse in seven minutes of ten, and one that fails sparsely", () => {
  expect(isHigh([100, 100, 100, 100, 100, 100, 100, 1, 1, 1], Array(10).fill(1))).toBe(false);
  expect(isHigh([0, 1, 2, 1, 0, 0], Array(6).fill(0))).toBe(false);
  const rising = Array.from({ length: 30 }, (_, i) => 1 + (i % 7) / 100);
  expect(
    isHigh(
      rising.map((value) => value + 5),
      rising,
    ),
  ).toBe(true);
});

test.each([
  [100, 0.660688804915],
  [1_000, 0.0996883510383],
  [5_000, 0.0393023275869],
])("GrowthBook's one-sided sequential interval after %i units is as wide as its reference vectors", (n, width) => {
  expect(halfWidth(n)).toBeCloseTo(width, 9);
});

test("every rival stops a candidate that always fails, and none one without failures", () => {
  for (const { name, watch } of rivals) {
    const [dead, clean] = [watch(seeded(name, 0)), watch(seeded(name, 1))];
    const minutes = Array.from({ length: 60 }, (_, minute) => minute % 2);
    const stops = minutes.map((odd) => dead({ n0: 5_700, x0: 57 + odd, n1: 300, x1: 300 - odd }));
    expect([name, stops.includes(true)]).toEqual([name, true]);
    const calm = minutes.map((odd) => clean({ n0: 5_700, x0: 57 + odd, n1: 300, x1: 0 }));
    expect([name, calm.includes(true)]).toEqual([name, false]);
  }
});

const minute = (n1: number, x1: number): Counts => ({ n0: 5_700, x0: 57, n1, x1 });

/** The minute, from 1, after which a rule stops the candidate; 0: never. */
function stopsAfter(rival: Rival, minutes: readonly Counts[]): number {
  const stops = rival.watch(seeded(rival.name, 0));
  return minutes.findIndex((each) => stops(each)) + 1;
}

test("a check of Flagger fails below 99 % and where nothing came, and in its example ten good ones are the end", () => {
  const [good, bad] = [minute(300, 3), minute(300, 4)];
  expect(stopsAfter(flagger, [...Array(9).fill(bad), ...Array(50).fill(good), minute(0, 0)])).toBe(60);
  expect(stopsAfter(flagger, [...Array(9).fill(bad), ...Array(50).fill(good)])).toBe(0);
  expect(stopsAfter(flaggerExample, [...Array(9).fill(bad), ...Array(9).fill(good), bad])).toBe(19);
  expect(stopsAfter(flaggerExample, [...Array(9).fill(bad), ...Array(10).fill(good), bad])).toBe(0);
});

test("Argo stops at the fourth five minutes below 95 %; five without a request are such", () => {
  const [at, below] = [minute(300, 15), minute(300, 16)];
  expect(stopsAfter(argo, Array(40).fill(at))).toBe(0);
  expect(stopsAfter(argo, [...Array(15).fill(below), ...Array(20).fill(at), ...Array(5).fill(minute(0, 0))])).toBe(40);
});

test("a CloudWatch alarm takes the average of ten minutes, and two of them in a row", () => {
  const [at, above, none] = [minute(300, 6), minute(300, 7), minute(0, 0)];
  expect(stopsAfter(alarm, Array(60).fill(at))).toBe(0);
  expect(stopsAfter(alarm, Array(60).fill(above))).toBe(20);
  expect(stopsAfter(alarm, [...Array(10).fill(above), ...Array(10).fill(none), ...Array(10).fill(above)])).toBe(0);
});

test("a share of none or of all has an interval, too", () => {
  expect(shareInterval(0, 100)).toEqual([0, expect.closeTo(0.037, 3)]);
  expect(shareInterval(100, 100)).toEqual([expect.closeTo(0.963, 3), 1]);
});
