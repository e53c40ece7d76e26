import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { numericDatatypes } from "../../../../components/platforms/local/server/datatypes.ts";
import { linearManifest, linearWeights, treesManifest, treesWeights, writeModel } from "../../../models/models.ts";
import { createStateFolder, identity, type RunningServer, startServer } from "./server-process.ts";

// A server process each, asked through its socket as any client of the protocol would.
const state = createStateFolder();
let text: RunningServer;
let credit: RunningServer;
beforeAll(async () => {
  const linear = writeModel(join(state.path, "models/linear"), linearManifest, linearWeights);
  const trees = writeModel(join(state.path, "models/trees"), treesManifest, treesWeights);
  [text, credit] = await Promise.all([
    startServer(state.path, linear, "text"),
    startServer(state.path, trees, "credit"),
  ]);
});
afterAll(async () => {
  await Promise.all([text.stop(), credit.stop()]);
  state[Symbol.dispose]();
});

const logistic = (logOdds: number): number => 1 / (1 + Math.exp(-logOdds));
const texts = (...data: readonly unknown[]) => ({ name: "text", shape: [data.length], datatype: "BYTES", data });

describe("what the server says about itself", () => {
  test.each([
    ["/v2", { name: "model-lifecycle-local", version: expect.stringMatching(/^\d+\.\d+\.\d+/), extensions: [] }],
    ["/v2/health/live", { live: true }],
    ["/v2/health/ready", { ready: true, ...identity }],
    ["/v2/models/tiny/ready", { name: "tiny", ready: true }],
    ["/v2/models/tiny/versions/v7/ready", { name: "tiny", ready: true }],
  ])("GET %s", async (path, body) => {
    const response = await text.fetch(path);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(response.headers.get("x-model-version")).toBe("v7");
    expect(await response.json()).toEqual(body);
  });

  test.each(["/v2/models/tiny", "/v2/models/tiny/versions/v7"])(
    "GET %s describes the text model's tensors",
    async (path) => {
      expect(await (await text.fetch(path)).json()).toEqual({
        name: "tiny",
        versions: ["v7"],
        platform: "model-lifecycle_linear",
        inputs: [{ name: "text", datatype: "BYTES", shape: [-1] }],
        outputs: [
          { name: "label", datatype: "BYTES", shape: [-1] },
          { name: "score", datatype: "FP64", shape: [-1] },
        ],
      });
    },
  );

  test("the tree model has an input for each feature", async () => {
    expect(await (await credit.fetch("/v2/models/tiny")).json()).toMatchObject({
      platform: "model-lifecycle_trees",
      inputs: [
        { name: "income", datatype: "FP64", shape: [-1] },
        { name: "late", datatype: "FP64", shape: [-1] },
      ],
      outputs: [{ name: "decision" }, { name: "risk" }],
    });
  });
});

describe("infer", () => {
  test.each(["/v2/models/tiny/infer", "/v2/models/tiny/versions/v7/infer"])(
    "POST %s answers each row",
    async (path) => {
      const response = await text.post(path, { id: "r-1", inputs: [texts("good", "not good")] });
      expect(response.status).toBe(200);
      expect(response.headers.get("x-model-version")).toBe("v7");
      expect(await response.json()).toEqual({
        model_name: "tiny",
        model_version: "v7",
        id: "r-1",
        outputs: [
          { name: "label", datatype: "BYTES", shape: [2], data: ["positive", "negative"] },
          { name: "score", datatype: "FP64", shape: [2], data: [logistic(2.5), logistic(-2.5)] },
        ],
      });
    },
  );

  test("a request without id gets an answer without id, nested data counts row by row", async () => {
    const nested = { ...texts(["good"], ["not good"]), shape: [2, 1] };
    const answer = await (await text.post("/v2/models/tiny/infer", { inputs: [nested] })).json();
    expect(answer).not.toHaveProperty("id");
    expect(answer).toMatchObject({ outputs: [{ data: ["positive", "negative"] }, {}] });
  });

  test("only the outputs that were asked for come back, in that order", async () => {
    const body = { inputs: [texts("good")], outputs: [{ name: "score" }] };
    expect(await (await text.post("/v2/models/tiny/infer", body)).json()).toMatchObject({
      outputs: [{ name: "score", shape: [1], data: [logistic(2.5)] }],
    });
  });

  test("a tensor is a column of the tree model's features, in any order and any numeric type", async () => {
    const inputs = [
      { name: "late", shape: [2], datatype: "INT32", data: [1, 2] },
      { name: "income", shape: [2], datatype: "FP64", data: [10, 29.9] },
    ];
    expect(await (await credit.post("/v2/models/tiny/infer", { inputs })).json()).toMatchObject({
      outputs: [
        { name: "decision", datatype: "BYTES", shape: [2], data: ["approve", "decline"] },
        { name: "risk", datatype: "FP64", shape: [2], data: [logistic(-1.25), logistic(2.25)] },
      ],
    });
  });

  test.each<[string, unknown, string]>([
    ["no inputs", {}, "inputs: Invalid input: expected array, received undefined"],
    ["an unknown input", { inputs: [{ ...texts("a"), name: "txt" }] }, 'unknown input "txt"; the model has text'],
    ["the input twice", { inputs: [texts("a"), texts("b")] }, 'expected input "text" once, got 2'],
    ["numbers for text", { inputs: [{ ...texts(1), datatype: "FP64" }] }, 'input "text" does not take datatype FP64'],
    ["a number among the texts", { inputs: [texts("a", 1)] }, 'input "text" at 1: seen 1; allowed are strings'],
    [
      "a shape that is not the data's",
      { inputs: [{ ...texts("a", "b"), shape: [3] }] },
      'input "text" has 2 values, its shape [3] says 3',
    ],
    [
      "binary data",
      { inputs: [{ name: "text", shape: [1], datatype: "BYTES", parameters: { binary_data_size: 3 } }] },
      "inputs.0.data: expected an array (binary tensors are not served)",
    ],
    [
      "an unknown output",
      { inputs: [texts("a")], outputs: [{ name: "probability" }] },
      'unknown output "probability"; the model has label, score',
    ],
    ["no JSON", "{", "the body is not valid JSON"],
    ["a JSON array", "[]", "expected the body to be a JSON object"],
  ])("%s is a bad request", async (_, body, error) => {
    const response = await text.post("/v2/models/tiny/infer", body);
    expect([response.status, await response.json()]).toEqual([400, { error }]);
  });

  test.each<[string, readonly object[], string]>([
    [
      "a missing feature",
      [{ name: "late", shape: [1], datatype: "FP64", data: [1] }],
      'expected input "income" once, got 0',
    ],
    [
      "columns of different length",
      [
        { name: "late", shape: [1], datatype: "FP64", data: [1] },
        { name: "income", shape: [2], datatype: "FP64", data: [1, 2] },
      ],
      "expected inputs of equal length",
    ],
  ])("%s is a bad request", async (_, inputs, error) => {
    const response = await credit.post("/v2/models/tiny/infer", { inputs });
    expect([response.status, await response.json()]).toEqual([400, { error }]);
  });
});

describe("predict", () => {
  test("answers text, and says the label in a header", async () => {
    const response = await text.post("/predict", { text: "not good" });
    expect(response.headers.get("x-model-version")).toBe("v7");
    expect(response.headers.get("x-prediction-label")).toBe("negative");
    expect(await response.json()).toEqual({ model: "tiny", version: "v7", label: "negative", score: logistic(-2.5) });
  });

  test("answers features", async () => {
    const response = await credit.post("/predict", { features: { income: 10, late: 3 } });
    expect(response.headers.get("x-prediction-label")).toBe("decline");
    expect(await response.json()).toEqual({ model: "tiny", version: "v7", label: "decline", score: logistic(2.25) });
  });

  test("the server and the protocol give the same score", async () => {
    const plain = await (await text.post("/predict", { text: "good film" })).json();
    const infer = await (await text.post("/v2/models/tiny/infer", { inputs: [texts("good film")] })).json();
    expect(infer).toMatchObject({ outputs: [{}, { data: [(plain as { score: number }).score] }] });
  });
});

describe("no request costs more than its size explains", () => {
  const infer = (server: RunningServer, body: unknown) =>
    server.fetch("/v2/models/tiny/infer", {
      method: "POST",
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
  const columns = (length: number) =>
    ["income", "late"].map((name) => ({ name, shape: [length], datatype: "FP64", data: new Array(length).fill(1) }));

  test.each([
    ["a million empty inputs", `{"inputs":[${"{},".repeat(1_300_000)}{}]}`],
    ["a million outputs", { inputs: [texts("a")], outputs: new Array(200_000).fill({ name: "label" }) }],
    ["one output again and again", { inputs: [texts("a")], outputs: new Array(60).fill({ name: "label" }) }],
    ["a shape of any size", { inputs: [{ ...texts("a"), shape: [99_999_999, 99_999_999] }] }],
    ["a long id", { id: "x".repeat(100_000), inputs: [texts("a")] }],
    ["a long name", { inputs: [{ ...texts("a"), name: "x".repeat(1_000_000) }] }],
    [
      "deep lists",
      `{"inputs":[{"name":"text","shape":[1],"datatype":"BYTES","data":${"[".repeat(5_000)}${"]".repeat(5_000)}}]}`,
    ],
  ])("%s is refused in few words", async (_what, body) => {
    const response = await infer(text, body);
    const answer = await response.text();
    expect(response.status).toBe(400);
    expect(answer.length).toBeLessThan(700);
    expect((await text.fetch("/v2/health/ready")).status).toBe(200);
  });

  test("a large batch lets others be answered in between", async () => {
    const order: string[] = [];
    const large = infer(credit, { inputs: columns(100_000) }).then(async (response) => {
      const answer = (await response.json()) as { readonly outputs: readonly { readonly shape: readonly number[] }[] };
      order.push("large");
      return [response.status, answer.outputs[0]?.shape];
    });
    const small = async (): Promise<void> => {
      expect((await infer(credit, { inputs: columns(1) })).status).toBe(200);
      order.push("small");
    };
    for (let i = 0; i < 3; i++) await small();
    expect(await large).toEqual([200, [100_000]]);
    expect(order[0]).toBe("small");
  });

  test("more rows than a batch may have are refused", async () => {
    expect((await infer(credit, { inputs: columns(100_001) })).status).toBe(400);
  });
});

describe("numbers are what their datatype allows", () => {
  const ask = async (datatype: string, value: unknown) => {
    const inputs = ["income", "late"].map((name) => ({ name, shape: [1], datatype, data: [value] }));
    const response = await credit.post("/v2/models/tiny/infer", { inputs });
    return [response.status, await response.json()];
  };
  test.each([
    ["INT8", 300],
    ["INT8", -129],
    ["UINT8", -1],
    ["INT64", 1.5],
    ["INT64", 2 ** 60],
    ["UINT16", 65_536],
    ["FP16", 70_000],
    ["FP32", 1e39],
    ["FP64", "1"],
    ["FP64", true],
    ["FP64", null],
  ])("%s %j is refused by name", async (datatype, value) => {
    expect(await ask(datatype, value)).toMatchObject([
      400,
      { error: expect.stringContaining(`allowed for ${datatype}`) },
    ]);
  });

  test.each(["INT8", "UINT64", "FP16", "FP32", "FP64"])("%s 1 is taken", async (datatype) => {
    expect((await ask(datatype, 1))[0]).toBe(200);
  });
});

test.each([
  ["FP32", 0.1, Math.fround(0.1)],
  ["FP16", 0.1, 0.0999755859375],
  ["FP16", 2049, 2048],
  ["FP16", 2051, 2052],
  ["FP16", 6e-8, 2 ** -24],
  ["FP16", 0, 0],
  ["FP64", 0.1, 0.1],
])("%s %d is read as a server of that precision reads it", (datatype, value, read) => {
  expect(numericDatatypes[datatype]?.read(value)).toBe(read);
});
