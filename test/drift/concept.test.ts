import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { rollbackLogE, startComparison } from "../../components/analysis/proportion.ts";
import {
  type ConceptReport,
  type ConceptSettings,
  outcomesOf,
  renderConcept,
  startConcept,
  stepConcept,
} from "../../components/drift/index.ts";
import { ALARM_HEIGHT, NO_RISE, stepPageHinkley } from "../../components/drift/page-hinkley.ts";
import { seeded } from "../analysis/random-traffic.ts";

/** `count` outcomes of which this share is wrong, in a seeded order. */
function draw(seed: number, count: number, rate: number): readonly number[] {
  const random = seeded(seed);
  return Array.from({ length: count }, () => (random() < rate ? 1 : 0));
}

const judge = (
  reference: readonly number[],
  periods: readonly (readonly number[])[],
  settings?: ConceptSettings,
): ConceptReport => {
  const state = periods.reduce((before, each) => stepConcept(before, reference, each, settings), startConcept());
  return renderConcept(state, reference, settings);
};

const reference = draw(1, 5000, 0.08);

describe("performance against labels", () => {
  test("a version that errs as often as before is steady", () => {
    expect(judge(reference, [draw(2, 4000, 0.08)])).toMatchObject({ verdict: "steady", shownBy: [], labels: 4000 });
  });

  test("twice as many errors are shown within a thousand labels, and stay shown when they are over", () => {
    const bad = draw(3, 1000, 0.16);
    expect(judge(reference, [bad])).toMatchObject({
      verdict: "drifted",
      shownBy: ["eValue", "pageHinkley"],
    });
    expect(judge(reference, [bad, draw(4, 20_000, 0.05)]).verdict).toBe("drifted");
  });

  test("harm after a long good time is shown as well: evidence starts anew", () => {
    const report = judge(reference, [draw(5, 20_000, 0.07), draw(6, 2000, 0.16)]);
    expect(report.verdict).toBe("drifted");
    expect(report.shownBy).toContain("eValue");
  });

  test("a small rise that lasts is shown by Page and Hinkley's sum, where a small reference leaves the e-value much room", () => {
    const small = Array.from({ length: 200 }, (_, i) => (i % 10 === 0 ? 1 : 0));
    const report = judge(small, [draw(7, 20_000, 0.165)]);
    expect(report).toMatchObject({ verdict: "drifted", shownBy: ["pageHinkley"] });
    expect(report.currentRate).toBeLessThan(report.limit);
  });

  test("half of the margin is tolerated by both, however long it lasts", () => {
    const rare = Array.from({ length: 10_000 }, (_, i) => (i % 100 === 0 ? 1 : 0));
    expect(judge(rare, [draw(12, 50_000, 0.015)])).toMatchObject({ verdict: "steady" });
    expect(judge(rare, [draw(12, 50_000, 0.015)], { margin: 0.001 })).toMatchObject({ verdict: "drifted" });
  });

  test("with too few labels nothing is said of the version, but how many it takes", () => {
    const report = judge(reference, [draw(8, 100, 0.08)]);
    expect(report).toMatchObject({ verdict: "tooFewLabels", labels: 100 });
    expect(report.labelsNeeded).toBeGreaterThan(300);
    expect(report.labelsNeeded).toBeLessThan(700);
    expect(judge(reference, [])).toMatchObject({ verdict: "tooFewLabels", labels: 0, currentRate: null, p: 1 });
  });

  test("few labels that are all wrong are enough", () => {
    expect(judge(reference, [Array.from({ length: 12 }, () => 1)]).verdict).toBe("drifted");
  });

  test("a smaller reference leaves more room above its own rate", () => {
    const limits = [50, 500, 5000].map((n) => judge(draw(9, n, 0.08), []).limit);
    expect(limits).toEqual(limits.toSorted((a, b) => b - a));
    // Chernoff: n · KL(mean‖limit) = ln(2/alpha)
    const [q, n] = [0.5, 200];
    const p = judge(
      Array.from({ length: n }, (_, i) => i % 2),
      [],
      { margin: 0 },
    ).limit;
    expect(n * (q * Math.log(q / p) + (1 - q) * Math.log((1 - q) / (1 - p)))).toBeCloseTo(Math.log(40), 9);
  });

  test("in periods or at once, the labels and errors are the same; the state survives JSON", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 5 }), (sizes) => {
        const periods = sizes.map((size, i) => draw(20 + i, size, 0.1));
        const states = [startConcept()];
        for (const period of periods) {
          const before = JSON.parse(JSON.stringify(states.at(-1)));
          states.push(stepConcept(before, reference, period));
        }
        const { labels, errors, maxLog } = states.at(-1) ?? startConcept();
        const all = periods.flat();
        expect([labels, errors]).toEqual([all.length, all.reduce((a, b) => a + b, 0)]);
        expect(maxLog).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 30 },
    );
  });

  test("in 400 series of 2,000 labels without drift, at most 5 % are said to drift, at the limit itself", () => {
    let alarms = 0;
    for (let run = 0; run < 400; run++) {
      const before = draw(10_000 + run, 1000, 0.1);
      // As bad as is tolerated: a point above the true rate.
      if (judge(before, [draw(20_000 + run, 2000, 0.11)]).verdict === "drifted") alarms++;
    }
    expect(alarms).toBeLessThanOrEqual(20);
  });

  test("outcomes that are none are refused", () => {
    expect(() => stepConcept(startConcept(), [], [])).toThrow("saw none");
    expect(() => stepConcept(startConcept(), [0], [1.5])).toThrow("saw 1.5");
  });
});

describe("Page and Hinkley's sum", () => {
  test("is the cumulative sum above its lowest point", () => {
    const values = draw(30, 500, 0.3);
    const level = { mean: 0.25, sd: 0.4, units: 10_000, margin: 0.01 };
    const sums = [0];
    for (const value of values) sums.push((sums.at(-1) ?? 0) + (value - 0.25) / 0.4 - 0.05 - 0.02);
    const heights = sums.map((sum, i) => sum - Math.min(...sums.slice(0, i + 1)));
    const seen = stepPageHinkley(NO_RISE, values, level);
    expect(seen.units).toBe(500);
    expect(seen.height).toBeCloseTo(heights.at(-1) ?? Number.NaN, 9);
    expect(seen.highest).toBeCloseTo(Math.max(...heights), 9);
  });

  test("stays below its alarm over 200,000 units without a rise", () => {
    const level = { mean: 0.1, sd: 0.3, units: 10_000, margin: 0 };
    expect(stepPageHinkley(NO_RISE, draw(31, 200_000, 0.1), level).highest).toBeLessThan(ALARM_HEIGHT);
  });
});

describe("outcomes", () => {
  const nothing = { predictions: [], labels: [] };

  test("of categories: 1 where prediction and label differ; rows without either are left out", () => {
    const labelled = { predictions: ["yes", "no", "no", null], labels: ["yes", "yes", null, "no"] };
    expect(outcomesOf("category", labelled, nothing)).toEqual({ kind: "wrong", reference: [0, 1], current: [] });
  });

  test("of scores for labels 0 and 1: the squared difference", () => {
    const labelled = { predictions: [0.75, 0.5], labels: [1, 0] };
    expect(outcomesOf("number", labelled, labelled)).toEqual({
      kind: "brier",
      reference: [0.0625, 0.25],
      current: [0.0625, 0.25],
    });
  });

  test("of other numbers: 1 where a prediction is further off than nine of ten of the reference's", () => {
    const before = { predictions: Array.from({ length: 10 }, () => 0), labels: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] };
    const now = { predictions: [0, 0, 0], labels: [-9, -9.5, 9.5] };
    expect(outcomesOf("number", before, now)).toEqual({
      kind: "far",
      reference: [0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
      current: [0, 1, 1],
    });
  });
});

test("no outcome of a block makes the expected e-value exceed 1 at the limit (all outcomes enumerated)", () => {
  const { limit } = judge(reference, []);
  for (const n of [1, 7, 25]) {
    let [expected, choose] = [0, 1];
    for (let errors = 0; errors <= n; errors++) {
      const outcomes = Array.from({ length: n }, (_, i) => (i < errors ? 1 : 0));
      const { logs } = stepConcept(startConcept(), reference, outcomes);
      const log = rollbackLogE({ ...startComparison(logs.length, 0.5), rollback: logs });
      expected += choose * limit ** errors * (1 - limit) ** (n - errors) * Math.exp(log);
      choose = (choose * (n - errors)) / (errors + 1);
    }
    expect(expected).toBeLessThanOrEqual(1 + 1e-9);
    expect(expected).toBeGreaterThan(0.9);
  }
});
