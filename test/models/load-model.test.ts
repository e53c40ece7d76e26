import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { InputError, ModelFilesError } from "../../components/models/errors.ts";
import { fnv1a } from "../../components/models/featuriser.ts";
import { checkContent, loadModel, type Model } from "../../components/models/load-model.ts";
import { hashDirectory } from "../../components/sources/index.ts";
import { linearManifest, linearWeights, treesManifest, treesWeights, writeModel } from "./models.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "mlc-models-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

let written = 0;
function load(manifest: unknown, weights: unknown): Model {
  written += 1;
  return loadModel(writeModel(join(folder, String(written)), manifest, weights));
}

const logistic = (logOdds: number): number => 1 / (1 + Math.exp(-logOdds));

describe("linear", () => {
  test("the words of these tests do not share a feature", () => {
    const features = ["good", "NOT_good", "not", "film"].map((word) => fnv1a(word) % 64);
    expect(new Set(features).size).toBe(4);
  });

  test.each([
    ["film", logistic(0.5), "positive"],
    ["good film", logistic(2.5), "positive"],
    ["good, good", logistic(4.5), "positive"],
    ["not good", logistic(-2.5), "negative"],
    ["", logistic(0.5), "positive"],
  ])("%j scores as computed by hand", (text, score, label) => {
    expect(load(linearManifest, linearWeights).predict({ text })).toEqual({ label, score });
  });

  test("a score at the threshold gets the second label", () => {
    const model = load({ ...linearManifest, threshold: logistic(0.5) }, linearWeights);
    expect(model.predict({ text: "film" }).label).toBe("positive");
    const above = load({ ...linearManifest, threshold: logistic(0.5) + 1e-12 }, linearWeights);
    expect(above.predict({ text: "film" }).label).toBe("negative");
  });

  test("an ASCII tokenizer fails on other text, and it is the model's fault, not the caller's", () => {
    const featuriser = { ...linearManifest.featuriser, alphabet: "ascii" };
    const model = load({ ...linearManifest, featuriser }, linearWeights);
    expect(model.predict({ text: "good" }).label).toBe("positive");
    expect(() => model.predict({ text: "good 😀" })).toThrow(RangeError);
  });

  test.each([[{}], [{ text: 7 }], [{ text: null }], [{ features: {} }]])("%j is the caller's fault", (input) => {
    expect(() => load(linearManifest, linearWeights).predict(input)).toThrow(
      new InputError('expected "text", a string'),
    );
  });
});

describe("trees", () => {
  test.each([
    [{ income: 10, late: 1.9 }, logistic(-1.25), "approve"],
    [{ income: 29.9, late: 2 }, logistic(2.25), "decline"],
    [{ income: 30, late: 2 }, logistic(0.25), "decline"],
  ])("%j walks the splits as computed by hand", (features, score, label) => {
    expect(load(treesManifest, treesWeights).predict({ features })).toEqual({ label, score });
  });

  test.each([
    [undefined, 'expected "features", an object with income, late'],
    [[1, 2], 'expected "features", an object with income, late'],
    [{ income: 1 }, 'expected feature "late", a finite number'],
    [{ income: "1", late: 0 }, 'expected feature "income", a finite number'],
    [{ income: 1, late: Number.NaN }, 'expected feature "late", a finite number'],
    [{ income: 1, late: 0, age: 40 }, 'unknown feature "age"; the model knows income, late'],
  ])("features %j are the caller's fault", (features, message) => {
    expect(() => load(treesManifest, treesWeights).predict({ features })).toThrow(new InputError(message));
  });

  test("a single tree of splits on one feature is a step function", () => {
    const weights = { intercept: 0, trees: [{ feature: "x", below: 0, yes: { value: -2 }, no: { value: 2 } }] };
    const model = load({ ...treesManifest, inputs: ["x"] }, weights);
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) => {
        expect(model.predict({ features: { x } }).score).toBe(logistic(x < 0 ? -2 : 2));
      }),
    );
  });
});

describe("trees of 32-bit numbers", () => {
  const split = { feature: "x", below: 0.7, yes: { value: -2 }, no: { value: 2 } };
  const model = (precision: string, below = 0.7) =>
    load({ ...treesManifest, inputs: ["x"], precision }, { intercept: 0, trees: [{ ...split, below }] });
  const scoreOf = (precision: string, x: number) => model(precision).predict({ features: { x } }).score;

  // 0.7 as a 32-bit number is 0.699999988079071; the one below it is 0.699999928474426.
  test.each([
    [0.7, 2, 2],
    [Math.fround(0.7), 2, -2],
    [0.69999999, 2, -2],
    [0.69999996, 2, -2],
    [0.69999995, -2, -2],
    [0.699999928474426, -2, -2],
    [0.70000001, 2, 2],
  ])("%d goes as computed by hand", (x, float32, float64) => {
    expect(scoreOf("float32", x)).toBe(logistic(float32));
    expect(scoreOf("float64", x)).toBe(logistic(float64));
  });

  const number = fc.float({ noNaN: true, noDefaultInfinity: true });
  const near = fc.tuple(number, fc.double({ min: -2e-7, max: 2e-7, noNaN: true })).map(([x, by]) => x * (1 + by));

  test("a feature is compared as both would be, rounded to 32 bits", () => {
    fc.assert(
      fc.property(fc.oneof(near, number), fc.oneof(near, number), (below, x) => {
        fc.pre([below, x].every((value) => Number.isFinite(Math.fround(value))));
        const expected = logistic(Math.fround(x) < Math.fround(below) ? -2 : 2);
        const loaded = model("float32", below);
        expect(loaded.predict({ features: { x } }).score).toBe(expected);
        expect(loaded.predict({ features: { x: Math.fround(x) } }).score).toBe(expected);
      }),
    );
  });

  test("what 32 bits do not hold is the caller's fault in a feature, and the model's in a threshold", () => {
    expect(() => model("float32").predict({ features: { x: 1e39 } })).toThrow(
      new InputError('expected feature "x", a number that float32 holds'),
    );
    expect(model("float64").predict({ features: { x: 1e39 } }).label).toBe("decline");
    expect(() => model("float32", -1e39)).toThrow(
      /weights\.json: trees\.0\.below: expected a number that float32 holds$/,
    );
    expect(() => model("float16")).toThrow(
      /model\.json: precision: Invalid option: expected one of "float32"\|"float64"$/,
    );
  });
});

describe("a directory that cannot be served is refused in one line", () => {
  test.each<[string, unknown, unknown, string]>([
    [
      "unknown runtime",
      { ...linearManifest, runtime: "pmml" },
      linearWeights,
      "model.json: runtime: Invalid discriminator value. Expected 'linear' | 'trees' | 'onnx'",
    ],
    ["unknown field", { ...linearManifest, colour: 1 }, linearWeights, 'model.json: Unrecognized key: "colour"'],
    [
      "equal labels",
      { ...linearManifest, labels: ["a", "a"] },
      linearWeights,
      "model.json: labels: expected two different labels",
    ],
    [
      "label outside ASCII",
      { ...linearManifest, labels: ["ja", "é"] },
      linearWeights,
      "model.json: labels.1: expected 1 to 64 printable ASCII characters",
    ],
    [
      "threshold above 1",
      { ...linearManifest, threshold: 2 },
      linearWeights,
      "model.json: threshold: Too big: expected number to be <=1",
    ],
    [
      "too few weights",
      linearManifest,
      { intercept: 0, weights: [1] },
      "weights.json: weights: expected 64 numbers (featuriser.dims)",
    ],
    [
      "weights of the other runtime",
      treesManifest,
      { ...linearWeights, weights: [] },
      'weights.json: trees: Invalid input: expected array, received undefined; Unrecognized key: "weights"',
    ],
    [
      "a feature that is no input",
      treesManifest,
      {
        intercept: 0,
        trees: [
          {
            feature: "late",
            below: 1,
            yes: { feature: "age", below: 1, yes: { value: 0 }, no: { value: 0 } },
            no: { value: 1 },
          },
        ],
      },
      'weights.json: trees.0.yes.feature: "age" is not among the inputs income, late',
    ],
    [
      "a leaf that is no number",
      treesManifest,
      { intercept: 0, trees: [{ value: "1" }] },
      "weights.json: trees.0.value: Invalid input: expected number, received string",
    ],
    [
      "a split without a branch",
      treesManifest,
      { intercept: 0, trees: [{ feature: "late", below: 1, yes: { value: 1 } }] },
      "weights.json: trees.0.no: expected a leaf { value } or a split { feature, below, yes, no }",
    ],
    [
      "an input twice",
      { ...treesManifest, inputs: ["a", "a"] },
      treesWeights,
      "model.json: inputs: expected each feature once",
    ],
  ])("%s", (name, manifest, weights, problem) => {
    const directory = writeModel(join(folder, name), manifest, weights);
    expect(() => loadModel(directory)).toThrow(new ModelFilesError(`cannot load model ${directory}: ${problem}`));
  });

  test("no directory", () => {
    const directory = join(folder, "nowhere");
    expect(() => loadModel(directory)).toThrow(
      new ModelFilesError(`cannot load model ${directory}: model.json: no such file`),
    );
  });

  test("a file that is no JSON", () => {
    const directory = join(folder, "garbled");
    mkdirSync(directory);
    writeFileSync(join(directory, "model.json"), '{\n"name": ');
    expect(() => loadModel(directory)).toThrow(/^cannot load model \S+: model\.json: Unexpected end of JSON input$/);
  });
});

describe("content", () => {
  async function namedByContent(): Promise<{ readonly directory: string; readonly content: string }> {
    const written = writeModel(join(folder, "unnamed"), linearManifest, linearWeights);
    const content = await hashDirectory(written);
    const directory = join(folder, content);
    rmSync(directory, { recursive: true, force: true });
    renameSync(written, directory);
    return { directory, content };
  }

  test("a directory named by its content passes, and one with another name is not looked at", async () => {
    await expect(checkContent((await namedByContent()).directory)).resolves.toBeUndefined();
    await expect(checkContent(join(folder, "nowhere"))).resolves.toBeUndefined();
  });

  test("a directory named by another content is not served", async () => {
    const { directory, content } = await namedByContent();
    writeFileSync(join(directory, "notes.txt"), "altered");
    const seen = await hashDirectory(directory);
    expect(seen).not.toBe(content);
    await expect(checkContent(directory)).rejects.toThrow(
      new ModelFilesError(
        `cannot serve model ${directory}: its files were changed, it has content ${seen}; \`pulumi up\` puts them right`,
      ),
    );
  });
});
