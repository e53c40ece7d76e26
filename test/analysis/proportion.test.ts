import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Interval, judge, type ProportionGuard } from "../../components/analysis/index.ts";
import {
  blockLogE,
  nearestBoundaryPoint,
  promoteLogE,
  rollbackLogE,
  startComparison,
  stepComparison,
} from "../../components/analysis/proportion.ts";
// Computed by an independent reference implementation in JavaScript and NumPy (default parameters: baseline 0.01 with
// the weight of 200 units); printed to 12 digits. The fields lm, cs and lgamma belong to other statistics.
import vectors from "./vectors.json" with { type: "json" };

type Row = readonly [number, number, number, number];
const times = (count: number, row: Row): Row[] => Array.from({ length: count }, () => row);
const rows: Record<string, Row[]> = {
  "one block 5700/57 vs 300/3 (no diff)": [[5700, 57, 300, 3]],
  "one block 5700/57 vs 300/9": [[5700, 57, 300, 9]],
  "one block 5700/57 vs 300/12": [[5700, 57, 300, 12]],
  "two blocks +1pp: (5700,57,300,6)x2": times(2, [5700, 57, 300, 6]),
  "5 blocks +1pp": times(5, [5700, 57, 300, 6]),
  "10 blocks +1pp": times(10, [5700, 57, 300, 6]),
  "all fail: 8 of 8, baseline 2 of 152": [[152, 2, 8, 8]],
  "3 of 3 fail, baseline 0/57": [[57, 0, 3, 3]],
  "no canary traffic": [[5700, 57, 0, 0]],
  "shared incident 6%": [[5700, 342, 300, 18]],
  "weight ramp 60/1,300/3,1500/15": [
    [5940, 59, 60, 1],
    [5700, 57, 300, 3],
    [4500, 45, 1500, 15],
  ],
  "100 blocks no diff": times(100, [5700, 57, 300, 3]),
};

function judgeRows(sequence: readonly Row[], margin: number) {
  const errors: ProportionGuard = {
    name: "errors",
    kind: "proportion",
    direction: "increase",
    margin: { kind: "absolute", value: margin },
    baseline: 0.01,
  };
  const intervals = sequence.map(([n0, x0, n1, x1], i): Interval => {
    return { at: i * 60_000, seconds: 60, counts: { errors: { n0, x0, n1, x1 } } };
  });
  const [guard] = judge(intervals, { guards: [errors] }).evidence.guards;
  if (guard === undefined) throw new Error("no guard evidence");
  return guard;
}

/** The vectors give each alternative the same stake. */
const EQUAL = Array.from({ length: 10 }, () => 0.1);

function harmOf(
  sequence: readonly Row[],
  offset: number,
  [log, p]: readonly [number, number],
): readonly [number, number][] {
  let state = startComparison(1, 0.01);
  let highest = 0;
  for (const [n0, x0, n1, x1] of sequence) {
    state = stepComparison(state, { n0, x0, n1, x1 }, { boundary: { ratio: 1, offset } });
    highest = Math.max(highest, rollbackLogE(state, EQUAL));
  }
  return [
    [rollbackLogE(state, EQUAL), log],
    [Math.min(1, Math.exp(-highest)), p],
  ];
}

describe("the published vectors", () => {
  test.each(vectors.logE)("a block's log e-value and nearest boundary point are those of vector %#", (vector) => {
    const [block, q0, q1, offset, ratio] = vector.in as [
      Parameters<typeof blockLogE>[0],
      number,
      number,
      number,
      number,
    ];
    expect(Math.abs(blockLogE(block, q0, q1, { ratio, offset }) - vector.logE)).toBeLessThan(1e-9);
    const point = nearestBoundaryPoint(block.n0, q0, block.n1, q1, { ratio, offset });
    point.forEach((p, i) => {
      expect(Math.abs(p - (vector.ripr[i] ?? Number.NaN))).toBeLessThan(1e-9);
    });
  });

  test.each(vectors.rollback)("$k", (vector) => {
    const sequence = rows[vector.k];
    if (sequence === undefined) throw new Error(`no rows for ${vector.k}`);
    const half = judgeRows(sequence, 0.005);
    const one = judgeRows(sequence, 0.01);
    const pairs: [number, number][] = [
      ...harmOf(sequence, 0, [vector.logE_m0, vector.p_m0]),
      ...harmOf(sequence, 0.005, [vector.logE_m005, vector.p_m005]),
      [half.promote.log, vector.promote_logE_m005],
      [half.promote.p, vector.promote_p_m005],
      [one.promote.p, vector.promote_p_m01],
    ];
    for (const [seen, expected] of pairs) expect(Math.abs(seen - expected)).toBeLessThan(1e-9);
  });
});

const boundary = fc.oneof(
  fc.constant({ ratio: 1, offset: 0 }),
  fc.double({ min: 0.001, max: 0.3, noNaN: true }).map((offset) => ({ ratio: 1, offset })),
  fc.double({ min: 1.01, max: 3, noNaN: true }).map((ratio) => ({ ratio, offset: 0 })),
  // a relative decrease, flipped
  fc.double({ min: 0.01, max: 0.9, noNaN: true }).map((share) => ({ ratio: 1 - share, offset: share })),
  // a ratio to a mean whose zero lies below the rate 0, as it is and flipped
  fc
    .record({
      share: fc.double({ min: 0.01, max: 0.4, noNaN: true }),
      offset: fc.double({ min: 0, max: 0.5, noNaN: true }),
      rises: fc.boolean(),
    })
    .map(({ share, offset, rises }) =>
      rises ? { ratio: 1 + share, offset } : { ratio: 1 - share, offset: share + offset },
    ),
);
const rate = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 1e-4, 0.01, 0.99, 1));

const binomialShares = (n: number, p: number): number[] => {
  const shares: number[] = [];
  let choose = 1;
  for (let x = 0; x <= n; x++) {
    shares.push(choose * p ** x * (1 - p) ** (n - x));
    choose = (choose * (n - x)) / (x + 1);
  }
  return shares;
};

/** Expectation of f over all outcomes of one block at true rates (p0, p1). */
function expectation(n0: number, p0: number, n1: number, p1: number, f: readonly (readonly number[])[]): number {
  const [w0, w1] = [binomialShares(n0, p0), binomialShares(n1, p1)];
  return w0.reduce((sum, a, x0) => sum + a * w1.reduce((inner, b, x1) => inner + b * (f[x0]?.[x1] ?? 0), 0), 0);
}

function eValues(n0: number, n1: number, logE: (x0: number, x1: number) => number): number[][] {
  return Array.from({ length: n0 + 1 }, (_, x0) => Array.from({ length: n1 + 1 }, (_, x1) => Math.exp(logE(x0, x1))));
}

test("no rate inside a null makes the expected e-value of a block exceed 1 (all outcomes enumerated)", () => {
  fc.assert(
    fc.property(
      boundary,
      rate,
      fc.integer({ min: 1, max: 30 }),
      fc.integer({ min: 1, max: 12 }),
      fc.constantFrom(1, 2.5),
      (line, baseline, n0, n1, designEffect) => {
        const after = (x0: number, x1: number) =>
          stepComparison(startComparison(1, baseline), { n0, x0, n1, x1 }, { boundary: line, designEffect });
        const rollback = eValues(n0, n1, (x0, x1) => rollbackLogE(after(x0, x1)));
        const promote = eValues(n0, n1, (x0, x1) => promoteLogE(after(x0, x1)));
        let worst = 0;
        for (const p0 of [0, 1e-4, 0.01, 0.1, 0.3, 0.5, 0.7, 0.95, 1]) {
          const limit = line.ratio * p0 + line.offset;
          for (const share of [1, 0.7, 0.2, 0]) {
            worst = Math.max(worst, expectation(n0, p0, n1, Math.min(1, limit) * share, rollback));
            if (limit <= 1) worst = Math.max(worst, expectation(n0, p0, n1, 1 - (1 - limit) * share, promote));
          }
        }
        // At a rate of 1 - 1e-6 the complement keeps ten digits only, and 40 units add their rounding up.
        expect(worst).toBeLessThanOrEqual(1 + (baseline > 0.999 ? 1e-8 : 1e-9));
      },
    ),
    { numRuns: 120 },
  );
});

test("fractional events keep the expected e-value at or below 1", () => {
  // Units that give 0, 0.5 or 1, with the mean on the boundary.
  const line = { ratio: 1, offset: 0.1 };
  const [p0, p1] = [0.3, 0.4];
  const shares = (mean: number): readonly [number, number][] => [
    [0, 1 - mean - 0.2],
    [0.5, 0.4],
    [1, mean - 0.2],
  ];
  for (const baseline of [0.05, 0.3, 0.6]) {
    let rollback = 0;
    let promote = 0;
    for (const [a, pa] of shares(p0)) {
      for (const [b, pb] of shares(p0)) {
        for (const [c, pc] of shares(p1)) {
          const block = { n0: 2, x0: a + b, n1: 1, x1: c };
          const state = stepComparison(startComparison(1, baseline), block, { boundary: line });
          rollback += pa * pb * pc * Math.exp(rollbackLogE(state));
          promote += pa * pb * pc * Math.exp(promoteLogE(state));
        }
      }
    }
    expect(rollback).toBeLessThanOrEqual(1 + 1e-12);
    expect(promote).toBeLessThanOrEqual(1 + 1e-12);
  }
});

const block = fc
  .record({ n0: fc.nat(5000), n1: fc.nat(5000), s0: rate, s1: rate })
  .map(({ n0, n1, s0, s1 }) => ({ n0, x0: Math.round(n0 * s0), n1, x1: Math.round(n1 * s1) }));

test("every block and boundary gives finite evidence, at the edges too", () => {
  fc.assert(
    fc.property(
      boundary,
      fc.array(block, { maxLength: 8 }),
      fc.option(rate, { nil: undefined }),
      (line, blocks, baseline) => {
        const state = blocks.reduce((s, b) => stepComparison(s, b, { boundary: line }), startComparison(3, baseline));
        expect(Number.isFinite(rollbackLogE(state))).toBe(true);
        expect(Number.isFinite(promoteLogE(state))).toBe(true);
      },
    ),
  );
});

test("a block with an empty arm is no evidence, it teaches the stable rate", () => {
  fc.assert(
    fc.property(boundary, block, (line, counts) => {
      const before = stepComparison(startComparison(1, 0.02), counts, { boundary: line });
      const stableOnly = stepComparison(before, { n0: 500, x0: 7, n1: 0, x1: 0 }, { boundary: line });
      expect(stableOnly).toEqual({
        ...before,
        stableUnits: before.stableUnits + 500,
        stableEvents: before.stableEvents + 7,
      });
      expect(stepComparison(before, { n0: 0, x0: 0, n1: 50, x1: 50 }, { boundary: line })).toEqual(before);
    }),
  );
});

test("without a baseline the first 200 stable units teach the rate and are not judged", () => {
  const terms = { boundary: { ratio: 1, offset: 0.05 } };
  const taught = stepComparison(startComparison(), { n0: 200, x0: 100, n1: 50, x1: 50 }, terms);
  expect(rollbackLogE(taught)).toBeCloseTo(0, 12);
  expect(taught.stableEvents / taught.stableUnits).toBe(0.5);
  expect(rollbackLogE(stepComparison(taught, { n0: 200, x0: 100, n1: 50, x1: 50 }, terms))).toBeGreaterThan(10);
});

test("a design effect divides the evidence of a single alternative and never multiplies that of a harm", () => {
  fc.assert(
    fc.property(boundary, fc.array(block, { minLength: 1, maxLength: 5 }), (line, blocks) => {
      const run = (designEffect: number) =>
        blocks.reduce((s, b) => stepComparison(s, b, { boundary: line, designEffect }), startComparison(1, 0.05));
      const [plain, tempered] = [run(1), run(3)];
      tempered.rollback[0]?.forEach((log, j) => {
        expect(log).toBeCloseTo((plain.rollback[0]?.[j] ?? Number.NaN) / 3, 6);
      });
      expect(rollbackLogE(tempered)).toBeLessThanOrEqual(Math.max(0, rollbackLogE(plain)) + 1e-9);
      expect(promoteLogE(tempered)).toBeLessThanOrEqual(Math.max(0, promoteLogE(plain)) + 1e-9);
    }),
  );
});

test("evidence of harm that starts anew finds a late harm sooner than the evidence that holds the good start against it", () => {
  const terms = { boundary: { ratio: 1, offset: 0.005 } };
  const good = { n0: 4500, x0: 45, n1: 1500, x1: 15 };
  const bad = { n0: 4500, x0: 45, n1: 1500, x1: 45 };
  const blocksToFire = (starts: number): number => {
    let state = startComparison(starts, 0.01);
    for (let i = 0; i < 30; i++) state = stepComparison(state, good, { ...terms, started: 1 });
    let blocks = 0;
    while (rollbackLogE(state) < Math.log(100)) {
      state = stepComparison(state, bad, { ...terms, started: starts });
      blocks++;
    }
    return blocks;
  };
  expect(blocksToFire(4)).toBe(2);
  expect(blocksToFire(1)).toBeGreaterThan(4);
});
