import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createStateFolder, type RunningServer, startServer } from "./server-process.ts";

// A server process with the real ONNX Runtime in it, asked through its socket.
const graphs = join(import.meta.dirname, "../../../models/onnx");
const state = createStateFolder();
let server: RunningServer;
beforeAll(async () => {
  const directory = join(state.path, "classes");
  mkdirSync(directory);
  copyFileSync(join(graphs, "classes.onnx"), join(directory, "model.onnx"));
  const manifest = { name: "m", version: "1", runtime: "onnx", inputs: ["x", "y"], labels: ["red", "green", "blue"] };
  const outputs = { label: "colour", score: "score" };
  writeFileSync(join(directory, "model.json"), JSON.stringify({ ...manifest, outputs, metrics: {} }));
  server = await startServer(state.path, directory);
});
afterAll(async () => {
  await server.stop();
  state[Symbol.dispose]();
});

const tensors = (rows: readonly (readonly number[])[]) =>
  ["x", "y"].map((name, at) => ({ name, shape: [rows.length], datatype: "FP64", data: rows.map((row) => row[at]) }));

test("a graph answers both protocols alike", async () => {
  const rows = [
    [1, 2],
    [-1, 0],
    [0, 3],
  ] as const;
  const answers = await Promise.all(
    rows.map(async ([x, y]) => {
      const response = await server.post("/predict", { features: { x, y } });
      const body = (await response.json()) as { readonly label: string; readonly score: number };
      expect(response.headers.get("x-prediction-label")).toBe(body.label);
      return body;
    }),
  );
  expect(answers.map(({ label }) => label)).toEqual(["red", "blue", "green"]);
  const infer = await server.post("/v2/models/tiny/infer", { inputs: tensors(rows) });
  expect(await infer.json()).toMatchObject({
    outputs: [
      { name: "colour", data: answers.map(({ label }) => label) },
      { name: "score", data: answers.map(({ score }) => score) },
    ],
  });
});

test("it says what it reads, and whose fault a request is", async () => {
  expect(await (await server.fetch("/v2/models/tiny")).json()).toMatchObject({
    platform: "model-lifecycle_onnx",
    inputs: [
      { name: "x", datatype: "FP64" },
      { name: "y", datatype: "FP64" },
    ],
  });
  const refused = await server.post("/predict", { features: { x: 1e39, y: 0 } });
  expect([refused.status, await refused.json()]).toEqual([
    400,
    { error: "X: seen 1e+39; allowed is a number that float32 holds" },
  ]);
});
