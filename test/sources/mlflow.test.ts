import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { loadSource } from "../../components/sources/load-source.ts";
import { resolveReference } from "../../components/sources/resolve-reference.ts";
import { emptyDirectory, sourceConformance } from "./conformance.ts";
import { startTrackingServer, type TrackingStandIn } from "./stand-ins/tracking-server.ts";
import { ownEnvironment, ownStore } from "./store-of-test.ts";

const modelId = `m-${"0".repeat(31)}1`;
const root = `1/models/${modelId}/artifacts`;

async function stage(files: Readonly<Record<string, string>>) {
  ownEnvironment({});
  const store = ownStore();
  const tracking = await startTrackingServer();
  tracking.models.set(modelId, `mlflow-artifacts:/${root}`);
  tracking.runs.set("run1", "mlflow-artifacts:/0/run1/artifacts");
  tracking.versions.set("fraud/1", { source: `models:/${modelId}` });
  tracking.versions.set("fraud/2", { source: "runs:/run1/model" });
  tracking.aliases.set("fraud@champion", "1");
  for (const [path, content] of Object.entries(files)) tracking.artifacts.set(`${root}/${path}`, Buffer.from(content));
  return { store, tracking };
}

type Part = { readonly modelId: string } | { readonly artifacts: string };

const sourceOf = ({ server }: TrackingStandIn, part: Part = { modelId }, allowPickle?: string) =>
  loadSource(
    { kind: "mlflow", server: server.origin, ...part, ...(allowPickle !== undefined && { allowPickle }) },
    { root: emptyDirectory() },
  );

const model = { MLmodel: "flavors: {}\n", "model.skops": "data", "code/empty.txt": "" };

sourceConformance("mlflow (stand-in)", async () => {
  const { store, tracking } = await stage({ "model.json": "{}", "data/words.txt": "good bad\n" });
  return {
    source: await sourceOf(tracking),
    put(file, content) {
      if (content === undefined) tracking.artifacts.delete(`${root}/${file}`);
      else tracking.artifacts.set(`${root}/${file}`, Buffer.from(content));
    },
    remove() {
      tracking.artifacts.clear();
      rmSync(store, { recursive: true, force: true });
    },
  };
});

describe("a tracking server (stand-in)", () => {
  test("gives the files of a model, folders and empty files among them, as they are", async () => {
    const { tracking } = await stage(model);
    const source = await sourceOf(tracking);
    const { content, files } = await source.pin();
    expect(files.map(({ path, bytes }) => [path, bytes])).toEqual([
      ["MLmodel", 12],
      ["code/empty.txt", 0],
      ["model.skops", 4],
    ]);
    const copy = emptyDirectory();
    await source.open(content, copy);
    expect(readFileSync(join(copy, "MLmodel"), "utf8")).toBe("flavors: {}\n");
    expect(await source.read("model.skops")).toBe("data");
  });

  test("is not asked for what was fetched for the pin", async () => {
    const { tracking } = await stage(model);
    const { content } = await (await sourceOf(tracking)).pin();
    await tracking.server.stop();
    await (await sourceOf(tracking)).open(content, emptyDirectory());
  });

  test("that sends half a file as if it were whole is noticed by the listed size", async () => {
    const { tracking } = await stage({ "model.skops": "x".repeat(10_000) });
    tracking.manner = { cutAfter: 5000, isChunked: true, ignoresRanges: true };
    await expect((await sourceOf(tracking)).pin()).rejects.toMatchObject({
      seen: `models:/${modelId}: model.skops: ended at 5000 of 10000 bytes`,
    });
  }, 60_000);

  test("on which a file was overwritten with another of the same length is found out", async () => {
    const { tracking } = await stage(model);
    const source = await sourceOf(tracking);
    const { content, files } = await source.pin();
    tracking.artifacts.set(`${root}/model.skops`, Buffer.from("atad"));
    expect(await source.verify(content, files)).toEqual(["model.skops was changed"]);
  });

  test("tells what an alias, a version and a run lead to, and an alias may move then", async () => {
    const { tracking } = await stage(model);
    const server = tracking.server.origin;
    const context = { env: { MLFLOW_TRACKING_URI: `${server}/` } };
    const found = await resolveReference("models:/fraud@champion", context);
    expect(found).toEqual({ kind: "mlflow", server, modelId, from: "models:/fraud@champion" });
    expect(await resolveReference("models:/fraud/1", context)).toMatchObject({ modelId });
    expect(await resolveReference(`models:/${modelId}`, context)).toMatchObject({ modelId });
    const ofRun = { artifacts: "mlflow-artifacts:/0/run1/artifacts/model" };
    expect(await resolveReference("models:/fraud/2", context)).toMatchObject(ofRun);
    expect(await resolveReference("runs:/run1/model", context)).toMatchObject(ofRun);
    const before = await (await sourceOf(tracking)).pin();
    tracking.aliases.set("fraud@champion", "2");
    expect(await (await sourceOf(tracking)).pin()).toEqual(before);
    expect(await resolveReference("models:/fraud@champion", context)).toMatchObject(ofRun);
  });

  test("has models from before models had ids by their address", async () => {
    const { tracking } = await stage({});
    tracking.artifacts.set("0/run1/artifacts/model/MLmodel", Buffer.from("flavors: {}\n"));
    const { files } = await (await sourceOf(tracking, { artifacts: "mlflow-artifacts:/0/run1/artifacts/model" })).pin();
    expect(files.map(({ path }) => path)).toEqual(["MLmodel"]);
  });

  test("refuses what it does not have, each with what to do", async () => {
    const { tracking } = await stage(model);
    const endpoint = tracking.server.origin;
    const refused = (reference: string) => resolveReference(reference, { env: {}, endpoint });
    const correct = { cure: "Correct the reference, or the server's address.", field: "from" };
    await expect(refused("models:/fraud@nobody")).rejects.toMatchObject({
      seen: `models:/fraud@nobody: ${endpoint}/api/2.0/mlflow/registered-models/alias answers 400 (INVALID_PARAMETER_VALUE)`,
      ...correct,
    });
    await expect(refused("models:/fraud/9")).rejects.toMatchObject(correct);
    await expect(refused("models:/fraud/Production")).rejects.toMatchObject({
      cure: "Write one of them; give the version an alias in MLflow where you mean a stage, or the latest.",
    });
    await expect(refused("runs:/run1/../../etc")).rejects.toMatchObject({
      seen: expect.stringContaining("leaves the run"),
    });
    await expect(resolveReference("models:/fraud@champion", { env: {} })).rejects.toMatchObject({ field: "server" });
    await expect((await sourceOf(tracking, { modelId: `m-${"9".repeat(32)}` })).pin()).rejects.toMatchObject({
      seen: expect.stringContaining("404 (RESOURCE_DOES_NOT_EXIST)"),
      field: "modelId",
    });
    await expect((await sourceOf(tracking, { artifacts: "mlflow-artifacts:/nowhere" })).pin()).rejects.toMatchObject({
      seen: "mlflow-artifacts:/nowhere: there is no file",
    });
  });

  test("whose files are elsewhere says where, without a login in the address", async () => {
    const { tracking } = await stage(model);
    tracking.versions.set("fraud/3", { source: "s3://key:secret@bucket/models/7" });
    await expect(
      resolveReference("models:/fraud/3", { env: {}, endpoint: tracking.server.origin }),
    ).rejects.toMatchObject({
      seen: "models:/fraud/3: its files are at s3://bucket/models/7",
      cure: "Take them from there: mlc add <version> --from s3://bucket/prefix, or a directory.",
    });
  });

  test("that hands nothing out, or is away, says so", async () => {
    const { tracking } = await stage(model);
    tracking.servesNothing = true;
    await expect((await sourceOf(tracking)).pin()).rejects.toMatchObject({
      cure: "Let the server hand files out: mlflow server --serve-artifacts.",
    });
    await tracking.server.stop();
    await expect((await sourceOf(tracking)).pin()).rejects.toMatchObject({
      cure: "Ask again when the server answers.",
      field: "server",
    });
  });

  test("gets the login that the environment means for it, and no other server does", async () => {
    const { tracking } = await stage(model);
    tracking.login = `Basic ${Buffer.from("anna:secret").toString("base64")}`;
    const login = { MLFLOW_TRACKING_USERNAME: "anna", MLFLOW_TRACKING_PASSWORD: "secret" };
    ownEnvironment({ ...login, MLFLOW_TRACKING_URI: "https://mlflow.example.com" });
    const refused = await (await sourceOf(tracking)).pin().catch((error: unknown) => error);
    expect(refused).toMatchObject({
      cure: expect.stringContaining(`set MLFLOW_TRACKING_URI=${tracking.server.origin}`),
    });
    expect(String(refused)).not.toContain("secret");
    expect(tracking.server.asked.map(({ authorization }) => authorization)).toEqual([undefined]);
    ownEnvironment({ ...login, MLFLOW_TRACKING_URI: tracking.server.origin });
    expect((await (await sourceOf(tracking)).pin()).files.length).toBe(3);
    tracking.login = "Bearer t1";
    ownEnvironment({ MLFLOW_TRACKING_TOKEN: "t1", MLFLOW_TRACKING_URI: tracking.server.origin });
    expect((await (await sourceOf(tracking)).pin()).files.length).toBe(3);
  });

  test("with a pickle among its files is refused unless the document says why not", async () => {
    const { tracking } = await stage({ ...model, "model.pkl": "x" });
    await expect((await sourceOf(tracking)).pin()).rejects.toMatchObject({
      seen: `models:/${modelId}: model.pkl, which is a pickle: loading one runs code that stands in it`,
    });
    const allowed = await sourceOf(tracking, { modelId }, "our own pipeline");
    const copy = emptyDirectory();
    await allowed.open((await allowed.pin()).content, copy);
    expect(readdirSync(copy).toSorted()).toEqual(["MLmodel", "code", "model.pkl", "model.skops"]);
  });
});
