import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, utimesSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { identify, isAlive, type ProcessIdentity } from "../../../../components/host/process-identity.ts";
import type { StateFolder } from "../../../../components/platforms/local/state-folder/folder.ts";
import { readAllPs } from "../../../../components/platforms/local/state-folder/folder-processes.ts";
import { socketPath, statusPath } from "../../../../components/platforms/local/state-folder/paths.ts";
import { findLeftovers, stopLeftovers } from "../../../../components/platforms/local/supervisor/leftovers.ts";
import { removeSpec, waitReady, writeSpec } from "../../../../components/platforms/local/supervisor/process-spec.ts";
import { createFolder, echoSpec, removeFolder, script, supervisorOf, until } from "./test-folder.ts";

let folder: StateFolder;
beforeEach(() => {
  folder = createFolder();
});
afterEach(() => removeFolder(folder));

const started: ProcessIdentity[] = [];
afterEach(() => {
  for (const { pid } of started.splice(0).filter(isAlive)) process.kill(pid, "SIGKILL");
});

async function start(
  cwd: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<ProcessIdentity> {
  const child = spawn(process.execPath, args, {
    cwd,
    env: { ...env },
    detached: true,
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  const identity = identify(child.pid ?? 0);
  if (identity === undefined) throw new Error("it ended at once");
  started.push(identity);
  return identity;
}

const marks = (name: string, instance: string): Record<string, string> => ({
  MLC_STATE_FOLDER: folder.root,
  MLC_PROCESS: name,
  MLC_INSTANCE: instance,
});

const idle = ["-e", 'setInterval(() => {}, 1000); console.log("ready")'];

test("exactly what no spec names is found and stopped", async () => {
  writeSpec(folder, echoSpec("v1", "i1"));
  const wanted = (await waitReady(folder, "v1", { timeoutMs: 30_000 })).processes[0]?.identity;
  if (wanted === undefined) throw new Error("nothing serves");
  const marked = await start("/", idle, marks("v0", "i0"));
  const byHand = await start(folder.root, [script("echo-server"), "servers/by-hand.sock", "--instance", "i9"], {});
  const elsewhere = await start("/", idle, { ...marks("v0", "i0"), MLC_STATE_FOLDER: "/another" });
  const shell = await start(folder.root, idle, {});
  writeFileSync(folder.path(statusPath("v00")), "{}");

  const leftovers = findLeftovers(folder);
  const pids = leftovers.flatMap((each) => (each.kind === "process" ? [each.identity.pid] : []));
  expect(pids.sort()).toEqual([marked.pid, byHand.pid].sort());
  const paths = leftovers.flatMap((each) => (each.kind === "process" ? [] : [`${each.kind} ${each.path}`]));
  expect(paths).toEqual([`status ${folder.path(statusPath("v00"))}`, `socket ${folder.path(socketPath("by-hand"))}`]);

  const outcomes = (await stopLeftovers(leftovers)).map(({ outcome }) => outcome);
  expect(outcomes).toEqual(["stopped", "stopped", "removed", "removed"]);
  expect([marked, byHand].map(isAlive)).toEqual([false, false]);
  expect([wanted, elsewhere, shell].map(isAlive)).toEqual([true, true, true]);
  expect(findLeftovers(folder)).toEqual([]);
});

test("without a supervisor, what bears a wanted name is left for the next one", async () => {
  writeSpec(folder, echoSpec("v1", "i2"));
  await start("/", idle, marks("v1", "i1"));
  const nameless = await start("/", idle, marks("v0", "i0"));
  expect(supervisorOf(folder)).toBeUndefined();
  expect(findLeftovers(folder)).toMatchObject([{ kind: "process", name: "v0", identity: nameless }]);
  removeSpec(folder, "v1");
});

test("a process that is being ended is none", async () => {
  writeSpec(folder, echoSpec("v1", "i1", "ignore-term"));
  await waitReady(folder, "v1", { timeoutMs: 30_000 });
  removeSpec(folder, "v1");
  await until(() => findLeftovers(folder).length === 0 || undefined);
  expect(findLeftovers(folder)).toEqual([]);
});

test("a file that is written again after it was found is let be", async () => {
  const path = folder.path(statusPath("v0"));
  writeFileSync(path, "{}");
  const leftovers = findLeftovers(folder);
  writeFileSync(path, '{"again": true}');
  expect((await stopLeftovers(leftovers)).map(({ outcome }) => outcome)).toEqual(["changed"]);
  expect(existsSync(path)).toBe(true);
});

test("a file whose writing was interrupted a minute ago is found, a fresh one is not", () => {
  const old = folder.path("processes/.v1.json.12345678.tmp");
  writeFileSync(old, "{");
  utimesSync(old, new Date(0), new Date(0));
  writeFileSync(folder.path("processes/.v2.json.12345678.tmp"), "{");
  expect(findLeftovers(folder)).toMatchObject([{ kind: "temporary", path: old }]);
});

test("ps shows the same marks as /proc", async () => {
  const { pid } = await start("/", idle, marks("v0", "i0"));
  const row = readAllPs().find((each) => each.pid === pid);
  expect(Object.fromEntries(row?.environment ?? [])).toMatchObject(marks("v0", "i0"));
});
