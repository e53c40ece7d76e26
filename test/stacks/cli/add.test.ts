import { existsSync, globSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startHub } from "../../sources/stand-ins/hub.ts";
import { startTrackingServer, type TrackingStandIn } from "../../sources/stand-ins/tracking-server.ts";
import { createCommandLine, jsonOf } from "./command-line.ts";

const modelId = `m-${"a".repeat(32)}`;
const other = `m-${"b".repeat(32)}`;

function fill({ models, artifacts, versions, aliases }: TrackingStandIn): void {
  for (const [number, id] of Object.entries({ "1": modelId, "2": other })) {
    models.set(id, `mlflow-artifacts:/1/models/${id}/artifacts`);
    artifacts.set(`1/models/${id}/artifacts/MLmodel`, Buffer.from(`flavors: {} # ${number}\n`));
    versions.set(`approval/${number}`, { source: `models:/${id}` });
  }
  aliases.set("approval@champion", "1");
}

test("an alias of MLflow is looked up once: the version is its model, whatever the alias becomes", async () => {
  await using line = await createCommandLine();
  const tracking = await startTrackingServer();
  fill(tracking);
  tracking.login = "Bearer t1";
  const env = { MLFLOW_TRACKING_URI: tracking.server.origin, MLFLOW_TRACKING_TOKEN: "t1" };
  const before = line.read(line.configuration);
  const asked = await line.runWith(env, "add", "v3", "--from", "models:/approval@champion");
  expect(asked).toMatchObject({ code: 2, stderr: expect.stringContaining("Add --yes") });
  expect(asked.stdout).toContain(`+          modelId: "${modelId}"`);
  expect(line.read(line.configuration)).toBe(before);

  const run = await line.runWith(env, "add", "v3", "--from", "models:/approval@champion", "--yes", "--json");
  const facts = jsonOf(run) as { readonly source: { readonly sha256: string } };
  expect(facts).toMatchObject({
    changed: true,
    version: "v3",
    source: { kind: "mlflow", server: tracking.server.origin, modelId, from: "models:/approval@champion" },
    files: [{ path: "MLmodel", bytes: 16 }],
  });
  expect(existsSync(join(line.root, `pins/${facts.source.sha256}.files`))).toBe(true);
  const written = line.read(line.configuration);
  expect(written.startsWith(before.slice(0, before.indexOf("v2:")))).toBe(true);
  expect(written).toContain('from: "models:/approval@champion"');
  expect(written).not.toContain("t1");

  tracking.aliases.set("approval@champion", "2");
  expect(await line.runWith(env, "validate")).toMatchObject({ code: 0 });
  const again = jsonOf(await line.runWith(env, "add", "v4", "--from", "models:/approval@champion", "--yes", "--json"));
  expect(again).toMatchObject({ source: { modelId: other } });

  // Somebody writes over a file of the first one: MLflow takes it, and tells nobody.
  tracking.artifacts.set(`1/models/${modelId}/artifacts/MLmodel`, Buffer.from("flavors: {} # x\n"));
  const changed = await line.runWith(env, "validate");
  expect(changed.code).toBe(2);
  expect(changed.stderr).toContain("MLmodel was changed");
});

test("a directory is added by its path, and its files are pinned", async () => {
  await using line = await createCommandLine();
  line.write("models/v3/model.json", line.read("models/v1/model.json"));
  line.write("models/v3/weights.json", line.read("models/v1/weights.json"));
  const run = await line.run("add", "v3", "--from", "./models/v3/", "--yes");
  expect(run).toMatchObject({ code: 0 });
  expect(line.read(line.configuration)).toContain("path: models/v3");
  expect(await line.run("validate")).toMatchObject({ code: 0 });
});

test("of a hub some files are taken, a pickle only with a reason, and a branch becomes its commit", async () => {
  await using line = await createCommandLine();
  const hub = await startHub();
  const commit = "c".repeat(40);
  const files = new Map([
    ["config.json", Buffer.from("{}")],
    ["pytorch_model.bin", Buffer.from("\x80\x02cposix\n", "latin1")],
  ]);
  hub.repositories.set("acme/fraud", { commits: new Map([[commit, files]]), revisions: new Map([["main", commit]]) });
  const env = { HF_ENDPOINT: hub.hub.origin };
  const add = ["add", "v3", "--from", "hf://acme/fraud@main", "--yes", "--json"];
  const refused = await line.runWith(env, ...add);
  expect(jsonOf(refused)).toMatchObject({
    exitCode: 2,
    problems: [{ path: "model-lifecycle:release.versions.v3.source.allowPickle" }],
  });
  expect(jsonOf(await line.runWith(env, ...add, "--include", "*.json"))).toMatchObject({
    source: { commit, include: ["*.json"] },
    files: [{ path: "config.json" }],
  });
  const allowed = await line.runWith(env, ...add.with(1, "v4"), "--allow-pickle", "our own pipeline");
  expect(jsonOf(allowed)).toMatchObject({ source: { allowPickle: "our own pipeline" } });
  expect(await line.runWith(env, "validate")).toMatchObject({ code: 0 });
});

test("an output of DVC is looked up in the project, and becomes its md5 in the remote", async () => {
  await using line = await createCommandLine();
  const md5 = "764efa883dda1e11db47671c4a3bbd9e";
  line.write(".dvc/config", "[core]\n    remote = store\n['remote \"store\"']\n    url = ../remote\n");
  line.write("models/words.txt.dvc", `outs:\n- md5: ${md5}\n  size: 3\n  hash: md5\n  path: words.txt\n`);
  line.write(`remote/files/md5/76/${md5.slice(2)}`, "hi\n");
  const run = await line.run("add", "v3", "--from", "dvc://models/words.txt", "--yes", "--json");
  expect(jsonOf(run)).toMatchObject({
    source: { kind: "dvc", md5, remote: "remote", file: "words.txt", from: "dvc://models/words.txt" },
    files: [{ path: "words.txt", bytes: 3 }],
  });
  expect(await line.run("validate")).toMatchObject({ code: 0 });
  line.write(`remote/files/md5/76/${md5.slice(2)}`, "ho\n");
  const changed = await line.run("add", "v4", "--from", "dvc://models/other", "--yes");
  expect(changed).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('no .dvc file and no dvc.lock names "models/other"'),
  });
});

test("what cannot be fetched leaves everything as it was", async () => {
  await using line = await createCommandLine();
  const tracking = await startTrackingServer();
  fill(tracking);
  const before = line.read(line.configuration);
  tracking.artifacts.clear();
  const env = { MLFLOW_TRACKING_URI: tracking.server.origin };
  const gone = await line.runWith(env, "add", "v3", "--from", "models:/approval@champion", "--yes");
  expect(gone).toMatchObject({ code: 2, stderr: expect.stringContaining("there is no file") });
  await tracking.server.stop();
  const away = await line.runWith(env, "add", "v3", "--from", "models:/approval@champion", "--yes");
  expect(away).toMatchObject({ code: 2, stderr: expect.stringContaining("does not answer") });
  expect(line.read(line.configuration)).toBe(before);
  expect(globSync("pins/*", { cwd: line.root })).toEqual([]);
});
