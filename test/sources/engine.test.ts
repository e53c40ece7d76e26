import { readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { loadSource } from "../../components/sources/load-source.ts";
import { trainInto } from "../support/models.ts";
import { createProject } from "../support/project.ts";
import { releaseOf } from "../support/release.ts";
import { predict } from "../support/serving.ts";
import { startTrackingServer } from "./stand-ins/tracking-server.ts";
import { ownEnvironment, ownStore } from "./store-of-test.ts";

const token = "a-token-of-the-test";
const modelId = `m-${"d".repeat(32)}`;

test("a version that is fetched serves at the first up, and later from what this user has fetched", async () => {
  // First: it looks for an engine in the same cache.
  await using project = await createProject();
  ownEnvironment({});
  ownStore();
  const tracking = await startTrackingServer();
  tracking.login = `Bearer ${token}`;
  tracking.models.set(modelId, `mlflow-artifacts:/1/models/${modelId}/artifacts`);
  await trainInto(project.dir);
  const trained = path.join(project.dir, "models/v1");
  for (const file of readdirSync(trained)) {
    tracking.artifacts.set(`1/models/${modelId}/artifacts/${file}`, readFileSync(path.join(trained, file)));
  }
  rmSync(path.join(project.dir, "models"), { recursive: true });
  const login = { MLFLOW_TRACKING_URI: tracking.server.origin, MLFLOW_TRACKING_TOKEN: token };
  ownEnvironment(login);
  const source = { kind: "mlflow", server: tracking.server.origin, modelId } as const;
  const { content } = await (await loadSource(source, { root: project.dir })).pin();
  const versions = { v1: { source: { ...source, from: "models:/sentiment@champion", sha256: content } } };
  project.configure(releaseOf({ pins: {}, release: { versions } }));

  // The engine's store is empty, and nobody has told it a login.
  project.env.XDG_CACHE_HOME = path.join(project.dir, "cache");
  for (const name of Object.keys(login)) delete project.env[name];
  const refused = await project.up("--skip-preview");
  expect(refused.code).not.toBe(0);
  expect(refused.output).toContain(`Log in: set MLFLOW_TRACKING_URI=${tracking.server.origin}`);

  Object.assign(project.env, login);
  const first = await project.up("--skip-preview");
  expect(first.code, first.output).toBe(0);
  const { url } = await project.outputs();
  expect(await predict(String(url), { text: "a good film" })).toMatchObject({ status: 200, version: "v1" });
  const { output: state } = await project.pulumi("stack", "export");
  expect(state).toContain(modelId);
  expect(state).not.toContain(token);

  expect((await project.destroy()).code).toBe(0);
  await tracking.server.stop();
  const again = await project.up("--skip-preview");
  expect(again.code, again.output).toBe(0);
  expect((await project.destroy()).code).toBe(0);
}, 400_000);
