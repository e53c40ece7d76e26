import fc from "fast-check";
import { expect, test } from "vitest";
import { largestExcess } from "../../components/analysis/excess.ts";
import { createJudge, type JudgeSettings } from "../../components/analysis/index.ts";

const THREE = 3;

test("without units of both versions everything is possible", () => {
  expect(largestExcess({ n0: 0, x0: 0, n1: 10, x1: 0 }, THREE)).toBe(1);
  expect(largestExcess({ n0: 10, x0: 0, n1: 0, x1: 0 }, THREE)).toBe(1);
});

test("without an event beside a stable version that is well known it is the rule of three", () => {
  for (const n1 of [30, 100, 1_000]) {
    const exact = 1 - Math.exp(-THREE / n1);
    expect(largestExcess({ n0: 1e9, x0: 0, n1, x1: 0 }, THREE)).toBeCloseTo(exact, 4);
  }
});

const blocks = fc
  .record({
    n0: fc.integer({ min: 1, max: 100_000 }),
    n1: fc.integer({ min: 1, max: 100_000 }),
    a: fc.double({ min: 0, max: 1, noNaN: true }),
    b: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ n0, n1, a, b }) => ({ n0, x0: Math.floor(a * n0), n1, x1: Math.floor(b * n1) }));

test("it is at least what was seen and at most everything, and falls as the same rates are seen in more units", () => {
  fc.assert(
    fc.property(blocks, ({ n0, x0, n1, x1 }) => {
      const seen = largestExcess({ n0, x0, n1, x1 }, THREE);
      const longer = largestExcess({ n0: 4 * n0, x0: 4 * x0, n1: 4 * n1, x1: 4 * x1 }, THREE);
      expect(seen).toBeGreaterThanOrEqual(x1 / n1 - x0 / n0 - 1e-9);
      expect(seen).toBeLessThanOrEqual(1);
      expect(longer).toBeLessThanOrEqual(seen + 1e-9);
    }),
  );
});

test("more events of the candidate, and more certainty asked for, leave more possible", () => {
  fc.assert(
    fc.property(blocks, ({ n0, x0, n1, x1 }) => {
      const seen = largestExcess({ n0, x0, n1, x1 }, THREE);
      expect(largestExcess({ n0, x0, n1, x1: Math.min(n1, x1 + 1) }, THREE)).toBeGreaterThanOrEqual(seen - 1e-9);
      expect(largestExcess({ n0, x0, n1, x1 }, 2 * THREE)).toBeGreaterThanOrEqual(seen - 1e-9);
    }),
  );
});

const judging = (designEffect: number): JudgeSettings => ({
  guards: [
    {
      kind: "proportion",
      name: "a",
      direction: "increase",
      margin: { kind: "absolute", value: 0.01 },
      designEffect,
    },
  ],
});

test("a verdict tells it for each guard where it is asked, in units that scatter as the guard says", () => {
  const counts = { n0: 1_900, x0: 19, n1: 100, x1: 1 };
  const shown = (settings: JudgeSettings): number | undefined =>
    createJudge(settings).add({ at: 0, seconds: 1, counts: { a: counts } }).evidence.guards[0]?.possibleExcess;
  const told = (designEffect: number) => shown({ ...judging(designEffect), excessBeta: 0.1 });
  expect(told(1)).toBeCloseTo(largestExcess(counts, Math.log(10)), 12);
  expect(told(4)).toBeCloseTo(largestExcess({ n0: 475, x0: 4.75, n1: 25, x1: 0.25 }, Math.log(10)), 12);
  expect(shown(judging(1))).toBeUndefined();
});

test.each([0, 1, Number.NaN])("how unlikely is impossible cannot be %f", (excessBeta) => {
  expect(() => createJudge({ ...judging(1), excessBeta })).toThrow(
    `judge excessBeta: saw ${excessBeta}; allowed is above 0, below 1`,
  );
});
