import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type FakeMachine, fakeMachine, until } from "./fake-machine.ts";

const runner = resolve(import.meta.dirname, "../../../stacks/engine/run.ts");

/** `pulumi` answers `version` as findEngine asks it, and then does what the test wants. */
function withPulumi(...lines: readonly string[]): FakeMachine {
  const machine = fakeMachine();
  machine.script("bin/pulumi", '[ "$1" = version ] && { echo v3.259.0; exit; }', ...lines);
  return machine;
}

function start(
  machine: FakeMachine,
  args: readonly string[],
  env: { readonly [name: string]: string } = {},
  launcher: readonly string[] = [],
) {
  const [command = process.execPath, ...words] = [...launcher, process.execPath, runner, ...args];
  const child = spawn(command, words, { cwd: machine.root, env: { ...machine.env, ...env } });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  return { child, ended: finish(child) };
}

async function finish(child: ChildProcess) {
  const output = { stdout: "", stderr: "" };
  child.stdout?.on("data", (data) => {
    output.stdout += data;
  });
  child.stderr?.on("data", (data) => {
    output.stderr += data;
  });
  const [code] = await once(child, "close");
  return { code, ...output };
}

test("the CLI gets the arguments as they are, and its output and exit code are passed on", async () => {
  const machine = withPulumi('printf "[%s]" "$@"', "echo complaint >&2", "exit 7");
  const { ended } = start(machine, ["config", "set", "a b", "--", "-x"]);
  expect(await ended).toEqual({ code: 7, stdout: "[config][set][a b][--][-x]", stderr: "complaint\n" });
});

test("the CLI works in the folder where npm run was typed", async () => {
  const machine = withPulumi("pwd");
  const folder = join(machine.root, "project");
  mkdirSync(folder);
  const { ended } = start(machine, ["preview"], { npm_lifecycle_event: "pulumi", INIT_CWD: folder });
  expect(await ended).toEqual({ code: 0, stdout: `${folder}\n`, stderr: "" });
});

test("started otherwise, the CLI works in the current folder", async () => {
  const machine = withPulumi("pwd");
  const { ended } = start(machine, ["preview"], { npm_lifecycle_event: "test", INIT_CWD: "/" });
  expect(await ended).toEqual({ code: 0, stdout: `${machine.root}\n`, stderr: "" });
});

test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("%s reaches the CLI, which decides how it ends", async (signal) => {
  const machine = withPulumi(
    `trap 'echo stopped; exit 9' ${signal.slice(3)}`,
    "printf '' > running",
    "while :; do /bin/sleep 0.05; done",
  );
  const { child, ended } = start(machine, ["up"]);
  await until(() => existsSync(join(machine.root, "running")));
  child.kill(signal);
  expect(await ended).toEqual({ code: 9, stdout: "stopped\n", stderr: "" });
});

test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
  "%s reaches it also where it was ignored at the start, as under nohup",
  async (signal) => {
    const machine = withPulumi(
      `trap 'echo stopped; exit 9' ${signal.slice(3)}`,
      "printf '' > running",
      "while :; do /bin/sleep 0.05; done",
    );
    const ignoring = machine.script("ignoring", "trap '' HUP INT TERM", 'exec "$@"');
    const { child, ended } = start(machine, ["up"], {}, [ignoring]);
    await until(() => existsSync(join(machine.root, "running")));
    child.kill(signal);
    expect(await ended).toEqual({ code: 9, stdout: "stopped\n", stderr: "" });
  },
);

test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("%s that comes while the CLI starts reaches it", async (signal) => {
  const name = signal.slice(3);
  const machine = withPulumi(
    `trap 'echo stopped; exit 9' ${name}`,
    `kill -${name} $PPID`,
    "while :; do /bin/sleep 0.05; done",
  );
  expect(await start(machine, ["up"]).ended).toEqual({ code: 9, stdout: "stopped\n", stderr: "" });
});

test("a CLI that a signal ended gives 128 and the signal's number", async () => {
  const machine = withPulumi("kill -KILL $$");
  expect(await start(machine, ["up"]).ended).toMatchObject({ code: 137 });
});

test("without any engine the reasons are printed without a stack trace", async () => {
  const { code, stderr } = await start(fakeMachine(), ["up"]).ended;
  expect(code).toBe(1);
  expect(stderr.split("\n")[0]).toBe("No Pulumi CLI of version 3.249.0 or newer was found.");
  expect(stderr).not.toContain("    at ");
});
