import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, cpSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { freePort } from "../../components/host/free-port.ts";
import { serverFiles } from "../../components/packaging/server-files.ts";
import { emptyDirectory } from "../sources/conformance.ts";
import { repository } from "../support/project.ts";

test("the server of an ONNX graph runs by what is copied alone, on Linux for both processors", async () => {
  const app = emptyDirectory();
  const { files, ingredients } = serverFiles(repository, "onnx");
  for (const [file, from] of Object.entries(files)) cpSync(from, path.join(app, file), { recursive: true });
  expect(ingredients.map(({ from, name }) => `${from} ${name}`)).toEqual([
    "npm pulumi-model-lifecycle",
    "npm zod",
    "npm onnxruntime-node",
    "npm onnxruntime-common",
  ]);
  const binaries = Object.keys(files).filter((file) => file.endsWith(".node"));
  expect(binaries.map((file) => file.split("/").slice(-3, -1).join("/")).toSorted()).toEqual([
    "linux/arm64",
    "linux/x64",
  ]);

  const model = emptyDirectory();
  mkdirSync(model, { recursive: true });
  copyFileSync(path.join(repository, "test/models/onnx/classes.onnx"), path.join(model, "model.onnx"));
  const facts = { name: "m", version: "1", outputs: { label: "label", score: "score" }, metrics: {} };
  const labels = ["red", "green", "blue"];
  writeFileSync(
    path.join(model, "model.json"),
    JSON.stringify({ ...facts, runtime: "onnx", inputs: ["x", "y"], labels }),
  );
  const port = String(await freePort());
  const args = ["--port", port, "--model-dir", model, "--model", "m", "--version", "v1"];
  const child = spawn(process.execPath, [path.join(app, "server.mjs"), ...args], {
    cwd: app,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  await once(child.stdout, "data");
  const answer = await fetch(`http://127.0.0.1:${port}/predict`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ features: { x: 1, y: 2 } }),
  });
  expect(await answer.json()).toMatchObject({ model: "m", version: "v1", label: "red" });
  child.kill("SIGTERM");
  expect((await exited)[0]).toBe(0);
});
