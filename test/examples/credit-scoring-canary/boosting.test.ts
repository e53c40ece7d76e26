import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { probabilityOf } from "../../../components/models/runtimes/scorer.ts";
import type { TreeNode } from "../../../components/models/runtimes/tree.ts";
import { createTreesScorer } from "../../../components/models/runtimes/trees.ts";
import { auc } from "../../../examples/credit-scoring-canary/training/auc.ts";
import { boostTrees, type Row } from "../../../examples/credit-scoring-canary/training/boosting.ts";

const depthOf = (node: TreeNode): number => ("value" in node ? 0 : 1 + Math.max(depthOf(node.yes), depthOf(node.no)));

/** Four groups of 100 rows; only the pair of answers tells the event: x and y alone tell nothing. */
const pairsAlone: readonly Row[] = [0, 1].flatMap((x) =>
  [0, 1].flatMap((y) =>
    Array.from({ length: 100 }, (_, i) => ({ features: { x, y }, event: i < (x === y ? 10 : 60) })),
  ),
);
const scoresOf = (rows: readonly Row[], depth: number): readonly number[] => {
  const score = createTreesScorer({ inputs: ["x", "y"] }, boostTrees(rows, { trees: 80, depth, rate: 0.3 }));
  return rows.map(({ features }) => probabilityOf(score({ features })));
};

describe("boosted trees", () => {
  test("one split on one feature gives each side its Newton step, by hand", () => {
    const rows = [0, 1].flatMap((x) =>
      Array.from({ length: 100 }, (_, i): Row => ({ features: { x }, event: i < (x === 0 ? 20 : 60) })),
    );
    // 80 events of 200: p = 0.4. Below: gradient 100 · 0.4 - 20 = 20 over 100 · 0.24 + 5 = 29; above: 40 - 60 over 29.
    expect(boostTrees(rows, { trees: 1, depth: 1, rate: 1 })).toEqual({
      intercept: -0.4055,
      trees: [{ feature: "x", below: 1, yes: { value: -0.6896 }, no: { value: 0.6897 } }],
    });
  });

  test("what pairs of answers tell is learnt at depth 2, and not at depth 1", () => {
    const rows = [...pairsAlone, ...pairsAlone.slice(0, 100)];
    const events = rows.map(({ event }) => event);
    const areas = [1, 2].map((depth) =>
      auc(scoresOf(rows, depth).map((score, i) => ({ score, event: events[i] ?? false }))),
    );
    expect(areas[1]).toBeGreaterThan(0.75);
    expect(areas[0]).toBeLessThan(0.65);
  });

  test("no tree is deeper than it may be, and what is the same everywhere is not asked", () => {
    const { trees } = boostTrees(pairsAlone, { trees: 10, depth: 2, rate: 0.3 });
    expect(trees.map(depthOf).every((depth) => depth <= 2)).toBe(true);
    const same = pairsAlone.map(({ event }): Row => ({ features: { x: 3 }, event }));
    expect(boostTrees(same, { trees: 1, depth: 2, rate: 0.3 }).trees.map(depthOf)).toEqual([0]);
  });

  test("a feature in another unit gives the same answers, with its cuts in that unit", () => {
    const inYears = pairsAlone.map(({ features, event }) => ({
      features: { ...features, x: (features.x ?? 0) * 12 },
      event,
    }));
    expect(scoresOf(inYears, 2)).toEqual(scoresOf(pairsAlone, 2));
  });
});

describe("the area under the curve", () => {
  const cases = fc.array(fc.record({ score: fc.integer({ min: 0, max: 9 }), event: fc.boolean() }), { minLength: 2 });

  test("is the share of pairs in which the event scored above, ties as half", () => {
    fc.assert(
      fc.property(cases, (scored) => {
        const [yes, no] = [true, false].map((event) => scored.filter((each) => each.event === event)) as [
          typeof scored,
          typeof scored,
        ];
        fc.pre(yes.length > 0 && no.length > 0);
        const won = yes.flatMap((a) => no.map((b): number => (a.score > b.score ? 1 : a.score === b.score ? 0.5 : 0)));
        expect(auc(scored)).toBeCloseTo(won.reduce((sum, each) => sum + each, 0) / won.length, 12);
      }),
    );
  });

  test("is none where nothing or everything has the event", () => {
    expect(auc([{ score: 1, event: true }])).toBeNaN();
    expect(auc([])).toBeNaN();
  });
});
