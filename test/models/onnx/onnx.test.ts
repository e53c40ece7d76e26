import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { InputError } from "../../../components/models/errors.ts";
import type { OnnxManifest } from "../../../components/models/manifest.ts";
import { openModel } from "../../../components/models/open-model.ts";
import type { ServedModel } from "../../../components/models/served-model.ts";
import { importProven } from "../../../stacks/cli/import-proven.ts";

// The real ONNX Runtime opens graphs that `make.py` has written with the `onnx` package; what they answer is computed by hand.

const here = import.meta.dirname;
const folder = mkdtempSync(path.join(tmpdir(), "mlc-onnx-"));
afterAll(() => rmSync(folder, { recursive: true }));

const facts = { name: "m", version: "1", outputs: { label: "label", score: "score" }, metrics: {} };
const colours = ["red", "green", "blue"];
let written = 0;
function directoryOf(graph: string, manifest: Partial<OnnxManifest>): string {
  written += 1;
  const directory = path.join(folder, String(written));
  mkdirSync(directory);
  copyFileSync(path.join(here, `${graph}.onnx`), path.join(directory, "model.onnx"));
  writeFileSync(path.join(directory, "model.json"), JSON.stringify({ ...facts, runtime: "onnx", ...manifest }));
  return directory;
}
const open = (graph: string, manifest: Partial<OnnxManifest>): Promise<ServedModel> =>
  openModel(directoryOf(graph, manifest));

const classesOf = (x: number, y: number): readonly number[] => {
  const logits = [1.5 * x - 0.3 * y + 0.1, 0.2 * x + 0.4 * y - 0.2, -1.7 * x - 0.1 * y + 0.1].map(Math.exp);
  const total = logits.reduce((sum, each) => sum + each, 0);
  return logits.map((each) => each / total);
};

describe("a graph is served", () => {
  test("of rows and classes: the likeliest is answered, with its probability", async () => {
    const model = await open("classes", { inputs: ["x", "y"], labels: colours });
    const { label, score } = await model.predict({ features: { x: 1, y: 2 } });
    expect(label).toBe("red");
    expect(score).toBeCloseTo(classesOf(1, 2)[0] ?? Number.NaN, 6);
    const near = classesOf(1, 2).map((value) => expect.closeTo(value, 6));
    expect(await model.valuesAll([{ features: { y: 2, x: 1 } }])).toEqual([near]);
  });

  test("many rows at a time as one by one", async () => {
    const model = await open("classes", { inputs: ["x", "y"], labels: colours });
    const inputs = Array.from({ length: 50 }, (_, row) => ({ features: { x: Math.sin(row), y: Math.cos(row) } }));
    const all = await model.predictAll(inputs);
    expect(all).toEqual(await Promise.all(inputs.map((input) => model.predict(input))));
    expect(new Set(all.map(({ label }) => label))).toEqual(new Set(colours));
  });

  test("of 64-bit numbers: an amount", async () => {
    const model = await open("amount", { inputs: ["x", "y"], labels: ["price"] });
    const price = { label: "price", score: 1 + 2 ** -39 };
    expect(await model.predict({ features: { x: 2 ** -40, y: 0 } })).toEqual(price);
  });

  test("of a tensor for each feature, in any order, by a threshold", async () => {
    const model = await open("columns", { inputs: ["share", "age"], labels: ["no", "yes"], threshold: 0.5 });
    const { label, score } = await model.predict({ features: { age: 30, share: 1 } });
    expect(label).toBe("yes");
    expect(score).toBeCloseTo(1 / (1 + Math.exp(-1)), 6);
    expect(await model.predict({ features: { age: 1, share: 1 } })).toMatchObject({ label: "no" });
  });

  test("of a text", async () => {
    const model = await open("text", { inputs: ["text"], labels: ["bad", "good"], threshold: 0.5 });
    expect(model.readsText).toBe(true);
    expect(await model.predictAll([{ text: "good" }, { text: "bad" }])).toEqual([
      { label: "good", score: Math.fround(0.9) },
      { label: "bad", score: Math.fround(0.2) },
    ]);
  });

  test("with weights in a file beside it", async () => {
    const directory = directoryOf("beside", { inputs: ["x", "y"], labels: colours });
    writeFileSync(path.join(directory, "weights.bin"), Buffer.from(new Float32Array([1, 2, 3, 4, 5, 6]).buffer));
    const model = await openModel(directory);
    expect(await model.valuesAll([{ features: { x: 1, y: 1 } }])).toEqual([[5, 7, 9]]);
  });

  test("with nothing where a feature is missing, when that is allowed", async () => {
    const numbers = { inputs: ["x", "y"], labels: ["price"] };
    const strict = await open("amount", numbers);
    await expect(strict.predict({ features: { x: null, y: 1 } })).rejects.toThrow(InputError);
    const loose = await open("amount", { ...numbers, missing: "allowed" });
    await expect(loose.predict({ features: { x: null, y: 1 } })).rejects.toThrow(
      "answered something that is no number",
    );
  });
});

test.each([
  [{ age: 30.5, share: 1 }, "age: seen 30.5; allowed is a whole number"],
  [{ age: 2 ** 60, share: 1 }, `age: seen ${2 ** 60}; allowed is a whole number`],
  [{ age: 1, share: 1e39 }, "share: seen 1e+39; allowed is a number that float32 holds"],
  [{ age: 1 }, 'expected feature "share", a finite number'],
  [{ age: 1, share: 1, sex: 2 }, 'unknown feature "sex"; the model knows age, share'],
  [undefined, 'expected "features", an object with age, share'],
])("a request of %j is the caller's fault", async (features, problem) => {
  const model = await open("columns", { inputs: ["age", "share"], labels: ["no", "yes"], threshold: 0.5 });
  await expect(model.predict({ features })).rejects.toThrow(new InputError(problem));
});

describe("a graph is refused before it serves", () => {
  test.each<[string, Partial<OnnxManifest>, string]>([
    ["classes", { inputs: ["x"], labels: colours }, "does not fit model.json: inputs: seen 1; X has 2 columns"],
    [
      "classes",
      { inputs: ["x", "y"], labels: ["a", "b"] },
      "does not fit model.json: labels: seen 2; probabilities has 3 outputs, so 3 are allowed",
    ],
    [
      "classes",
      { inputs: ["x", "y"], labels: colours, graph: { scores: "label" } },
      'model.json: graph.scores: seen "label"; its tensors of fractions are probabilities',
    ],
    [
      "amount",
      { inputs: ["x", "y"], labels: ["a", "b"] },
      "does not fit model.json: threshold: two labels of one output need it",
    ],
    [
      "columns",
      { inputs: ["age", "part"], labels: ["a"] },
      "does not fit model.json: inputs: seen age, part; the graph takes age, share",
    ],
    ["text", { inputs: ["a", "b"], labels: ["a"] }, "does not fit model.json: inputs: seen 2; text takes one text"],
    [
      "maps",
      { inputs: ["x", "y"], labels: colours },
      "the scores are a list of maps, not a tensor (outputs: label, output_probability): export the model with zipmap switched off",
    ],
  ])("%s with %j", async (graph, manifest, problem) => {
    const directory = directoryOf(graph, manifest);
    await expect(openModel(directory)).rejects.toThrow(`cannot load model ${directory}: model.onnx: ${problem}`);
  });

  test.each([
    ["weights outside of its folder", "outside", /escapes model directory/],
    ["weights that are not there", "beside", /weights\.bin/],
  ])("%s", async (_what, graph, problem) => {
    const directory = directoryOf(graph, { inputs: ["x", "y"], labels: colours });
    writeFileSync(path.join(folder, "weights.bin"), Buffer.from(new Float32Array(6).buffer));
    await expect(openModel(directory)).rejects.toThrow(problem);
  });

  test.each([
    ["a file that is none", Buffer.from("not a graph")],
    ["half a file", readFileSync(path.join(here, "classes.onnx")).subarray(0, 150)],
  ])("%s", async (_what, content) => {
    const directory = directoryOf("classes", { inputs: ["x", "y"], labels: colours });
    writeFileSync(path.join(directory, "model.onnx"), content);
    await expect(openModel(directory)).rejects.toThrow(/^cannot load model \S+: model\.onnx: .*[Pp]rotobuf/);
  });

  test("a name that leads elsewhere", async () => {
    const directory = directoryOf("classes", { inputs: ["x", "y"], labels: colours, graph: { file: "../model.onnx" } });
    await expect(openModel(directory)).rejects.toThrow("model.json: graph.file: expected the name of a file beside");
  });
});

describe("mlc import onnx", () => {
  const samples = (rows: readonly object[]): string => {
    const file = path.join(folder, "samples.jsonl");
    writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
    return file;
  };
  const rows = [
    { row: [1, 2], output: classesOf(1, 2), label: 0 },
    { row: [-1, 0], output: classesOf(-1, 0), label: 2 },
  ];

  test("copies the graph and describes it, once it is proven", async () => {
    const to = path.join(folder, "v2");
    const plan = { to, samples: samples(rows), labels: colours, inputs: ["x", "y"] };
    expect(
      await importProven("onnx", path.join(here, "classes.onnx"), {
        ...plan,
        samples: samples(rows.map((row, at) => ({ ...row, label: at === 0 ? "red" : "blue" }))),
      }),
    ).toMatchObject({ rows: 2, labelsThatDiffer: 0 });
    expect(readdirSync(to).toSorted()).toEqual(["model.json", "model.onnx"]);
    expect(JSON.parse(readFileSync(path.join(to, "model.json"), "utf8"))).toEqual({
      ...{ name: "onnx", version: "v2", runtime: "onnx", inputs: ["x", "y"], labels: colours, metrics: {} },
      outputs: { label: "label", score: "score" },
    });
    expect(await (await openModel(to)).predict({ features: { x: -1, y: 0 } })).toMatchObject({ label: "blue" });
  });

  test("names columns and classes by number where nobody does", async () => {
    const to = path.join(folder, "numbered");
    await importProven("onnx", path.join(here, "classes.onnx"), { to, samples: samples(rows) });
    expect(JSON.parse(readFileSync(path.join(to, "model.json"), "utf8"))).toMatchObject({
      inputs: ["f0", "f1"],
      labels: ["0", "1", "2"],
    });
  });

  test("proves a model of text on texts", async () => {
    const to = path.join(folder, "text");
    const said = [{ row: "good", output: 0.9, label: "good" }];
    await importProven("onnx", path.join(here, "text.onnx"), { to, samples: samples(said), labels: ["bad", "good"] });
    expect(await (await openModel(to)).predict({ text: "bad" })).toMatchObject({ label: "bad" });
  });

  test.each<[string, string, readonly object[], RegExp]>([
    ["another label", "classes", [{ ...rows[0], label: 1 }], /of 1 rows 1 labels differ/],
    ["text for numbers", "classes", [{ row: "good", output: 1 }], /row 1 is a text; the model reads numbers/],
    ["weights elsewhere", "outside", rows, /outside\.onnx: .*escapes model directory/],
    ["weights that would not come along", "beside", rows, /weights\.bin/],
  ])("writes nothing for %s", async (name, graph, said, problem) => {
    const to = path.join(folder, `refused-${name}`);
    await expect(
      importProven("onnx", path.join(here, `${graph}.onnx`), { to, samples: samples(said) }),
    ).rejects.toThrow(problem);
    expect(existsSync(to)).toBe(false);
  });
});
