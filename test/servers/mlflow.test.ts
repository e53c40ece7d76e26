import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePort } from "../../components/host/free-port.ts";
import { loadSource } from "../../components/sources/load-source.ts";
import { resolveReference } from "../../components/sources/resolve-reference.ts";
import { emptyDirectory } from "../sources/conformance.ts";
import { ownEnvironment, ownStore } from "../sources/store-of-test.ts";
import { pythonOf } from "../support/python.ts";

let server = "";
let stop: () => Promise<void> = async () => {};

/** The real tracking server, with its registry in a database and its artifacts in a folder. */
beforeAll(async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "mlc-mlflow-"));
  const python = pythonOf(path.join(import.meta.dirname, "../sources/clients/mlflow.txt"));
  const port = String(await freePort());
  const place = ["--backend-store-uri", "sqlite:///mlflow.db", "--artifacts-destination", "./artifacts"];
  const child = spawn(
    python,
    ["-m", "mlflow", "server", ...place, "--host", "127.0.0.1", "--port", port, "--workers", "1"],
    {
      cwd: folder,
      stdio: "ignore",
      detached: true,
      env: { ...process.env, MLFLOW_DISABLE_TELEMETRY: "true", MLFLOW_SERVER_ENABLE_JOB_EXECUTION: "false" },
    },
  );
  const exited = once(child, "exit");
  stop = async () => {
    // Its workers are processes of its group.
    if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    await exited;
    rmSync(folder, { recursive: true, force: true });
  };
  server = `http://127.0.0.1:${port}`;
  while (
    !(await fetch(`${server}/health`).then(
      (answer) => answer.ok,
      () => false,
    ))
  ) {
    if (child.exitCode !== null) throw new Error(`mlflow server ended with ${child.exitCode}`);
    await sleep(200);
  }
}, 1_800_000);
afterAll(() => stop());

async function send(method: string, api: string, body: unknown): Promise<Readonly<Record<string, unknown>>> {
  const isFile = Buffer.isBuffer(body);
  const headers = { "content-type": isFile ? "application/octet-stream" : "application/json" };
  const sent = isFile ? new Uint8Array(body) : JSON.stringify(body);
  const response = await fetch(`${server}/api/2.0/${api}`, { method, headers, body: sent });
  if (!response.ok) throw new Error(`${method} ${api}: ${response.status} ${await response.text()}`);
  const text = await response.text();
  return (text === "" ? {} : JSON.parse(text)) as Readonly<Record<string, unknown>>;
}

const files = {
  MLmodel: "flavors: {}\n",
  "model.skops": "x".repeat(200_000),
  "code/empty.txt": "",
  "ä b/ö+%.txt": "odd\n",
};

/** Logs a model with files as the client does, and registers it. */
async function register(name: string, alias: string): Promise<{ readonly modelId: string; readonly root: string }> {
  const made = await send("POST", "mlflow/logged-models", { experiment_id: "0", name });
  const { info } = made.model as { readonly info: { readonly model_id: string; readonly artifact_uri: string } };
  const root = info.artifact_uri.replace("mlflow-artifacts:/", "");
  for (const [file, text] of Object.entries(files)) await upload(`${root}/${file}`, text);
  await send("PATCH", `mlflow/logged-models/${info.model_id}`, {
    model_id: info.model_id,
    status: "LOGGED_MODEL_READY",
  });
  await send("POST", "mlflow/registered-models/create", { name }).catch(() => undefined);
  const source = `models:/${info.model_id}`;
  const { model_version: created } = await send("POST", "mlflow/model-versions/create", {
    name,
    source,
    model_id: info.model_id,
  });
  const { version } = created as { readonly version: string };
  await send("POST", "mlflow/registered-models/alias", { name, alias, version });
  return { modelId: info.model_id, root };
}

const upload = (at: string, text: string) =>
  send("PUT", `mlflow-artifacts/artifacts/${at.split("/").map(encodeURIComponent).join("/")}`, Buffer.from(text));

describe("a real tracking server", { timeout: 300_000 }, () => {
  test("tells what an alias is, and hands its model's files out as they are", async () => {
    ownEnvironment({});
    ownStore();
    const { modelId, root } = await register("fraud", "champion");
    const found = await resolveReference("models:/fraud@champion", { env: { MLFLOW_TRACKING_URI: server } });
    expect(found).toEqual({ kind: "mlflow", server, modelId, from: "models:/fraud@champion" });
    expect(await resolveReference("models:/fraud/1", { env: { MLFLOW_TRACKING_URI: server } })).toMatchObject({
      modelId,
    });
    const source = await loadSource({ kind: "mlflow", server, modelId }, { root: emptyDirectory() });
    const { content, files: listed } = await source.pin();
    expect(listed.map((file) => file.path)).toEqual(Object.keys(files).toSorted());
    const copy = emptyDirectory();
    await source.open(content, copy);
    for (const [file, text] of Object.entries(files)) expect(readFileSync(path.join(copy, file), "utf8")).toBe(text);

    // The server takes other bytes of a model that is ready, and tells nobody.
    await upload(`${root}/model.skops`, "y".repeat(200_000));
    expect(await source.verify(content, listed)).toEqual(["model.skops was changed"]);

    const next = await register("fraud", "champion");
    const moved = await resolveReference("models:/fraud@champion", { env: { MLFLOW_TRACKING_URI: server } });
    expect(moved).toMatchObject({ modelId: next.modelId });
  });

  test("refuses an alias, a version and a model that it does not have", async () => {
    const context = { env: {}, endpoint: server };
    for (const reference of ["models:/fraud@nobody", "models:/fraud/99", "models:/nothing/1"]) {
      await expect(resolveReference(reference, context), reference).rejects.toMatchObject({
        cure: "Correct the reference, or the server's address.",
      });
    }
    ownEnvironment({});
    ownStore();
    const source = await loadSource({ kind: "mlflow", server, modelId: `m-${"9".repeat(32)}` }, { root: "/" });
    await expect(source.pin()).rejects.toMatchObject({
      seen: expect.stringContaining("404 (RESOURCE_DOES_NOT_EXIST)"),
    });
  });
});
