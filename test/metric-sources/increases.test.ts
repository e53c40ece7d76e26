import fc from "fast-check";
import { expect, test } from "vitest";
import { type Counter, increasesOf } from "../../components/metric-sources/prometheus/increases.ts";

const GAP = 300_000;

/** A counter of one target that was scraped at these moments. */
const counter = (
  scrapes: readonly (readonly [at: number, value: number])[],
  changes: Partial<Counter> = {},
): Counter => ({
  ...{ target: "a", arm: "stable", outcome: "answered", counts: "requests" },
  scrapes: scrapes.map(([at, value]) => ({ at, values: [value] })),
  ...changes,
});

const increases = (counters: readonly Counter[], up: Readonly<Record<string, readonly number[]>> = {}) =>
  increasesOf(counters, new Map(Object.entries(up)), GAP).increases.map(({ arm, at, values }) => [arm, at, ...values]);

test("an increase belongs to the scrape that shows it, and the first value of a target counts nothing", () => {
  expect(
    increases([
      counter([
        [0, 7],
        [15, 9],
        [30, 9],
        [45, 20],
      ]),
    ]),
  ).toEqual([
    ["stable", 15, 2],
    ["stable", 30, 0],
    ["stable", 45, 11],
  ]);
});

test("a step in which one counter fell is left out for its whole target, and for no other", () => {
  const fell = counter([
    [0, 50],
    [15, 3],
    [30, 5],
  ]);
  const grew = counter(
    [
      [0, 10],
      [15, 400],
      [30, 401],
    ],
    { arm: "candidate" },
  );
  const elsewhere = counter(
    [
      [0, 1],
      [15, 2],
      [30, 3],
    ],
    { target: "b", arm: "candidate" },
  );
  expect(increases([fell, grew, elsewhere])).toEqual([
    ["stable", 30, 2],
    ["candidate", 30, 1],
    ["candidate", 15, 1],
    ["candidate", 30, 1],
  ]);
  expect(increasesOf([fell, grew, elsewhere], new Map(), GAP).resets).toEqual([{ target: "a", at: 15 }]);
});

test("a series that comes late to a target that is known begins at 0", () => {
  const known = counter([
    [0, 5],
    [15, 6],
    [30, 7],
  ]);
  const late = counter([[30, 4]], { outcome: "failed", arm: "candidate" });
  expect(increases([known, late])).toContainEqual(["candidate", 30, 4]);
});

test("the first series of a target begins at 0 where the server had scraped it before", () => {
  const late = counter(
    [
      [30, 4],
      [45, 6],
    ],
    { arm: "candidate" },
  );
  expect(increases([late])).toEqual([["candidate", 45, 2]]);
  expect(increases([late], { a: [0, 15, 30, 45] })).toEqual([
    ["candidate", 30, 4],
    ["candidate", 45, 2],
  ]);
});

test("what was counted across a gap is left out; a scrape that is missing is none", () => {
  const gap = counter([
    [0, 1],
    [15_000, 2],
    [45_000, 5],
    [400_000, 900],
    [415_000, 901],
  ]);
  expect(increases([gap])).toEqual([
    ["stable", 15_000, 1],
    ["stable", 45_000, 3],
    ["stable", 415_000, 1],
  ]);
});

test("whatever is counted without a restart is found once, wherever the samples are cut in two", () => {
  const steps = fc.array(fc.nat(1000), { minLength: 3, maxLength: 30 });
  fc.assert(
    fc.property(steps, fc.nat(), (counts, where) => {
      let total = 1_000_000;
      const scrapes = counts.map((count, i) => {
        total += count;
        return [i * 15, total] as const;
      });
      const cut = (where % (scrapes.length - 1)) + 1;
      const sum = (own: typeof scrapes): number =>
        increases([counter(own)]).reduce((all, [, , value]) => all + Number(value), 0);
      // The second half goes on from the last sample of the first.
      expect(sum(scrapes.slice(0, cut)) + sum(scrapes.slice(cut - 1))).toBe(sum(scrapes));
      expect(sum(scrapes)).toBe(total - 1_000_000 - (counts[0] ?? 0));
    }),
  );
});

test("no increase is ever below 0, whatever counters do", () => {
  const walks = fc.array(fc.array(fc.nat(50), { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(walks, (values) => {
      const counters = values.map((walk) => counter(walk.map((value, i) => [i * 15, value] as const)));
      expect(increases(counters).every(([, , value]) => Number(value) >= 0)).toBe(true);
    }),
  );
});
