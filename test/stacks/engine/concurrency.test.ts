import { once } from "node:events";
import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
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
  // The engine, and whose turn it was to build it.
  expect(readdirSync(machine.cacheRoot)).toHaveLength(2);
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
