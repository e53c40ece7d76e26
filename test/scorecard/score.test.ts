import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { healthOf, PILLAR_WEIGHTS } from "../../components/scorecard/health.ts";
import { declineOf, type QuarterFacts, scoreModel } from "../../components/scorecard/index.ts";
import { type Part, partsOf } from "../../components/scorecard/parts.ts";
import { healthy, modelOf } from "./models.ts";
// Reference vectors, to the last digit.
import vectors from "./reference-vectors.json" with { type: "json" };

type Given = (typeof vectors)[number]["given"];

const flags = ["ownerActive", "modelCard", "validationInDate", "dependentsRegistered", "rollbackDrillPassed"] as const;

/** The facts of a reference vector: of one request so large a part failed as of the budget is used. */
const factsOf = (given: Given): Partial<Omit<QuarterFacts, "quarter">> => ({
  target: given.target,
  cost: given.cost,
  requests: 1,
  errors: 1 - given.slo,
  slow: 0,
  slo: 0,
  quality: given.quality,
  qualityThreshold: 1,
  driftShare: given.driftShare,
  ageDays: given.ageDays,
  maxAgeDays: given.maxAgeDays,
  utilisation: given.util,
  ...Object.fromEntries(flags.map((flag, i) => [flag, i < Math.round(given.gov * 5)])),
});

describe("the reference vectors", () => {
  test.each(vectors)("values $given.value", ({ given, expected }) => {
    const { pillars, health, coverage, missing, valuePerCost, growth, history } = scoreModel(
      modelOf("m", given.value, factsOf(given)),
    );
    const seen = [
      pillars.business,
      pillars.technical,
      pillars.cost,
      pillars.governance,
      health,
      valuePerCost[1],
      growth,
    ];
    const { B, T, C, G, H, R, g } = expected;
    for (const [i, each] of [B, T, C, G, H, R, g].entries()) {
      expect(Math.abs(Number(seen[i]) - each)).toBeLessThan(1e-9);
    }
    expect(coverage).toBeCloseTo(1, 12);
    expect(missing).toEqual([]);
    expect(history.at(-1)?.health).toBe(health);
  });

  test.each([
    { value: [100, 92, 85, 76], B: 47.5209, T: 85.3185, C: 68.9387, G: 80, H: 64.2789, p: 0.0416667 },
    { value: [100, 103, 99, 104], B: 81.8062, T: 85.3185, C: 73.0784, G: 80, H: 80.8154, p: 0.833333 },
    { value: [40, 30, 22, 15, 9], B: 5.4, T: 85.3185, C: 34.9038, G: 80, H: 23.5047, p: 0.00833333 },
  ])("of $value as they are written down", ({ value, B, T, C, G, H, p }) => {
    const given = vectors[0]?.given;
    if (given === undefined) throw new Error("no vectors");
    const { pillars, health, decline } = scoreModel(modelOf("m", value, factsOf(given)));
    const { business, technical, cost, governance } = pillars;
    for (const [seen, expected] of [
      [business, B],
      [technical, T],
      [cost, C],
      [governance, G],
      [health, H],
    ]) {
      expect(Math.abs(Number(seen) - Number(expected))).toBeLessThan(1e-4);
    }
    expect(decline?.p).toBeCloseTo(p, 6);
  });
});

const knownOf = (parts: readonly Part[]): readonly string[] =>
  parts.filter(({ score }) => score !== null).map(({ facts }) => facts);

describe("what is not known", () => {
  test("counts for nothing, and the rest for more: a pillar alone is the health", () => {
    const { pillars, health, coverage, missing } = scoreModel({
      model: "m",
      quarters: [{ quarter: "2026Q1", value: 50, target: 100 }],
    });
    expect(pillars).toEqual({ business: 50, technical: null, cost: null, governance: null });
    expect(health).toBeCloseTo(50, 9);
    expect(coverage).toBeCloseTo(0.24, 12);
    expect(missing).toHaveLength(12);
    expect(missing.slice(0, 2)).toEqual(["value of two quarters", "requests, errors or slow, slo"]);
  });

  test("of nothing at all there is no health", () => {
    expect(scoreModel({ model: "m", quarters: [{ quarter: "2026Q1" }] })).toMatchObject({
      health: null,
      coverage: 0,
      growth: null,
      decline: null,
      valuePerCost: [null, null],
    });
  });

  test("each part's weight stands in the coverage, and all of them are 1", () => {
    const parts = partsOf({ quarter: "2026Q1", ...healthy }, [300, 300]);
    expect(knownOf(parts)).toHaveLength(13);
    for (const { pillar, facts, weight } of parts) {
      const others = parts.map((each) => (each.facts === facts ? { ...each, score: null } : each));
      expect(healthOf(others).coverage).toBeCloseTo(1 - weight * PILLAR_WEIGHTS[pillar], 12);
      expect(healthOf(others).missing).toEqual([facts]);
    }
  });

  test("errors or slow answers alone are enough, and without a request nothing is known of either", () => {
    const known = (facts: Partial<QuarterFacts>): boolean =>
      knownOf(partsOf({ quarter: "2026Q1", requests: 10, slo: 0.5, ...facts }, [])).length > 0;
    expect([known({ errors: 1 }), known({ slow: 1 }), known({}), known({ requests: 0, errors: 0 })]).toEqual([
      ...[true, true],
      ...[false, false],
    ]);
  });
});

test("what failed and what came late use up the same budget", () => {
  const technical = (facts: Partial<QuarterFacts>) => scoreModel(modelOf("m", [300], facts)).pillars.technical;
  expect(technical({ errors: 100, slow: 100 })).toBeCloseTo(35 * 0.8 + 25 + 25 + 15 * 0.8, 9);
  expect(technical({ errors: 0, slow: 1000 })).toBeCloseTo(25 + 25 + 15 * 0.8, 9);
});

describe("odd amounts", () => {
  const costOf = (value: number, cost: number) =>
    scoreModel(modelOf("m", [value], { cost, utilisation: 0 })).pillars.cost;

  test("a model that costs nothing has all of value over cost, one that loses nothing of it", () => {
    expect([costOf(10, 0), costOf(-10, 5), costOf(10, 10)]).toEqual([70, 0, 35]);
    expect(scoreModel(modelOf("m", [0, 0], { cost: 0 })).missing).toEqual(["value, cost"]);
  });

  test("a value that stays at nothing is steady, and one that comes from a loss grows", () => {
    expect(scoreModel(modelOf("m", [0, 0, 0])).growth).toBe(0);
    expect(scoreModel(modelOf("m", [-3, -2, -1])).growth).toBe(0.5);
    expect(scoreModel(modelOf("m", [9, 0, 0, 0]))).toMatchObject({ growth: null, pillars: { business: 0 } });
  });

  test("of ten quarters the trend is that of the last eight", () => {
    const values = [900, 800, 1, 2, 3, 4, 5, 6, 7, 8];
    expect(scoreModel(modelOf("m", values)).growth).toBe(1 / 4.5);
  });
});

test("health lies between 1 and 100 and between the lowest and the highest pillar, whatever is known", () => {
  const score = fc.option(fc.double({ min: 0, max: 1, noNaN: true }));
  fc.assert(
    fc.property(fc.array(score, { minLength: 13, maxLength: 13 }), (scores) => {
      const parts = partsOf({ quarter: "2026Q1" }, []).map((part, i) => ({ ...part, score: scores[i] ?? null }));
      const { health, pillars, coverage } = healthOf(parts);
      const known = Object.values(pillars).flatMap((each) => (each === null ? [] : [Math.max(1, each)]));
      if (known.length === 0) return void expect([health, coverage]).toEqual([null, 0]);
      expect(health).toBeGreaterThanOrEqual(Math.min(...known) - 1e-9);
      expect(health).toBeLessThanOrEqual(Math.max(...known) + 1e-9);
      expect(coverage).toBeLessThanOrEqual(1 + 1e-12);
    }),
  );
});

test("one dead pillar of four pulls the health down to where a mean would not", () => {
  const parts = partsOf({ quarter: "2026Q1", ...healthy }, [300, 300]).map((part) => ({
    ...part,
    score: part.pillar === "technical" ? 0 : 1,
  }));
  expect(healthOf(parts).health).toBeCloseTo(100 ** 0.7, 9);
});

describe("a decline is confirmed", () => {
  test.each([
    { values: [100, 92, 85, 76], noise: 0, confirmed: true, why: "three falls, 24 % together, 1 of 24 orders" },
    { values: [92, 85, 76], noise: 0, confirmed: undefined, why: "three quarters cannot show it" },
    { values: [100, 99, 85, 76], noise: 0, confirmed: false, why: "a fall of 1 % is none" },
    { values: [100, 97, 94.5, 91.5], noise: 0, confirmed: false, why: "8.5 % together is less than a tenth" },
    { values: [100, 97, 94, 90], noise: 0, confirmed: true, why: "10 % together is a tenth" },
    { values: [100, 92, 85, 86, 76], noise: 0, confirmed: false, why: "a rise between" },
    { values: [100, 98, 80, 70], noise: 0, confirmed: false, why: "a fall of 2 % is none either" },
    { values: [90, 100, 92, 85, 76], noise: 0, confirmed: false, why: "14 of 120 orders fall as much" },
    { values: [50, 60, 100, 92, 85, 76], noise: 0, confirmed: false, why: "no fall over all quarters" },
    { values: [100, 92, 85, 76], noise: 0.08, confirmed: false, why: "falls no larger than the noise" },
    { values: [100, 90, 80, 0], noise: 0, confirmed: true, why: "down to nothing" },
    { values: [-1, -2, -3, -4], noise: 0, confirmed: false, why: "no value that could fall" },
  ])("$values, noise $noise: $confirmed ($why)", ({ values, noise, confirmed }) => {
    expect(declineOf(values, noise)?.confirmed).toBe(confirmed);
  });

  test("not while a value of the last four quarters is unknown, and whatever stood before them", () => {
    expect(declineOf([100, 92, null, 85, 76])).toBeNull();
    expect(declineOf([null, 100, null, 92, 85, 80, 76])).toMatchObject({ quarters: 5, confirmed: true });
  });

  test("by evidence that can be read: each fall, all of them, and p", () => {
    const decline = declineOf([100, 90, 81, 72.9]);
    expect(decline?.falls).toEqual([expect.closeTo(0.1, 12), expect.closeTo(0.1, 12), expect.closeTo(0.1, 12)]);
    expect(decline).toMatchObject({ totalFall: expect.closeTo(0.271, 12), p: expect.closeTo(1 / 24, 12), quarters: 4 });
  });
});

describe("a model is refused", () => {
  test("with everything that is wrong with it at once", () => {
    const quarters: readonly QuarterFacts[] = [
      { quarter: "2026Q5", slo: 1, cost: -1 },
      { quarter: "2026Q1", requests: 5, errors: 4, slow: 2, value: Number.NaN },
    ];
    expect(() => scoreModel({ model: "m", quarters })).toThrow(
      [
        '"m", 2026Q5, quarter: saw "2026Q5"; allowed is a quarter: 2026Q3',
        '"m", 2026Q5, cost: saw -1; allowed is a number from 0',
        '"m", 2026Q5, slo: saw 1; allowed is a share from 0, below 1: 0.999',
        '"m", 2026Q1, value: saw null; allowed is a number up to 1e100 in size',
        '"m", 2026Q1, errors: saw 6; allowed is errors and slow together at most the requests, 5',
      ].join("\n"),
    );
  });

  test("without a quarter, and with one twice", () => {
    expect(() => scoreModel({ model: "m", quarters: [] })).toThrow('"m": saw no quarter; allowed is at least one');
    const twice = [{ quarter: "2026Q1" }, { quarter: "2026-Q1" }];
    expect(() => scoreModel({ model: "m", quarters: twice })).toThrow('"m": saw a quarter twice; allowed is each once');
  });
});

test("quarters may come in any order, and one between two may be absent", () => {
  const { quarter, history, valuePerCost } = scoreModel({
    model: "m",
    quarters: [
      { quarter: "2026Q1", value: 4, cost: 2 },
      { quarter: "2025-Q3", value: 2 },
    ],
  });
  expect(quarter).toBe("2026Q1");
  expect(valuePerCost).toEqual([null, 2]);
  expect(history).toEqual([
    { quarter: "2025Q3", value: 2, health: null },
    { quarter: "2025Q4", value: null, health: null },
    { quarter: "2026Q1", value: 4, health: expect.closeTo(100 ** (16 / 30) * (200 / 3) ** (14 / 30), 9) },
  ]);
});
