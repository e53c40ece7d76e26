import { once } from "node:events";
import { readdirSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { expect, test } from "vitest";
import { takeLock } from "../../../stacks/engine/lock.ts";
import { fakeMachine, isAlive, seeker, until } from "./fake-machine.ts";

test("of two processes one builds, and the other says that it waits and takes the result", async () => {
  const machine = fakeMachine();
  machine.go();
  const builder = seeker(machine);
  await until(() => machine.builds().length === 1);
  const waiter = seeker(machine);
  const waiting = `Process ${builder.child.pid} is building the Pulumi engine; waiting (0 s).`;
  await until(() => waiter.lines().includes(waiting));
  machine.openGate();

  expect(await builder.result()).toMatchObject({ version: "3.259.0", from: "build" });
  expect(await waiter.result()).toMatchObject({ version: "3.259.0", from: "cache" });
  expect(machine.builds()).toHaveLength(1);
  expect(readdirSync(machine.cacheRoot)).toHaveLength(1);
});

test("a builder that was killed is replaced by the process that waited for it", async () => {
  const machine = fakeMachine();
  machine.go();
  const builder = seeker(machine);
  await until(() => machine.builds().length === 1);
  const waiter = seeker(machine);
  await until(() => waiter.lines().length === 1);
  builder.child.kill("SIGKILL");
  await once(builder.child, "exit");
  await until(() => machine.builds().length === 2);
  machine.openGate();

  const engine = await waiter.result();
  expect(engine).toMatchObject({ version: "3.259.0", from: "build" });
  await until(() => !machine.builds().some(isAlive));
  const unfinished = readdirSync(machine.cacheRoot).filter((name) => name.includes("unfinished"));
  expect(unfinished).toEqual([]);
});

test("a lock whose process id now belongs to another process is taken over", async () => {
  const machine = fakeMachine();
  const path = join(machine.root, "lock");
  writeFileSync(`${path}.1`, JSON.stringify({ pid: process.pid, started: "at some other time" }));
  expect(await takeLock(path)).toHaveProperty("release");
});

test("a lock held by a living process names it, and can be taken once it is released", async () => {
  const machine = fakeMachine();
  const path = join(machine.root, "lock");
  const lock = await takeLock(path);
  expect(await takeLock(path)).toEqual({ heldBy: process.pid });
  if ("release" in lock) await lock.release();
  expect(readdirSync(dirname(path)).filter((name) => name.startsWith(basename(path)))).toEqual([]);
  expect(await takeLock(path)).toHaveProperty("release");
});

test("of many that find a dead holder at once exactly one takes over", async () => {
  const machine = fakeMachine();
  const path = join(machine.root, "lock");
  writeFileSync(`${path}.7`, JSON.stringify({ pid: 2 ** 30, started: "long ago" }));
  const taken = await Promise.all(Array.from({ length: 25 }, () => takeLock(path)));
  expect(taken.filter((each) => "release" in each)).toHaveLength(1);
  expect(taken.filter((each) => "heldBy" in each && each.heldBy === process.pid)).toHaveLength(24);
});
