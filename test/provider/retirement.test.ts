import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { type Bench, type Inputs, startBench, tamper, urnOf } from "./bench.ts";

type Phase = "deprecated" | "archived" | "retired";

/** A route to another version with the same content, with v1 on its way out; v1 is deployed while `deployed` says so. */
function routeTo(bench: Bench, phase: Phase | undefined, deployed: boolean) {
  const { plan, servers } = bench.inputs("Route") as {
    readonly plan: { readonly versions: { readonly v1: object } };
    readonly servers: { readonly v1: string };
  };
  const notice = { phase, sunset: "2020-01-01T00:00:00Z", successor: "v2" };
  return {
    plan: {
      ...plan,
      stable: "v2",
      noticeMs: 0,
      versions: { v2: plan.versions.v1, ...(deployed ? plan.versions : {}) },
      notices: phase === undefined ? {} : { v1: notice },
    },
    servers: { v2: servers.v1, ...(deployed ? servers : {}) },
  };
}

async function startStage(): Promise<Bench> {
  const bench = await startBench();
  for (const kind of ["Artifact", "ModelServer", "Gateway"] as const) await bench.create(kind);
  await bench.create("Route", routeTo(bench, "archived", true));
  return bench;
}

const inArchive = (bench: Bench, ...names: readonly string[]) =>
  path.join(bench.stateDir, "archive/approval/v1", ...names);

test("the route is not told of a retirement before the archive of the version is verified", async () => {
  await using bench = await startStage();
  const olds = bench.inputs("Route", routeTo(bench, "archived", true));
  const news = bench.inputs("Route", routeTo(bench, "retired", false));
  const ask = async (before: Inputs = olds) =>
    ((await bench.provider.check(urnOf("Route"), before, news)).failures ?? []).map(({ reason }) => reason);
  expect(await ask()).toEqual([expect.stringMatching(/^v1 is not retired: .* there is no such archive; allowed: /)]);
  // A renamed component has no old inputs: what serves is known all the same.
  expect(await ask({})).toHaveLength(1);
  await bench.create("Archive");
  expect(await ask()).toEqual([]);
  tamper(inArchive(bench, "artifact/weights.json"), "{}");
  expect(await ask()).toEqual([expect.stringContaining("artifact/weights.json was changed")]);
});

test("the files of a retired version stay until its archive is verified", async () => {
  await using bench = await startStage();
  const archive = await bench.create("Archive");
  const artifact = await bench.create("Artifact", { model: "approval", version: "v1" });
  const server = await bench.create("ModelServer");
  await bench.create("Route", routeTo(bench, "retired", false));
  await bench.provider.delete(server.id, urnOf("ModelServer"), server.outs);
  const weights = path.join(bench.stateDir, "artifacts", bench.content, "weights.json");
  const intact = readFileSync(inArchive(bench, "artifact/weights.json"), "utf8");
  tamper(inArchive(bench, "artifact/weights.json"), "{}");
  const remove = () => bench.provider.delete(artifact.id, urnOf("Artifact"), artifact.outs);
  await expect(remove()).rejects.toThrow("artifact/weights.json was changed; allowed: a verified archive of v1");
  expect(existsSync(weights)).toBe(true);
  tamper(inArchive(bench, "artifact/weights.json"), intact);
  await remove();
  expect(existsSync(weights)).toBe(false);
  expect(await bench.provider.read(archive.id, urnOf("Archive"), archive.outs)).toMatchObject({ id: archive.id });
});

test("of a version that has left the release the archive says what it holds, with the engine's state or without", async () => {
  await using bench = await startBench();
  const { content, source: _source, ...news } = bench.inputs("Archive");
  const ask = (olds: object) => bench.provider.check(urnOf("Archive"), olds as never, news);
  expect((await ask({})).failures).toEqual([
    {
      property: "",
      reason:
        "approval v1: it is not in versions, and no archive of it is here that says what it held. Put v1 back into versions with its source and hash, or take it out of retirement.",
    },
  ]);
  await bench.create("Artifact");
  const { id, outs } = await bench.create("Archive");
  expect(await ask({})).toEqual({ inputs: { ...news, content }, failures: [] });
  const { inputs } = await ask(bench.inputs("Archive"));
  expect(inputs).toEqual({ ...news, content });
  expect(await bench.provider.diff(id, urnOf("Archive"), outs, inputs ?? {})).toEqual({ changes: false, replaces: [] });
});

test("another content under the name of an archive is refused at preview", async () => {
  await using bench = await startBench();
  await bench.create("Artifact");
  await bench.create("Archive");
  const news = bench.inputs("Archive", { content: "0".repeat(64) });
  const { failures } = await bench.provider.check(urnOf("Archive"), bench.inputs("Archive"), news);
  expect(failures).toEqual([
    { property: "", reason: expect.stringContaining("An archive is never overwritten: give the new content another") },
  ]);
});

test("the archive of a version that is served again leaves the stack and stays until its retention is over", async () => {
  await using bench = await startStage();
  const { id, outs } = await bench.create("Archive", { retentionDays: 1 });
  const remove = () => bench.provider.delete(id, urnOf("Archive"), outs);
  await expect(remove()).rejects.toThrow("before the end of its retention");
  await bench.create("Route", routeTo(bench, undefined, true));
  await remove();
  expect(existsSync(inArchive(bench, "manifest.json"))).toBe(true);
  const again = await bench.create("Archive", { retentionDays: 0 });
  expect(again.outs.manifestSha256).toBe(outs.manifestSha256);
});

test("an archive without a retention leaves the stack and stays where it is", async () => {
  await using bench = await startStage();
  const { id, outs } = await bench.create("Archive");
  await bench.provider.delete(id, urnOf("Archive"), outs);
  expect(existsSync(inArchive(bench))).toBe(true);
});
