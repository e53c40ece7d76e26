import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadSource } from "../../components/sources/load-source.ts";
import { resolveReference } from "../../components/sources/resolve-reference.ts";
import { emptyDirectory } from "../sources/conformance.ts";
import { ownEnvironment, ownStore } from "../sources/store-of-test.ts";
import { type RealTrackingServer, startRealTrackingServer } from "./real-tracking-server.ts";

let tracking: RealTrackingServer;
let server = "";
beforeAll(async () => {
  tracking = await startRealTrackingServer();
  server = tracking.server;
}, 1_800_000);
afterAll(() => tracking.stop());

const files = {
  MLmodel: "flavors: {}\n",
  "model.skops": "x".repeat(200_000),
  "code/empty.txt": "",
  "ä b/ö+%.txt": "odd\n",
};

describe("a real tracking server", { timeout: 300_000 }, () => {
  test("tells what an alias is, and hands its model's files out as they are", async () => {
    ownEnvironment({});
    ownStore();
    const { modelId, root } = await tracking.register("fraud", files, "champion");
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
    await tracking.upload(`${root}/model.skops`, "y".repeat(200_000));
    expect(await source.verify(content, listed)).toEqual(["model.skops was changed"]);

    const next = await tracking.register("fraud", files, "champion");
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
