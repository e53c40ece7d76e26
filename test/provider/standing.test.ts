import { existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { openStateFolder } from "../../components/platforms/local/state-folder/folder.ts";
import { defaultPlace } from "../../components/platforms/local/state-folder/place.ts";
import { readSpec, writeSpec } from "../../components/platforms/local/supervisor/process-spec.ts";
import { pidOf, predict } from "../support/serving.ts";
import { type Bench, startBench, urnOf } from "./bench.ts";

// What stands already where the engine makes a new resource: after a rename, or a replacement that is asked for.

const applicant = { features: { income_k: 30, debt_ratio: 0.1 } };

async function serve(bench: Bench) {
  await bench.create("Artifact");
  const server = await bench.create("ModelServer");
  const gateway = await bench.create("Gateway");
  const route = await bench.create("Route");
  return { server, gateway, route, url: String(gateway.outs.url) };
}

const renamed = (kind: string) => urnOf(kind, "renamed");

test("a server under another name whose checks fail now: the new one is refused, and the process serves on", async () => {
  await using bench = await startBench();
  const { url } = await serve(bench);
  const process = String(bench.inputs("ModelServer").process);
  const pid = pidOf(bench.stateDir, process);
  const golden = "golden.jsonl";
  writeFileSync(path.join(bench.dir, golden), `${JSON.stringify({ input: applicant, expect: { label: "never" } })}\n`);
  const inputs = bench.inputs("ModelServer", { projectDir: bench.dir, checks: { golden } });
  await expect(bench.provider.create(renamed("ModelServer"), inputs)).rejects.toThrow('allowed "never"');
  expect(pidOf(bench.stateDir, process)).toBe(pid);
  expect(await predict(url, applicant)).toMatchObject({ status: 200, version: "v1" });
});

test("a version that fails its checks at first leaves no process", async () => {
  await using bench = await startBench();
  await bench.create("Artifact");
  const golden = "golden.jsonl";
  writeFileSync(path.join(bench.dir, golden), `${JSON.stringify({ input: applicant, expect: { label: "never" } })}\n`);
  await expect(bench.create("ModelServer", { projectDir: bench.dir, checks: { golden } })).rejects.toThrow(
    'allowed "never"',
  );
  expect(readSpec(openStateFolder(bench.stateDir), String(bench.inputs("ModelServer").process))).toBeUndefined();
});

test("a gateway under another name, of another version, from a package that has moved: the same ports", async () => {
  await using bench = await startBench();
  const { gateway } = await serve(bench);
  const folder = openStateFolder(bench.stateDir);
  const spec = readSpec(folder, "gateway-approval");
  if (spec === undefined) throw new Error("no gateway is wanted");
  writeSpec(folder, { ...spec, script: "/nowhere/gateway/main.js" });
  const { outs } = await bench.provider.create(renamed("Gateway"), bench.inputs("Gateway", { code: "2" }));
  expect(outs).toMatchObject({ url: gateway.outs.url, adminUrl: gateway.outs.adminUrl });
  expect(await predict(String(gateway.outs.url), applicant)).toMatchObject({ status: 200, version: "v1" });
});

test("a new resource of what serves under its name is judged as a change of it", async () => {
  await using bench = await startBench();
  await serve(bench);
  const { plan } = bench.inputs("Route") as { readonly plan: { readonly versions: object } };
  const other = { ...plan, versions: { v1: { content: "a".repeat(64) } } };
  const { failures } = await bench.provider.check(renamed("Route"), {}, bench.inputs("Route", { plan: other }));
  expect(failures?.[0]?.reason).toBe(
    `version v1 serves and its content is fixed: seen ${"a".repeat(64)}, allowed ${bench.content}. Add the new content as a new version and start a rollout to it.`,
  );
});

test("a new resource in another folder than where the stack serves from is refused", async () => {
  await using bench = await startBench();
  await serve(bench);
  const elsewhere = path.join(bench.dir, "elsewhere");
  const asked = bench.inputs("Gateway", { stateDir: elsewhere });
  const { failures } = await bench.provider.check(renamed("Gateway"), {}, asked);
  expect(failures?.map(({ reason }) => reason)).toEqual([
    `platform.stateFolder: seen ${elsewhere}; allowed: ${bench.stateDir}, where this stack serves from. Another folder would be another endpoint with another port and no history. To move: \`pulumi destroy\`, change the setting, \`pulumi up\`.`,
  ]);
  expect(existsSync(elsewhere)).toBe(false);
});

test("a folder that nobody chose is followed to where the stack is", async () => {
  await using bench = await startBench();
  await bench.create("Document");
  const stateDir = defaultPlace({ project: "project", stack: "dev" });
  const { inputs } = await bench.provider.check(renamed("Document"), {}, bench.inputs("Document", { stateDir }));
  expect(inputs).toEqual(bench.inputs("Document"));
});

const ofAnotherStack = (kind: string) => urnOf(kind).replace(":dev::", ":prod::");

test.each(["Gateway", "Route", "Document"] as const)(
  "%s: what another stack has in the same folder is not taken",
  async (kind) => {
    await using bench = await startBench();
    await serve(bench);
    await bench.create("Document");
    const { failures } = await bench.provider.check(ofAnotherStack(kind), {}, bench.inputs(kind));
    const name = kind === "Document" ? "rules.yml" : "approval";
    expect(failures?.map(({ reason }) => reason)).toEqual([
      `thing: seen ${name} of stack project/dev in ${bench.stateDir}; allowed: what nobody has, or this stack (project/prod) itself. Choose another folder in \`platform.stateFolder\`, or another model. When project/dev is this stack's name from before, run \`pulumi up\` once without this change, or give the component an alias.`,
    ]);
  },
);

test("a renamed stack takes along what it has, and content is anybody's", async () => {
  await using bench = await startBench();
  const { id, outs } = await bench.create("Document");
  await bench.create("Artifact");
  await bench.provider.diff(id, ofAnotherStack("Document"), outs, bench.inputs("Document"));
  for (const kind of ["Document", "Artifact"] as const) {
    expect(await bench.provider.check(ofAnotherStack(kind), {}, bench.inputs(kind))).toMatchObject({ failures: [] });
  }
});

test("a replacement that was interrupted is finished by the next up, and destroy then ends what runs", async () => {
  await using bench = await startBench();
  const { gateway } = await serve(bench);
  // Made, but the engine was killed before it wrote that down.
  await bench.create("Gateway");
  const urn = urnOf("Gateway");
  const inputs = bench.inputs("Gateway");
  expect(await bench.provider.diff(gateway.id, urn, gateway.outs, inputs)).toEqual({ changes: true, replaces: [] });
  const { outs = {} } = await bench.provider.update(gateway.id, urn, gateway.outs, inputs);
  expect(outs).toEqual(gateway.outs);
  expect(await bench.provider.diff(gateway.id, urn, outs, inputs)).toEqual({ changes: false, replaces: [] });
  await bench.provider.delete(gateway.id, urn, outs);
  expect(() => pidOf(bench.stateDir, "gateway-approval")).toThrow("no process");
});

test("two versions of the same content are one artifact, and neither is a change of the other", async () => {
  await using bench = await startBench();
  const first = await bench.provider.create(urnOf("Artifact", "v1"), bench.inputs("Artifact"));
  const second = await bench.provider.create(urnOf("Artifact", "v2"), bench.inputs("Artifact"));
  for (const { id, outs = {} } of [first, second]) {
    const diff = await bench.provider.diff(id, urnOf("Artifact"), outs, bench.inputs("Artifact"));
    expect(diff).toEqual({ changes: false, replaces: [] });
  }
});
