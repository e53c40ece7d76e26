import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { InputError } from "../../components/models/errors.ts";
import { createModel } from "../../components/models/load-model.ts";
import { type LinearManifest, type ModelManifest, modelManifest } from "../../components/models/manifest.ts";
import { above } from "../../components/models/runtimes/next-number.ts";
import { treesManifest } from "./models.ts";

const facts = { name: "m", version: "1", outputs: { label: "label", score: "score" }, metrics: {} };
const classes = ["red", "green", "blue"];
const linear: LinearManifest = {
  ...facts,
  runtime: "linear",
  inputs: ["x", "y"],
  labels: ["no", "yes"],
  threshold: 0.5,
};
const forest: ModelManifest = { ...facts, runtime: "trees", inputs: ["x"], labels: ["value"], link: "identity" };
const split = (question: object, missing?: "yes" | "no") => ({
  ...{ feature: "x", ...question, yes: { value: 1 }, no: { value: 2 } },
  ...(missing === undefined ? {} : { missing }),
});
const walk = (manifest: Partial<ModelManifest>, node: object, x: unknown): number =>
  createModel({ ...forest, ...manifest } as ModelManifest, { intercept: 0, trees: [node] }).predict({ features: { x } })
    .score;

describe("a linear model of numbers", () => {
  test("of two labels answers a probability", () => {
    const model = createModel(linear, { intercept: 1, weights: [2, -3] });
    expect(model.predict({ features: { x: 1, y: 1 } })).toEqual({ label: "yes", score: 0.5 });
    expect(model.predict({ features: { x: 2, y: 0 } })).toEqual({ label: "yes", score: 1 / (1 + Math.exp(-5)) });
  });

  test("of an amount answers it, under its one label", () => {
    const model = createModel(
      { ...without(linear), labels: ["price"], link: "identity" },
      { intercept: 10, weights: [2, 0.5] },
    );
    expect(model.predict({ features: { x: -3, y: 8 } })).toEqual({ label: "price", score: 8 });
  });

  test("of an amount with a threshold, which may be any number, answers two labels", () => {
    const model = createModel({ ...linear, link: "exp", threshold: 100 }, { intercept: 0, weights: [1, 0] });
    expect(model.predict({ features: { x: Math.log(101), y: 0 } }).label).toBe("yes");
    expect(model.predict({ features: { x: Math.log(99), y: 0 } }).label).toBe("no");
  });

  test("of more labels answers the first of the largest, with its probability", () => {
    const weights = {
      intercept: [0, 1, 1],
      weights: [
        [1, 0],
        [0, 0],
        [0, 0],
      ],
    };
    const model = createModel({ ...without(linear), labels: classes, link: "softmax" }, weights);
    const at = model.predict({ features: { x: 0, y: 0 } });
    expect(at.label).toBe("green");
    expect(at.score).toBeCloseTo(Math.E / (1 + 2 * Math.E), 15);
    expect(model.predict({ features: { x: 1000, y: 0 } })).toEqual({ label: "red", score: 1 });
  });

  test("takes the mean off and divides by the scale", () => {
    const weights = { intercept: 0, weights: [1, 1], standard: { mean: [10, 20], scale: [2, 4] } };
    const model = createModel({ ...without(linear), labels: ["sum"], link: "identity" }, weights);
    expect(model.predict({ features: { x: 14, y: 24 } }).score).toBe(3);
  });
});

describe("a forest", () => {
  test.each([
    [{ below: 0.7 }, 0.7, 2],
    [{ atMost: 0.7 }, 0.7, 1],
    [{ atMost: 0.7 }, 0.7000000000000001, 2],
    [{ below: 0 }, -0, 2],
    [{ atMost: 0 }, -0, 1],
    [{ atMost: -0 }, 0, 1],
  ])("%j of %d is %d", (question, x, leaf) => {
    expect(walk({}, split(question), x)).toBe(leaf);
  });

  const double = fc.double({ noNaN: true, noDefaultInfinity: true });
  test("atMost is <= among numbers of 64 bits, and of features rounded to 32", () => {
    const near = fc
      .tuple(double, fc.double({ min: -3e-7, max: 3e-7, noNaN: true }))
      .map(([x, by]) => [x, x * (1 + by)]);
    fc.assert(
      fc.property(near, ([atMost = 0, x = 0]) => {
        fc.pre(Number.isFinite(x) && [atMost, x].every((each) => Number.isFinite(Math.fround(each))));
        expect(walk({}, split({ atMost }), x)).toBe(x <= atMost ? 1 : 2);
        expect(walk({ precision: "float32" }, split({ atMost }), x)).toBe(Math.fround(x) <= atMost ? 1 : 2);
      }),
    );
  });

  test("nothing lies between a number and the one above it", () => {
    expect(above(1, "float64")).toBe(1 + Number.EPSILON);
    expect(above(-Number.MIN_VALUE, "float64")).toBe(-0);
    expect(above(0.7, "float32")).toBe(0.700_000_047_683_715_8);
    expect(above(Number.MAX_VALUE, "float64")).toBe(Number.POSITIVE_INFINITY);
  });

  test("sends a missing feature where the split says, and takes null for missing only where the model does", () => {
    expect(walk({ missing: "allowed" }, split({ below: 5 }, "yes"), null)).toBe(1);
    expect(walk({ missing: "allowed" }, split({ below: 5 }, "no"), null)).toBe(2);
    expect(() => walk({}, split({ below: 5 }), null)).toThrow(new InputError('expected feature "x", a finite number'));
    expect(() => walk({ missing: "allowed" }, split({ below: 5 }, "no"), undefined)).toThrow(
      new InputError('expected feature "x", a finite number or null'),
    );
    expect(() => walk({ missing: "allowed" }, split({ below: 5 }), 1)).toThrow(/expected \\"yes\\" or \\"no\\"/);
    expect(() => walk({}, split({ below: 5 }, "no"), 1)).toThrow(/does not say/);
  });

  test("adds each tree to its own output, or a leaf's numbers to all of them", () => {
    const manifest = { ...without(treesManifest), inputs: ["x"], labels: classes, link: "identity" } as ModelManifest;
    const trees = [split({ below: 0 }), { value: 5 }, { value: 7 }, { value: 0.5 }];
    expect(
      createModel(manifest, { intercept: [0, 0, 1], trees, adds: [0, 1, 2, 0] }).values({ features: { x: 1 } }),
    ).toEqual([2.5, 5, 8]);
    const wide = [{ value: [1, 0, 0] }, { value: [0.5, 0.5, 0] }];
    expect(
      createModel(manifest, { intercept: [0, 0, 0], trees: wide, average: true }).values({ features: { x: 1 } }),
    ).toEqual([0.75, 0.25, 0]);
  });

  test("sums in 32 bits when the model does", () => {
    const trees = Array.from({ length: 10 }, () => ({ value: 0.1 }));
    const sum = (sums: string) =>
      createModel(forest, { intercept: 0, trees, sums }).predict({ features: { x: 0 } }).score;
    expect(sum("float64")).toBe(0.999_999_999_999_999_9);
    expect(sum("float32")).toBe(Math.fround(1.000_000_1));
  });
});

describe("labels, threshold and outputs fit each other", () => {
  const one = { intercept: 0, weights: [0, 0] };
  const three = {
    intercept: [0, 0, 0],
    weights: [
      [0, 0],
      [0, 0],
      [0, 0],
    ],
  };
  test.each<[object, object, string]>([
    [{ ...linear, labels: classes }, one, "labels: seen 3; weights.json has one output, so 1 or 2 are allowed"],
    [without(linear), one, "threshold: two labels of one output need it"],
    [{ ...linear, labels: ["p"] }, one, "labels: a probability needs two"],
    [{ ...linear, link: "softmax" }, one, "link: softmax needs an output for each label; weights.json has one"],
    [linear, three, "labels: seen 2; weights.json has 3 outputs, so 3 are allowed"],
    [{ ...linear, labels: classes }, three, "threshold: the largest of several outputs is answered; remove it"],
    [{ ...linear, labels: ["p"], link: "identity" }, one, "threshold: there is only one label; remove it"],
  ])("%#", (manifest, weights, problem) => {
    expect(() => createModel(modelManifest.parse(manifest), weights)).toThrow(
      new Error(`does not fit model.json: ${problem}`),
    );
  });

  test.each<[object, string]>([
    [{ intercept: 0, weights: [1] }, "expected 2 numbers"],
    [{ intercept: [0, 0], weights: [[1, 2]] }, "expected 2 lists of 2 numbers"],
    [{ intercept: 0, weights: [1, 2], standard: { mean: [0], scale: [1] } }, "expected 2 numbers in mean and in scale"],
  ])("%j", (weights, problem) => {
    expect(() => createModel(linear, weights)).toThrow(problem);
  });
});

function without<Manifest extends ModelManifest>(manifest: Manifest): Omit<Manifest, "threshold"> {
  const { threshold: _, ...rest } = manifest;
  return rest;
}
