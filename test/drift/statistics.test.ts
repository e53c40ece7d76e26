import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { countInto, decileBounds } from "../../components/drift/bins.ts";
import { chiSquare, fisherChange, fisherIncrease, poolRareCells } from "../../components/drift/counts-test.ts";
import { correctedPsi, jensenShannon, psi, psiNoise } from "../../components/drift/distance.ts";
import { categoryCells } from "../../components/drift/measures.ts";
import { ksTail, ksTailExact, ksTailLimit, type Sorted, sampleGap, spread } from "../../components/drift/samples.ts";
import { chiSquareTail, kolmogorovTail } from "../../components/drift/tail.ts";
import { asCategories, columnOf } from "../../components/drift/window.ts";
// Written by oracle.py with Evidently 0.7.23 and SciPy 1.17.1.
import oracle from "./oracle.json" with { type: "json" };
import { categories, numbers } from "./oracle-samples.ts";
// Reference vectors, printed to 12 digits.
import vectors from "./reference-vectors.json" with { type: "json" };

describe("the reference vectors", () => {
  const { cells } = vectors;
  const samples = {
    reference: Float64Array.from(vectors.samples.reference),
    current: Float64Array.from(vectors.samples.current),
  };

  test("counts of eight cells: PSI, Jensen–Shannon and chi-square", () => {
    expect(psi(cells)).toBeCloseTo(cells.psi, 12);
    expect(jensenShannon(cells)).toBeCloseTo(cells.jensenShannonDistance, 12);
    expect(jensenShannon(cells) ** 2).toBeCloseTo(cells.jensenShannonDivergence, 11);
    expect(jensenShannon(cells) / Math.sqrt(Math.LN2)).toBeCloseTo(cells.jensenShannonDistanceBase2, 12);
    const { statistic, df, p } = chiSquare(cells);
    expect(statistic).toBeCloseTo(cells.chiSquare, 9);
    expect(df).toBe(cells.df);
    expect(p).toBeCloseTo(cells.p, 12);
  });

  test("what chance brings to the PSI, and the value that it exceeds once in twenty", () => {
    expect(7 * psiNoise(cells)).toBeCloseTo(cells.psiNullMean, 12);
    expect(correctedPsi(cells)).toBeCloseTo(cells.psi - cells.psiNullMean, 12);
    expect(chiSquareTail(cells.psiCritical95 / psiNoise(cells), 7)).toBeCloseTo(0.05, 9);
  });

  test("two samples: Kolmogorov–Smirnov with its exact p, and Wasserstein", () => {
    const { ks, wasserstein } = sampleGap(samples.reference, samples.current);
    expect(ks).toBeCloseTo(vectors.samples.ks, 12);
    expect(ksTail(ks, 8, 9)).toBeCloseTo(vectors.samples.pExact, 12);
    expect(wasserstein).toBeCloseTo(vectors.samples.wasserstein, 11);
    expect(wasserstein / spread(samples.reference).sd).toBeCloseTo(vectors.samples.wassersteinNormed, 11);
  });
});

describe("agreement with Evidently and SciPy", () => {
  test.each(oracle.numeric)("numbers, $n against $m: Evidently's normed Wasserstein and KS p", (each) => {
    const [reference, current] = [numbers(each.seed, each.n, 0), numbers(each.seed + 100, each.m, each.shift)];
    const { ks, wasserstein } = sampleGap(reference, current);
    expect(wasserstein / spread(reference).sd).toBeCloseTo(each.wasserstein, 11);
    expect(ks).toBeCloseTo(each.ks, 12);
    expect(ksTailExact(ks, each.n, each.m)).toBeCloseTo(each.ksP, 9);
    if (each.n * each.m > 1_000_000) expect(Math.abs(ksTail(ks, each.n, each.m) - each.ksP)).toBeLessThan(0.002);
  });

  test.each(oracle.categorical)("categories, $n against $m: Evidently's Jensen–Shannon and PSI", (each) => {
    const cells = categoryCells(
      asCategories(columnOf(categories(each.seed, each.n, 1), "category")),
      asCategories(columnOf(categories(each.seed + 100, each.m, each.tilt), "category")),
    );
    expect(jensenShannon(cells)).toBeCloseTo(each.jensenShannon, 12);
    expect(psi(cells)).toBeCloseTo(each.psi, 12);
    expect(chiSquare(cells).statistic).toBeCloseTo(each.chiSquare, 8);
    expect(chiSquare(cells).p).toBeCloseTo(each.chiSquareP, 12);
  });

  test.each(oracle.tails.chiSquare as [number, number, number][])(
    "chance of a chi-square above %d with %d df",
    (x, df, p) => expect(Math.abs(chiSquareTail(x, df) / p - 1)).toBeLessThan(1e-9),
  );

  test.each(oracle.tails.kolmogorov as [number, number][])("chance of a Kolmogorov distance above %d", (x, p) =>
    expect(kolmogorovTail(x)).toBeCloseTo(p, 12),
  );

  test.each(oracle.tails.fisher as [number, number, number, number, number][])(
    "Fisher's exact test of %d in %d against %d in %d",
    (before, n, now, m, p) =>
      expect(fisherIncrease({ rows: n, events: before }, { rows: m, events: now })).toBeCloseTo(p, 10),
  );
});

test("a change to either side is twice the smaller tail, the same whichever side it goes to, and at most 1", () => {
  const [few, many] = [
    { rows: 100, events: 4 },
    { rows: 120, events: 15 },
  ];
  expect(fisherChange(few, many)).toBe(2 * fisherIncrease(few, many));
  expect(fisherChange(many, few)).toBeCloseTo(fisherChange(few, many), 12);
  expect(fisherChange(few, few)).toBe(1);
});

const counts = fc.integer({ min: 0, max: 5000 });
const pairOfCells = fc
  .array(fc.tuple(counts, counts), { minLength: 2, maxLength: 12 })
  .filter((rows) => rows.some(([a]) => a > 0) && rows.some(([, b]) => b > 0))
  .map((rows) => ({ reference: rows.map(([a]) => a), current: rows.map(([, b]) => b) }));
const sample: fc.Arbitrary<Sorted> = fc
  .array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 60 })
  .map((values) => Float64Array.from(values).sort());

describe("for any counts", () => {
  test("distances are 0 for the same shares, never negative, and the same both ways", () => {
    fc.assert(
      fc.property(pairOfCells, (cells) => {
        const { reference, current } = cells;
        for (const distance of [psi, jensenShannon]) {
          expect(distance(cells)).toBeGreaterThanOrEqual(0);
          expect(distance(cells)).toBeCloseTo(distance({ reference: current, current: reference }), 9);
          expect(distance({ reference, current: reference })).toBeCloseTo(0, 7);
        }
        expect(jensenShannon(cells)).toBeLessThanOrEqual(Math.sqrt(Math.LN2) + 1e-12);
      }),
    );
  });

  test("chi-square does not depend on the order of the cells, nor on which side is which", () => {
    fc.assert(
      fc.property(pairOfCells, ({ reference, current }) => {
        const { statistic } = chiSquare({ reference, current });
        const turned = chiSquare({ reference: current.toReversed(), current: reference.toReversed() });
        expect(turned.statistic).toBeCloseTo(statistic, 6);
      }),
    );
  });

  test("pooling keeps every row, and leaves at most the last cell below five expected", () => {
    fc.assert(
      fc.property(pairOfCells, (cells) => {
        const sum = (each: readonly number[]) => each.reduce((a, b) => a + b, 0);
        const pooled = poolRareCells(cells);
        const [n, m] = [sum(cells.reference), sum(cells.current)];
        expect([sum(pooled.reference), sum(pooled.current)]).toEqual([n, m]);
        const expected = pooled.reference.map(
          (count, i) => ((count + (pooled.current[i] ?? 0)) * Math.min(n, m)) / (n + m),
        );
        expect(expected.slice(0, -1).every((each) => each >= 5)).toBe(true);
      }),
    );
  });
});

describe("for any two samples", () => {
  test("the walk finds what the definition of both distances says", () => {
    fc.assert(
      fc.property(sample, sample, (reference, current) => {
        const at = (values: Sorted, x: number): number => values.filter((value) => value <= x).length / values.length;
        const points = [...new Set([...reference, ...current])].sort((a, b) => a - b);
        const gaps = points.map((x) => Math.abs(at(reference, x) - at(current, x)));
        const area = gaps.reduce(
          (sum, gap, i) => sum + gap * ((points[i + 1] ?? points[i] ?? 0) - (points[i] ?? 0)),
          0,
        );
        const seen = sampleGap(reference, current);
        expect(seen.ks).toBeCloseTo(Math.max(...gaps), 12);
        expect(Math.abs(seen.wasserstein - area)).toBeLessThanOrEqual(1e-9 * Math.max(1, area));
      }),
    );
  });

  test("a shift by d moves the Wasserstein distance of equal samples to d", () => {
    fc.assert(
      fc.property(sample, fc.double({ min: 0, max: 1e6, noNaN: true }), (values, d) => {
        expect(
          sampleGap(
            values,
            values.map((value) => value + d),
          ).wasserstein,
        ).toBeCloseTo(d, 5);
      }),
    );
  });

  test("the exact p is that of all orders, counted one by one", () => {
    const orders = (n: number, m: number): readonly (readonly boolean[])[] =>
      n === 0 && m === 0
        ? [[]]
        : [
            ...(n > 0 ? orders(n - 1, m).map((rest) => [true, ...rest]) : []),
            ...(m > 0 ? orders(n, m - 1).map((rest) => [false, ...rest]) : []),
          ];
    for (const [n, m] of [
      [3, 3],
      [4, 6],
      [5, 5],
      [1, 7],
    ] as const) {
      const gaps = orders(n, m).map((order) => {
        const ranks = (side: boolean) =>
          Float64Array.from(order.flatMap((isReference, rank) => (isReference === side ? [rank] : [])));
        return sampleGap(ranks(true), ranks(false)).ks;
      });
      for (const ks of new Set(gaps)) {
        const share = gaps.filter((gap) => gap >= ks - 1e-9).length / gaps.length;
        expect(ksTailExact(ks, n, m)).toBeCloseTo(share, 12);
      }
    }
  });

  test("p falls as the distance grows; at a thousand values the limit is within 15 % of the exact p where it matters", () => {
    const distances = [0.01, 0.03, 0.05, 0.06, 0.08, 0.1, 0.12];
    for (const tail of [ksTailExact, ksTailLimit]) {
      const ps = distances.map((ks) => tail(ks, 1000, 1000));
      expect(ps).toEqual(ps.toSorted((a, b) => b - a));
    }
    for (const ks of distances.filter((each) => each >= 0.05)) {
      expect(Math.abs(ksTailLimit(ks, 1000, 1000) / ksTailExact(ks, 1000, 1000) - 1)).toBeLessThan(0.15);
    }
  });

  test("an empty sample is refused", () => {
    expect(() => sampleGap(new Float64Array(), Float64Array.of(1))).toThrow("saw 0 and 1 values");
  });
});

test("every value lies in one cell, and deciles of distinct values hold a tenth each", () => {
  fc.assert(
    fc.property(sample, sample, (reference, current) => {
      const cells = countInto(decileBounds(reference), current);
      expect(cells.reduce((a, b) => a + b, 0)).toBe(current.length);
    }),
  );
  const thousand = Float64Array.from({ length: 1000 }, (_, i) => i);
  expect(countInto(decileBounds(thousand), thousand)).toEqual(Array.from({ length: 10 }, () => 100));
  // Where one value is most of them, its cells are one.
  const flat = Float64Array.from({ length: 1000 }, (_, i) => Math.max(0, i - 800));
  expect(countInto(decileBounds(flat), flat)).toEqual([801, 99, 100]);
});
