import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { identify, isAlive } from "../../components/host/process-identity.ts";
import { specPath, statusPath } from "../../components/platforms/local/state-folder/paths.ts";
import type { Leftover, StoppedLeftover } from "../../components/platforms/local/supervisor/leftovers.ts";
import { pidOf, serverOf } from "../support/serving.ts";
import { createStage, expectConvergence, expectNothingLeft, kill9, type Stage, supervisorOf } from "./stage.ts";

// What a damaged state folder leaves running, and what `mlc doctor` makes of it.

let stage: Stage;
const server = (version: "v1" | "v2") => serverOf("sentiment", version, stage.pins[version]);

beforeAll(async () => {
  stage = await createStage();
  return () => stage[Symbol.asyncDispose]();
}, 120_000);

interface Report {
  readonly leftovers: readonly Leftover[];
  readonly stopped: readonly StoppedLeftover[];
}

async function doctor(...args: string[]): Promise<Report & { readonly code: number }> {
  const { code, stdout } = await stage.mlc("doctor", "--json", ...args);
  return { code, ...(JSON.parse(stdout) as Report) };
}

/** A process of somebody else whose command line looks like one of ours. */
async function startStranger(cwd: string, ...args: string[]): Promise<number> {
  const script = "setInterval(() => {}, 1000); console.log('up')";
  const child = spawn(process.execPath, ["-e", script, "--", ...args], { cwd, stdio: ["ignore", "pipe", "ignore"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child.stdout, "data");
  return child.pid ?? 0;
}

test("a server that nobody wants any more is named, and --fix ends it and no stranger", async () => {
  const pid = pidOf(stage.folder.root, server("v2"));
  const left = identify(pid);
  const args = ["--socket", `servers/${server("v2")}.sock`, "--model", "sentiment", "--version", "v2"];
  const strangers = [
    await startStranger(stage.project.dir, ...args, "--instance", "of-another-folder"),
    await startStranger(stage.folder.root, ...args),
  ];
  // Somebody clears up by hand while nobody supervises.
  await kill9(supervisorOf(stage.folder));
  for (const file of [specPath(server("v2")), statusPath(server("v2"))]) rmSync(stage.folder.path(file));

  const seen = await doctor();
  expect(seen.code).toBe(1);
  expect(seen.leftovers).toEqual([
    expect.objectContaining({ kind: "process", identity: left, name: server("v2") }),
    expect.objectContaining({ kind: "socket", path: stage.folder.path(`servers/${server("v2")}.sock`) }),
  ]);
  expect(seen.stopped).toEqual([]);
  expect(left !== undefined && isAlive(left)).toBe(true);

  const fixed = await doctor("--fix");
  expect(fixed.stopped.map(({ leftover, outcome }) => [leftover.kind, outcome])).toEqual([
    ["process", "stopped"],
    ["socket", "alreadyGone"],
  ]);
  expect(identify(pid)).toBeUndefined();
  for (const stranger of strangers) expect(identify(stranger)).toBeDefined();
  expect((await doctor()).leftovers).toEqual([]);
  expect(stage.customers.seen().failed).toEqual([]);
});

test("the next up brings back what is wanted", async () => {
  await expectConvergence(stage);
  expect(pidOf(stage.folder.root, server("v2"))).toBeGreaterThan(0);
  expect((await doctor()).code).toBe(0);
});

test("a folder in order has no leftovers, and --fix ends nothing", async () => {
  const pids = () => [server("v1"), server("v2"), "gateway-sentiment"].map((name) => pidOf(stage.folder.root, name));
  const before = pids();
  expect(await doctor("--fix")).toMatchObject({ code: 0, leftovers: [], stopped: [] });
  expect(pids()).toEqual(before);
  await stage.customers.served(50);
  expect(stage.customers.seen().failed).toEqual([]);
});

test("after all that, destroy leaves nothing", async () => {
  await expectNothingLeft(stage);
});
