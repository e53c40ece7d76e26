import { execFile } from "node:child_process";
import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { isAlive, type ProcessIdentity, stopProcess } from "../../../../components/host/process-identity.ts";
import { openStateFolder, type StateFolder } from "../../../../components/platforms/local/state-folder/folder.ts";
import { findFolderProcesses } from "../../../../components/platforms/local/state-folder/folder-processes.ts";
import { specPath, statusPath } from "../../../../components/platforms/local/state-folder/paths.ts";
import { ensureSupervisor } from "../../../../components/platforms/local/supervisor/ensure.ts";
import {
  ProcessNotReady,
  type ProcessSpec,
  readStatus,
  removeSpec,
  waitGone,
  waitReady,
  writeSpec,
} from "../../../../components/platforms/local/supervisor/process-spec.ts";
import { fillDisk, mountSmallDisk } from "../state-folder/small-disk.ts";
import { ask, createFolder, echoSpec, removeFolder, script, supervisorOf, until } from "./test-folder.ts";

const soon = { timeoutMs: 30_000 };

let folder: StateFolder;
beforeEach(() => {
  folder = createFolder();
});
afterEach(() => removeFolder(folder));

/** The process that serves under this name, once it is ready. */
async function serve(spec: ProcessSpec): Promise<ProcessIdentity> {
  writeSpec(folder, spec);
  return servingOf(await waitReady(folder, spec.name, soon));
}

function servingOf(status: Awaited<ReturnType<typeof waitReady>>): ProcessIdentity {
  const serving = status.processes.find(
    ({ instance, readyAt }) => instance === status.instance && readyAt !== undefined,
  );
  if (serving === undefined) throw new Error("nothing serves");
  return serving.identity;
}

const crashSpec = (name: string): ProcessSpec => ({
  ...echoSpec(name, "i1"),
  script: script("crash"),
  args: ["no weights"],
});

describe("a process that is wanted", () => {
  test("is ready when it answers as itself, with the folder as working directory and few variables", async () => {
    process.env.AWS_SECRET_ACCESS_KEY = "not for models";
    const spec = { ...echoSpec("v1", "i1"), env: { MODEL: "sentiment" } };
    const { pid } = await serve(spec);
    delete process.env.AWS_SECRET_ACCESS_KEY;
    const echo = await ask(folder, "v1");
    expect(echo).toMatchObject({ instance: "i1", pid });
    expect(echo?.env).toEqual({
      ...Object.fromEntries(
        ["PATH", "HOME", "LANG", "TZ"].flatMap((name) =>
          process.env[name] === undefined ? [] : [[name, process.env[name]]],
        ),
      ),
      MODEL: "sentiment",
      MLC_STATE_FOLDER: folder.root,
      MLC_PROCESS: "v1",
      MLC_INSTANCE: "i1",
    });
    expect(
      findFolderProcesses(folder).map(({ identity, name, instance }) => ({ pid: identity.pid, name, instance })),
    ).toEqual([{ pid, name: "v1", instance: "i1" }]);
  });

  test("serves again at the same socket after kill -9, as another process", async () => {
    const killed = await serve(echoSpec("v1", "i1"));
    process.kill(killed.pid, "SIGKILL");
    const echo = await until(() => ask(folder, "v1"));
    expect(echo.instance).toBe("i1");
    expect(echo.pid).not.toBe(killed.pid);
    const status = await waitReady(folder, "v1", soon);
    expect(status).toMatchObject({ restarts: 1, failures: 0, lastExit: { signal: "SIGKILL" } });
  });

  test("written again as it is goes on undisturbed", async () => {
    const before = await serve(echoSpec("v1", "i1"));
    expect(await serve(echoSpec("v1", "i1"))).toEqual(before);
  });

  test("in another instance answers before the one before is asked to end", async () => {
    const before = await serve(echoSpec("v1", "i1"));
    let unanswered = 0;
    let asking = true;
    const asked = (async () => {
      while (asking) if ((await ask(folder, "v1")) === undefined) unanswered++;
    })();
    const after = await serve(echoSpec("v1", "i2"));
    await until(() => !isAlive(before) || undefined);
    asking = false;
    await asked;
    expect(unanswered).toBe(0);
    const echo = await ask(folder, "v1");
    expect(echo).toMatchObject({ instance: "i2", pid: after.pid });
    expect(echo?.env.MLC_TAKEOVER).toBe("1");
  });

  test("in another instance that never gets ready leaves the one before serving", async () => {
    const before = await serve(echoSpec("v1", "i1"));
    writeSpec(folder, { ...crashSpec("v1"), instance: "i2" });
    await expect(waitReady(folder, "v1", soon)).rejects.toThrow("exit code 7");
    expect(await ask(folder, "v1")).toMatchObject({ instance: "i1", pid: before.pid });
    // Taking the change back finds it as it was.
    expect(await serve(echoSpec("v1", "i1"))).toEqual(before);
  });

  test("that is wanted no more ends, and leaves neither status nor socket in use", async () => {
    const identity = await serve(echoSpec("v1", "i1"));
    removeSpec(folder, "v1");
    await waitGone(folder, "v1");
    expect(isAlive(identity)).toBe(false);
    expect(existsSync(folder.path(statusPath("v1")))).toBe(false);
    expect(await ask(folder, "v1")).toBeUndefined();
  });

  test("that ignores the request to end is ended by force", async () => {
    const identity = await serve(echoSpec("v1", "i1", "ignore-term"));
    removeSpec(folder, "v1");
    await until(() => readStatus(folder, "v1")?.state === "stopping" || undefined);
    expect(isAlive(identity)).toBe(true);
    await waitGone(folder, "v1");
    expect(isAlive(identity)).toBe(false);
  });

  test("whose spec was damaged goes on", async () => {
    const before = await serve(echoSpec("v1", "i1"));
    appendFileSync(folder.path(specPath("v1")), "}");
    const supervisor = await ensureSupervisor(folder);
    await stopProcess(supervisor, { graceMs: 5_000 });
    await ensureSupervisor(folder);
    await until(() => /damaged/.test(readFileSync(folder.path("supervisor.log"), "utf8")) || undefined);
    expect(await ask(folder, "v1")).toMatchObject({ pid: before.pid });
    expect(isAlive(before)).toBe(true);
  });
});

const TOO_LATE = "v1: not ready within 200 ms, though it runs";

describe("a process that cannot start", () => {
  test("is reported with exit code and last lines, and tried again ever more slowly", async () => {
    writeSpec(folder, crashSpec("v1"));
    const failure: unknown = await waitReady(folder, "v1", soon).catch((error: unknown) => error);
    if (!(failure instanceof ProcessNotReady)) throw new Error("it did not fail");
    expect(failure.message).toBe(
      "v1: it ends before it is ready (exit code 7, 3 times); its last lines:\nreading the weights\ncrash: no weights",
    );
    expect(failure.status).toMatchObject({ state: "failing", failures: 3, processes: [] });
    const later = await until(() => {
      const status = readStatus(folder, "v1");
      return status !== undefined && status.failures > 3 ? status : undefined;
    });
    expect(later.restarts).toBeGreaterThanOrEqual(3);
  });

  test("because a stranger has its port is reported so, though the stranger answers 200", async () => {
    const stranger = await listen();
    const { port } = stranger.address() as AddressInfo;
    writeSpec(folder, { ...echoSpec("gateway", "i1"), args: [String(port)], ready: { port, path: "/" } });
    const failure: unknown = await waitReady(folder, "gateway", soon).catch((error: unknown) => error);
    if (!(failure instanceof ProcessNotReady)) throw new Error("it did not fail");
    expect(failure.status?.state).toBe("portTaken");
    expect(failure.message).toContain("its port is taken by another process (exit code 98");
    expect(failure.message).toContain(`cannot listen on ${port}: listen EADDRINUSE`);
    await new Promise((resolve) => stranger.close(resolve));
    expect((await until(() => readyStatus("gateway"))).state).toBe("ready");
  });

  test("as its script does not exist says so", async () => {
    writeSpec(folder, { ...echoSpec("v1", "i1"), script: "/nowhere/server.js" });
    await expect(waitReady(folder, "v1", soon)).rejects.toThrow("Cannot find module '/nowhere/server.js'");
  });

  test("in time says that the time is over", async () => {
    writeSpec(folder, { ...echoSpec("v1", "i1"), ready: { socket: "servers/elsewhere.sock", path: "/" } });
    const waits = () => expect(waitReady(folder, "v1", { timeoutMs: 200 })).rejects.toThrow(TOO_LATE);
    await vi.waitFor(waits, { timeout: 20_000 });
  });

  test("was never asked for: waiting says so at once", async () => {
    await expect(waitReady(folder, "v1", soon)).rejects.toThrow("v1: no such process was asked for");
  });
});

describe("a supervisor", () => {
  test("that is killed leaves its processes serving, and the next one adopts them as they are", async () => {
    const identity = await serve(echoSpec("v1", "i1"));
    const first = await ensureSupervisor(folder);
    process.kill(first.pid, "SIGKILL");
    await until(() => !isAlive(first) || undefined);
    expect(await ask(folder, "v1")).toMatchObject({ pid: identity.pid });
    const second = await ensureSupervisor(folder);
    expect(second.pid).not.toBe(first.pid);
    expect(servingOf(await waitReady(folder, "v1", soon))).toEqual(identity);
    // Adopted, it is watched as before.
    process.kill(identity.pid, "SIGKILL");
    const echo = await until(() => ask(folder, "v1"));
    expect(echo.pid).not.toBe(identity.pid);
  });

  test("adopts a process that no status tells of, by its marks", async () => {
    const identity = await serve(echoSpec("v1", "i1"));
    const first = await ensureSupervisor(folder);
    process.kill(first.pid, "SIGKILL");
    await until(() => !isAlive(first) || undefined);
    rmSync(folder.path(statusPath("v1")));
    expect(servingOf(await waitReady(folder, "v1", soon))).toEqual(identity);
  });

  test("does not take another process that has the pid by now for its own", async () => {
    const stranger = await serve(echoSpec("stranger", "i9"));
    const supervisor = await ensureSupervisor(folder);
    await stopProcess(supervisor, { graceMs: 5_000 });
    // The status of a process long gone, whose pid a stranger has.
    const gone = { ...stranger, startTime: `${Number(stranger.startTime) - 1}` };
    writeFileSync(
      folder.path(statusPath("v1")),
      JSON.stringify({
        name: "v1",
        instance: "i1",
        state: "ready",
        processes: [
          { instance: "i1", identity: gone, startedAt: "2026-01-01T00:00:00Z", readyAt: "2026-01-01T00:00:01Z" },
        ],
        restarts: 0,
        failures: 0,
        at: "2026-01-01T00:00:01Z",
      }),
    );
    const started = await serve(echoSpec("v1", "i1"));
    expect(started.pid).not.toBe(stranger.pid);
    removeSpec(folder, "v1");
    await waitGone(folder, "v1");
    expect(isAlive(stranger)).toBe(true);
  });

  test("asked to end, ends alone", async () => {
    const identity = await serve(echoSpec("v1", "i1"));
    const supervisor = await ensureSupervisor(folder);
    expect(await stopProcess(supervisor, { graceMs: 5_000 })).toBe("stopped");
    expect(isAlive(identity)).toBe(true);
    expect(supervisorOf(folder)).toBeUndefined();
  });

  test("is one, however many want it at the same moment", async () => {
    const run = promisify(execFile);
    const callers = [1, 2, 3, 4].map(() => run(process.execPath, [script("ensure-once"), folder.root]));
    // With a spec there it stays.
    writeSpec(folder, echoSpec("v1", "i1"));
    const pids = (await Promise.all(callers)).map(({ stdout }) => Number(stdout));
    await waitReady(folder, "v1", soon);
    expect(new Set(pids).size).toBe(1);
    expect(supervisorOf(folder)?.pid).toBe(pids[0]);
    const log = readFileSync(folder.path("supervisor.log"), "utf8");
    expect(log.match(/: begins$/gm)).toHaveLength(1);
    expect(log.match(/v1: started/g)).toHaveLength(1);
  });

  test("ends after the last spec is gone", async () => {
    await serve(echoSpec("v1", "i1"));
    const supervisor = await ensureSupervisor(folder);
    removeSpec(folder, "v1");
    await until(() => !isAlive(supervisor) || undefined);
    expect(supervisorOf(folder)).toBeUndefined();
    expect(findFolderProcesses(folder)).toEqual([]);
  });

  test("ends everything when the folder is removed", async () => {
    const identity = await serve(echoSpec("v1", "i1"));
    const supervisor = await ensureSupervisor(folder);
    // The supervisor may just be writing into it.
    rmSync(folder.root, { recursive: true, maxRetries: 10, retryDelay: 50 });
    await until(() => !isAlive(supervisor) || undefined);
    expect(isAlive(identity)).toBe(false);
    expect(existsSync(folder.root)).toBe(false);
  });

  test("that cannot start is reported with the end of its log", async () => {
    writeFileSync(folder.path("folder.json"), JSON.stringify({ format: 2 }));
    await expect(ensureSupervisor(folder)).rejects.toThrow(/the supervisor of .* does not start[\s\S]*format 2/);
  });

  test("on a full disk starts again what is killed", async (context) => {
    const disk = mountSmallDisk(context, 256);
    const small = openStateFolder(join(disk, "state"));
    try {
      writeSpec(small, echoSpec("v1", "i1"));
      const killed = servingOf(await waitReady(small, "v1", soon));
      fillDisk(disk);
      process.kill(killed.pid, "SIGKILL");
      const echo = await until(() => ask(small, "v1"));
      expect(echo.pid).not.toBe(killed.pid);
      const supervisor = supervisorOf(small);
      rmSync(join(disk, "ballast"));
      // With space again, the status tells of it.
      expect(servingOf(await waitReady(small, "v1", soon)).pid).toBe(echo.pid);
      expect(supervisorOf(small)).toEqual(supervisor);
    } finally {
      await removeFolder(small);
    }
  });
});

function readyStatus(name: string): ReturnType<typeof readStatus> {
  const status = readStatus(folder, name);
  return status?.state === "ready" ? status : undefined;
}

function listen(): Promise<Server> {
  const server = createServer((_request, response) => response.end(JSON.stringify({ instance: "stranger" })));
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}
