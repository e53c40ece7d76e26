import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { afterEach, describe, expect, test } from "vitest";
import {
  identify,
  isAlive,
  type ProcessIdentity,
  readPs,
  signalProcess,
  stopProcess,
} from "../../components/host/process-identity.ts";

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

/** A child that says when it is there. */
async function start(program: string, detached = true): Promise<ProcessIdentity> {
  const child = spawn(process.execPath, ["-e", `${program}; console.log("ready")`], {
    detached,
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  await once(child.stdout, "data");
  const identity = identify(child.pid ?? 0);
  if (identity === undefined) throw new Error("it ended at once");
  return identity;
}

const idle = "setInterval(() => {}, 1000)";

test("a living process has an identity, the same each time", async () => {
  const identity = await start(idle);
  expect(identify(identity.pid)).toEqual(identity);
  expect(isAlive(identity)).toBe(true);
});

test("a pid that nobody has is nobody", () => {
  expect(identify(2 ** 22 + 1)).toBeUndefined();
});

test("another start time or another boot is another process", async () => {
  const identity = await start(idle);
  expect(isAlive({ ...identity, startTime: `${Number(identity.startTime) - 1}` })).toBe(false);
  expect(isAlive({ ...identity, bootId: "another" })).toBe(false);
});

test.runIf(process.platform === "linux")("a zombie is dead", async () => {
  // The shell's child ends after the shell has become a program that never collects it.
  const waits = 'while [ "$(cat /proc/$$/comm)" != sleep ]; do sleep 0.01; done';
  const shell = spawn("sh", ["-c", `(${waits}) & echo $!; exec sleep 60`], { stdio: ["ignore", "pipe", "ignore"] });
  children.push(shell);
  const [output] = (await once(shell.stdout, "data")) as [Buffer];
  const pid = Number(output.toString());
  const state = (): string | undefined => /\) (\S)/.exec(readFileSync(`/proc/${pid}/stat`, "utf8"))?.[1];
  while (state() !== "Z") await new Promise((resolve) => setTimeout(resolve, 5));
  expect(existsSync(`/proc/${pid}`)).toBe(true);
  expect(identify(pid)).toBeUndefined();
  expect(readPs(pid)?.dead).toBe(true);
});

describe("stopping", () => {
  test("asks first", async () => {
    const identity = await start(idle);
    expect(await stopProcess(identity, { graceMs: 30_000 })).toBe("stopped");
    expect(isAlive(identity)).toBe(false);
  });

  test("ends by force what does not listen", async () => {
    const identity = await start(`process.on("SIGTERM", () => {}); ${idle}`);
    expect(await stopProcess(identity, { graceMs: 50 })).toBe("killed");
    expect(isAlive(identity)).toBe(false);
  });

  test("ends the children of the process with it", async () => {
    const child = spawn("sh", ["-c", "sleep 60 & echo $!; wait"], {
      detached: true,
      stdio: ["ignore", "pipe", "ignore"],
    });
    children.push(child);
    const [output] = (await once(child.stdout, "data")) as [Buffer];
    const grandchild = identify(Number(output.toString()));
    const leader = identify(child.pid ?? 0);
    if (grandchild === undefined || leader === undefined) throw new Error("they ended at once");
    await stopProcess(leader, { graceMs: 30_000 });
    while (isAlive(grandchild)) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(isAlive(grandchild)).toBe(false);
  });

  test("never touches a process that only has the same pid", async () => {
    const stranger = await start(idle);
    const gone = { ...stranger, startTime: "1" };
    expect(await stopProcess(gone, { graceMs: 0 })).toBe("alreadyGone");
    expect(signalProcess(gone, "SIGKILL")).toBe(false);
    expect(isAlive(stranger)).toBe(true);
  });

  test("a process in the group of its starter leaves the group alone", async () => {
    // This test runs in that group, and would end with it.
    const identity = await start(idle, false);
    expect(await stopProcess(identity, { graceMs: 30_000 })).toBe("stopped");
  });
});

test("ps tells the same of a process as /proc, but for the form of its start time", async () => {
  const { pid } = await start(idle);
  const facts = readPs(pid);
  expect(facts).toMatchObject({ dead: false, group: pid });
  expect(Date.parse(facts?.startTime ?? "")).not.toBeNaN();
  expect(readPs(2 ** 22 + 1)).toBeUndefined();
});
