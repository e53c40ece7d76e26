import { existsSync, globSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { expect, test } from "vitest";
import { readHostId } from "../../components/host/host-id.ts";
import { pidOf, predict } from "../support/serving.ts";
import { type Kind, kinds, startBench, tamper, urnOf } from "./bench.ts";

const applicant = { features: { income_k: 30, debt_ratio: 0.1 } };
const tags = { team: "search" };

/** What is created first, so that the next can be. */
const order: readonly Kind[] = ["Artifact", "ModelServer", "Gateway", "Route", "Archive", "Document"];

test.each<[Kind, readonly string[], readonly string[]]>([
  ["Artifact", ["stateDir", "content"], ["source", "projectDir"]],
  ["ModelServer", ["stateDir", "process", "model", "version", "content"], ["projectDir"]],
  ["Gateway", ["stateDir", "endpoint"], []],
  ["Route", ["stateDir", "endpoint"], []],
  ["Archive", ["stateDir", "model", "version", "content"], ["reason"]],
  ["Document", ["stateDir", "name"], []],
])("%s: %j replace it, %j are no change, everything else updates in place", async (kind, replaces, ignored) => {
  await using bench = await startBench();
  for (const each of order.slice(0, order.indexOf(kind))) await bench.create(each);
  const { outs: olds } = await bench.create(kind);
  const diff = (change: object) => bench.provider.diff("id", urnOf(kind), olds, { ...bench.inputs(kind), ...change });
  expect(await diff({})).toEqual({ changes: false, replaces: [] });
  expect(await diff({ tags })).toEqual({ changes: true, replaces: [] });
  for (const key of Object.keys(bench.inputs(kind))) {
    const expected = { changes: !ignored.includes(key), replaces: replaces.includes(key) ? [key] : [] };
    expect(await diff({ [key]: "other" }), key).toEqual(expected);
  }
});

test("each kind, created twice, is there once; found by its id alone; deleted twice, is gone, but for an archive", async () => {
  await using bench = await startBench();
  const { provider } = bench;
  const made = new Map<Kind, { readonly id: string; readonly outs: Record<string, unknown> }>();
  for (const kind of order) {
    const first = await bench.create(kind, { tags });
    const second = await bench.create(kind, { tags });
    expect(second, kind).toEqual({ ...first, outs: { ...first.outs, owner: second.outs.owner } });
    made.set(kind, second);
  }
  const url = String(made.get("Gateway")?.outs.url);
  expect(await predict(url, applicant)).toMatchObject({ status: 200, version: "v1" });

  for (const [kind, { id, outs }] of made) {
    expect(await provider.read(id, urnOf(kind), outs)).toEqual({ id, props: outs });
    const inputs = bench.inputs(kind, { tags });
    expect(await provider.read(id, urnOf(kind))).toEqual({ id, props: outs, inputs });
    expect(await provider.diff(id, urnOf(kind), outs, inputs)).toEqual({ changes: false, replaces: [] });
  }
  for (const [kind, { id, outs }] of [...made].toReversed()) {
    await provider.delete(id, urnOf(kind), { ...outs, owner: "an earlier one" });
    expect(await provider.read(id, urnOf(kind), outs), kind).toEqual({ id, props: outs });
    await provider.delete(id, urnOf(kind), outs);
    await provider.delete(id, urnOf(kind), outs);
    // A record without a retention stays where it is, and can be taken in again.
    const left = kind === "Archive" ? { id, props: outs } : { id: "", props: {} };
    expect(await provider.read(id, urnOf(kind), outs), kind).toEqual(left);
  }
  const left = globSync("**/*", { cwd: bench.stateDir }).filter((file) =>
    /^(processes|servers|artifacts|documents|resources)\/.*\.\w+$/.test(file),
  );
  expect(left).toEqual([]);
});

test("an update of tags touches no process", async () => {
  await using bench = await startBench();
  for (const kind of ["Artifact", "ModelServer", "Gateway", "Route"] as const) {
    const { id, outs } = await bench.create(kind);
    const before = kind === "Gateway" ? pidOf(bench.stateDir, "gateway-approval") : 0;
    const updated = await bench.provider.update(id, urnOf(kind), outs, bench.inputs(kind, { tags }));
    expect(updated.outs).toEqual({ ...outs, tags });
    if (kind === "Gateway") expect(pidOf(bench.stateDir, "gateway-approval")).toBe(before);
  }
});

test("another library version restarts the gateway on the same ports, and it still serves", async () => {
  await using bench = await startBench();
  for (const kind of ["Artifact", "ModelServer"] as const) await bench.create(kind);
  const { id, outs } = await bench.create("Gateway");
  await bench.create("Route");
  const pid = pidOf(bench.stateDir, "gateway-approval");
  const updated = await bench.provider.update(id, urnOf("Gateway"), outs, bench.inputs("Gateway", { code: "2" }));
  expect(updated.outs).toEqual({ ...outs, code: "2" });
  expect(pidOf(bench.stateDir, "gateway-approval")).not.toBe(pid);
  expect(await predict(String(outs.url), applicant)).toMatchObject({ status: 200, version: "v1" });
});

test.each(["read", "update", "delete"] as const)(
  "%s of another machine's resource is refused with what to do",
  async (verb) => {
    await using bench = await startBench();
    const { id, outs } = await bench.create("Document");
    const foreign = { ...outs, hostId: "elsewhere" };
    const act = {
      read: () => bench.provider.read(id, urnOf("Document"), foreign),
      update: () => bench.provider.update(id, urnOf("Document"), foreign, bench.inputs("Document")),
      delete: () => bench.provider.delete(id, urnOf("Document"), foreign),
    };
    await expect(act[verb]()).rejects.toThrow(
      `thing: the state belongs to machine elsewhere, this is machine ${readHostId()}. Run this stack there. When that machine is gone for good, run the same command with MLC_MACHINE_GONE=elsewhere in the environment: everything is built again here.`,
    );
    expect(await bench.provider.read(id, urnOf("Document"), outs)).toMatchObject({ id });
  },
);

test("an artifact changed under our feet is gone for a refresh, and made again", async () => {
  await using bench = await startBench();
  const { id, outs } = await bench.create("Artifact");
  tamper(path.join(bench.stateDir, "artifacts", bench.content, "weights.json"), "{}");
  expect(await bench.provider.read(id, urnOf("Artifact"), outs)).toEqual({ id: "", props: {} });
  await bench.create("Artifact");
  expect(await bench.provider.read(id, urnOf("Artifact"), outs)).toEqual({ id, props: outs });
});

test("a document changed by hand differs, and an update puts it right", async () => {
  await using bench = await startBench();
  const { id, outs } = await bench.create("Document");
  tamper(path.join(bench.stateDir, "documents/rules.yml"), "mine\n");
  const { props } = await bench.provider.read(id, urnOf("Document"), outs);
  expect(props).toMatchObject({ content: "mine\n" });
  const inputs = bench.inputs("Document");
  expect(await bench.provider.diff(id, urnOf("Document"), props ?? {}, inputs)).toMatchObject({ changes: true });
  expect((await bench.provider.update(id, urnOf("Document"), props ?? {}, inputs)).outs).toEqual(outs);
});

test("a longer retention extends the archive in place, from the day it was made", async () => {
  await using bench = await startBench();
  await bench.create("Artifact");
  const { id, outs } = await bench.create("Archive");
  const longer = bench.inputs("Archive", { retentionDays: 30 });
  const { outs: extended = {} } = await bench.provider.update(id, urnOf("Archive"), outs, longer);
  expect(extended).toMatchObject({ uri: outs.uri, retentionDays: 30 });
  expect(await bench.provider.read(id, urnOf("Archive"), extended)).toEqual({ id, props: extended });
  await expect(bench.provider.delete(id, urnOf("Archive"), extended)).rejects.toThrow(
    "before the end of its retention",
  );
});

test("an artifact that another version serves from outlives the version that made it", async () => {
  await using bench = await startBench();
  const artifact = await bench.create("Artifact");
  const server = await bench.create("ModelServer");
  await bench.provider.delete(artifact.id, urnOf("Artifact"), artifact.outs);
  expect(existsSync(path.join(bench.stateDir, "artifacts", bench.content, "weights.json"))).toBe(true);
  await bench.provider.delete(server.id, urnOf("ModelServer"), server.outs);
  await bench.provider.delete(artifact.id, urnOf("Artifact"), artifact.outs);
  expect(existsSync(path.join(bench.stateDir, "artifacts", bench.content))).toBe(false);
});

test("the deletion of what was replaced under the same name leaves its successor alone", async () => {
  await using bench = await startBench();
  await bench.create("Artifact");
  const old = await bench.create("ModelServer", { version: "v0" });
  await bench.create("ModelServer");
  const process = String(bench.inputs("ModelServer").process);
  const pid = pidOf(bench.stateDir, process);
  await bench.provider.delete(old.id, urnOf("ModelServer"), old.outs);
  expect(pidOf(bench.stateDir, process)).toBe(pid);
});

/** Somebody who answers everything, on a port of his own. */
async function startStranger() {
  const server = createServer((_, response) => response.end(JSON.stringify({ instance: "mine", ready: true })));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { port, [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())) };
}

test("a port held by a stranger who answers 200 is an error that names it, and nothing is left", async () => {
  await using stranger = await startStranger();
  await using bench = await startBench();
  await expect(bench.create("Gateway", { port: stranger.port })).rejects.toThrow(
    new RegExp(`its port is taken by another process[^]*port ${stranger.port} of 127.0.0.1 is held by another process`),
  );
  expect(globSync("processes/*.json", { cwd: bench.stateDir }).filter((file) => !file.includes(".status."))).toEqual(
    [],
  );
  expect((await fetch(`http://127.0.0.1:${stranger.port}`)).status).toBe(200);
});

test("a move to a stranger's port fails, and the gateway serves on where it was", async () => {
  await using stranger = await startStranger();
  await using bench = await startBench();
  for (const kind of ["Artifact", "ModelServer"] as const) await bench.create(kind);
  const { id, outs } = await bench.create("Gateway");
  await bench.create("Route");
  const pid = pidOf(bench.stateDir, "gateway-approval");
  const moved = bench.inputs("Gateway", { port: stranger.port });
  await expect(bench.provider.update(id, urnOf("Gateway"), outs, moved)).rejects.toThrow("is taken by another process");
  expect(pidOf(bench.stateDir, "gateway-approval")).toBe(pid);
  expect(await predict(String(outs.url), applicant)).toMatchObject({ status: 200, version: "v1" });
});

test("check and diff, all that a preview asks, touch nothing", async () => {
  await using bench = await startBench();
  const ask = async () => {
    for (const kind of kinds) {
      const olds = bench.inputs(kind);
      expect(await bench.provider.check(urnOf(kind), {}, olds)).toEqual({ inputs: olds, failures: [] });
      expect(await bench.provider.check(urnOf(kind), olds, { ...olds, tags })).toMatchObject({ failures: [] });
      await bench.provider.diff("id", urnOf(kind), olds, { ...olds, tags });
    }
  };
  await ask();
  expect(existsSync(bench.stateDir)).toBe(false);
  for (const kind of ["Artifact", "ModelServer", "Gateway", "Route"] as const) await bench.create(kind);
  const before = bench.files();
  expect(before.length).toBeGreaterThan(5);
  await ask();
  expect(bench.files()).toEqual(before);
});

test("an id that says nothing is refused with what an id looks like", async () => {
  await using bench = await startBench();
  await expect(bench.provider.read("approval", urnOf("Gateway"))).rejects.toThrow(
    'Gateway: seen the id "approval"; allowed: <absolute path of the state folder>#<name>, such as /home/ml/.local/state/model-lifecycle/app/prod#sentiment',
  );
  await expect(bench.provider.read(`${bench.stateDir}#approval`, urnOf("Gateway"))).rejects.toThrow("does not exist");
  expect(existsSync(bench.stateDir)).toBe(false);
});

test("a resource that the provider does not have is refused with those that it has", async () => {
  await using bench = await startBench();
  await expect(bench.provider.create(urnOf("Bucket"), {})).rejects.toThrow(
    "model-lifecycle-local has no resource Bucket; it has Archive, Artifact, Document, Gateway, ModelServer, Route",
  );
});
