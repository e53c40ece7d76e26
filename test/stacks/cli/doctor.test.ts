import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { planTraffic } from "../../../components/lifecycle/index.ts";
import { openStateFolder } from "../../../components/platforms/local/state-folder/folder.ts";
import { markers } from "../../../components/platforms/local/state-folder/process-environment.ts";
import { writeSpec } from "../../../components/platforms/local/supervisor/process-spec.ts";
import { parseRelease } from "../../../components/release/index.ts";
import type { TrafficPlan, TrafficStatus } from "../../../components/traffic/index.ts";
import { type CommandLine, createCommandLine, jsonOf, type Run } from "./command-line.ts";
import { type FakeGateway, startFakeGateway, statusOf } from "./fake-gateway.ts";
import { readYaml } from "./read-yaml.ts";

interface Finding {
  readonly check: string;
  readonly ok: boolean;
  readonly seen: string;
  readonly cure?: string;
}

const wrongIn = (run: Run): readonly Finding[] => {
  const { findings } = jsonOf(run) as { readonly findings: readonly Finding[] };
  return findings.filter(({ ok }) => !ok);
};

/** A project with everything in place that can be had without an engine's download. */
async function createSound(): Promise<CommandLine & { doctor(...args: string[]): Promise<Run> }> {
  const line = await createCommandLine();
  const provider = "plugins: { providers: [{ name: model-lifecycle-local, path: plugin }] }\n";
  line.write("Pulumi.yaml", `name: approval\nruntime: nodejs\n${provider}options: { refresh: always }\n`);
  line.write("plugin/PulumiPlugin.yaml", "runtime: nodejs\n");
  const PATH = line.fakeEngine('console.log("v3.259.0");');
  return { ...line, doctor: (...args) => line.runWith({ PATH }, "doctor", ...args) };
}

const planOf = (line: CommandLine): TrafficPlan =>
  planTraffic(parseRelease(readYaml(line.read(line.configuration), ["config", "model-lifecycle:release"])));

/** A gateway that answers, played by this process; its status changed a little. */
function serving(line: CommandLine, change: Partial<TrafficStatus> = {}): Promise<FakeGateway> {
  openStateFolder(line.stateFolder);
  return startFakeGateway(line.stateFolder, { status: { ...statusOf(planOf(line)), ...change }, watch: () => "" });
}

/** A process as one that a supervisor lost: it runs in the folder and bears an instance. */
async function startStray(folder: string, env: NodeJS.ProcessEnv = {}): Promise<ChildProcess> {
  const script = "process.stdout.write('up'); setInterval(() => {}, 1000);";
  const child = spawn(process.execPath, ["-e", script, "--", "--instance", "lost"], {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "ignore"],
  });
  if (child.stdout) await once(child.stdout, "data");
  return child;
}

describe("doctor", () => {
  test("finds nothing wrong where everything serves, and 0", async () => {
    await using line = await createSound();
    await using _gateway = await serving(line);
    const run = await line.doctor("--json");
    expect(wrongIn(run)).toEqual([]);
    expect(jsonOf(run)).toMatchObject({ exitCode: 0, leftovers: [] });
  });

  test("where nothing was deployed, or the folder was removed, nothing serves: red, and 1", async () => {
    await using line = await createSound();
    const run = await line.doctor("--json");
    expect(wrongIn(run)).toEqual([
      {
        check: "state folder",
        ok: false,
        seen: `none at ${line.stateFolder}: nothing was deployed from here, or it was removed; nothing serves`,
        cure: "pulumi up",
      },
    ]);
    expect(run.code).toBe(1);
    openStateFolder(line.stateFolder);
    expect(wrongIn(await line.doctor("--json"))).toEqual([
      { check: "endpoints", ok: false, seen: "none serves on this machine", cure: "pulumi up" },
    ]);
  });

  test("processes of a folder that was removed are named, and status is red as well", async () => {
    await using line = await createSound();
    openStateFolder(line.stateFolder);
    const marks = { [markers.folder]: line.stateFolder, [markers.name]: "v1", [markers.instance]: "i" };
    const stray = await startStray(line.stateFolder, marks);
    try {
      rmSync(line.stateFolder, { recursive: true });
      const cure = `kill ${stray.pid}; then pulumi up`;
      expect(wrongIn(await line.doctor("--json"))).toMatchObject([{ check: "state folder", cure }]);
      const status = await line.run("status", "--json");
      expect(jsonOf(status)).toMatchObject({ exitCode: 1, endpoints: [], findings: [{ check: "state folder", cure }] });
    } finally {
      stray.kill("SIGKILL");
    }
  });

  test("names each thing that is wrong with its cure, and 1", async () => {
    await using line = await createCommandLine();
    line.write("models/v2/weights.json", "{}");
    const run = await line.run("doctor", "--json");
    expect(wrongIn(run)).toEqual([
      expect.objectContaining({ check: "engine", seen: expect.stringContaining("no Pulumi CLI") }),
      expect.objectContaining({ check: "configuration", cure: "mlc validate lists them" }),
      expect.objectContaining({
        check: "provider",
        cure: expect.stringContaining("    - name: model-lifecycle-local\n"),
      }),
      expect.objectContaining({ check: "refresh", cure: expect.stringContaining("options:\n        refresh: always") }),
      expect.objectContaining({ check: "state folder" }),
    ]);
    for (const { cure } of wrongIn(run)) expect(run.stderr).toContain(`do: ${cure}`);
    expect(run.code).toBe(1);
  });

  test("a plugin that Pulumi.yaml names and that is not there", async () => {
    await using line = await createSound();
    await using _gateway = await serving(line);
    line.write("Pulumi.yaml", line.read("Pulumi.yaml").replace("path: plugin", "path: elsewhere"));
    expect(wrongIn(await line.doctor("--json"))).toMatchObject([
      { check: "provider", cure: "run npm install, or correct the path" },
    ]);
  });

  test("the plugin of an archive that is kept apart from the platform", async () => {
    await using line = await createSound();
    await using _gateway = await serving(line);
    const archive = '    archive: { kind: oci, repository: "registry.example/archive/approval" }\n';
    line.write(line.configuration, line.read(line.configuration).replace("  other:key", `${archive}  other:key`));
    expect(wrongIn(await line.doctor("--json"))).toMatchObject([
      {
        check: "provider",
        seen: expect.stringMatching(/Pulumi\.yaml names no plugin model-lifecycle-oci$/),
        cure: expect.stringContaining("    - name: model-lifecycle-oci\n"),
      },
    ]);
  });

  test("a Pulumi.yaml that the engine does not read is named with the place", async () => {
    await using line = await createSound();
    line.write("Pulumi.yaml", `${line.read("Pulumi.yaml")}description: "a\\/b"\n`);
    expect(wrongIn(await line.doctor("--json"))).toMatchObject([
      { check: "provider", seen: expect.stringMatching(/Pulumi\.yaml:\d+:16: The engine refuses the escape/) },
      { check: "state folder" },
    ]);
  });

  test("a state folder of a newer version and one of another machine are named with what to do", async () => {
    await using line = await createSound();
    openStateFolder(line.stateFolder);
    const file = join(line.stateFolder, "folder.json");
    writeFileSync(file, JSON.stringify({ format: 99 }));
    expect(wrongIn(await line.doctor("--json"))).toMatchObject([
      { check: "state folder", cure: expect.stringContaining("newer one") },
    ]);
    writeFileSync(file, JSON.stringify({ format: 1, hostId: "elsewhere", hostName: "far-away" }));
    // Somebody supervises it there: the file was touched just now, and no process of this machine holds it.
    const holder = { pid: 1, startTime: "elsewhere", bootId: "elsewhere" };
    writeFileSync(join(line.stateFolder, "supervisor/1.json"), JSON.stringify(holder));
    expect(wrongIn(await line.doctor("--json"))).toMatchObject([{ seen: expect.stringContaining("far-away") }]);
  });

  test("processes that should run and do not, and nobody who would start them", async () => {
    await using line = await createSound();
    const folder = openStateFolder(line.stateFolder);
    const ready = { socket: "servers/model.sock", path: "/v2/health/ready" };
    writeSpec(folder, { name: "model", instance: "i", script: "/s.js", args: [], env: {}, ready });
    expect(wrongIn(await line.doctor("--json"))).toMatchObject([
      { check: "supervisor", seen: expect.stringContaining("none lives") },
      { check: "model", seen: "not started" },
      { check: "endpoints" },
    ]);
  });

  test("a gateway that answers, and a secret that others may read", async () => {
    await using line = await createSound();
    await using _gateway = await serving(line);
    const sound = jsonOf(await line.doctor("--json"));
    expect(sound).toMatchObject({ exitCode: 0 });
    expect(sound.findings).toContainEqual({ check: "endpoint approval", ok: true, seen: "idle, http://127.0.0.1:1" });
    const token = join(line.stateFolder, "gateways/approval/admin.token");
    chmodSync(token, 0o644);
    expect(wrongIn(await line.doctor("--json"))).toMatchObject([{ check: "permissions", cure: `chmod go= ${token}` }]);
  });

  test("what was left over is named; --fix stops exactly that", async () => {
    await using line = await createSound();
    await using _gateway = await serving(line);
    const stray = await startStray(line.stateFolder);
    const bystander = await startStray(line.root);
    try {
      const looked = await line.doctor("--json");
      expect(jsonOf(looked)).toMatchObject({
        exitCode: 1,
        leftovers: [{ kind: "process", identity: { pid: stray.pid } }],
        stopped: [],
      });
      expect(stray.exitCode).toBeNull();
      const ended = once(stray, "exit");
      const fixed = await line.doctor("--fix", "--json");
      expect(jsonOf(fixed)).toMatchObject({ exitCode: 0, stopped: [{ outcome: "stopped" }] });
      await ended;
      expect([bystander.exitCode, bystander.signalCode]).toEqual([null, null]);
      expect(jsonOf(await line.doctor("--json"))).toMatchObject({ exitCode: 0, leftovers: [] });
    } finally {
      stray.kill("SIGKILL");
      bystander.kill("SIGKILL");
    }
  });

  test("status and doctor tell what was lost, what serves by an override, and who hung", async () => {
    await using line = await createSound();
    const plan = planOf(line);
    const at = "2026-11-24T03:00:00.000Z";
    await using _gateway = await serving(line, {
      plan: { ...plan, override: "ticket 4711" },
      losses: [{ at, what: "the evidence of the rollout" }],
    });
    const notes = [
      {
        check: "endpoint approval",
        note: true,
        seen: `lost by damage of its files (${at}): the evidence of the rollout`,
      },
      { check: "endpoint approval", note: true, seen: "v1 serves by an override: ticket 4711" },
    ];
    expect((jsonOf(await line.doctor("--json")).findings as Finding[]).filter((each) => "note" in each)).toMatchObject(
      notes,
    );
    const status = await line.run("status");
    expect(status.stdout).toMatch(/override v1 serves unproven: ticket 4711\n {2}lost {5}the evidence of the rollout/);
    expect(status.code).toBe(0);

    // The process of the stable version runs, and answers nothing.
    const folder = openStateFolder(line.stateFolder);
    const silent = createServer(() => {});
    mkdirSync(join(line.stateFolder, "servers"), { recursive: true });
    await once(silent.listen(join(line.stateFolder, "servers/v1.sock")), "listening");
    try {
      const ready = { socket: "servers/v1.sock", path: "/v2/health/ready" };
      writeSpec(folder, { name: "v1", instance: "i", script: "/s.js", args: [], env: {}, ready });
      const processes = { name: "v1", instance: "i", state: "ready", processes: [], restarts: 1, failures: 0, at };
      const lastExit = { at, signal: "SIGKILL", hung: true, log: [] };
      writeFileSync(join(line.stateFolder, "processes/v1.status.json"), JSON.stringify({ ...processes, lastExit }));
      const hung = await line.run("status", "--json");
      expect(jsonOf(hung)).toMatchObject({
        exitCode: 1,
        endpoints: [{ endpoint: "approval", serves: false }],
        findings: [{ check: "supervisor" }, { check: "v1", ok: false, seen: "does not answer" }],
      });
      expect(hung.stderr).toContain("stable (v1) does not answer: nothing serves");
      expect(await line.run("status", "--exit-code")).toMatchObject({ code: 1 });
      expect(wrongIn(await line.doctor("--json"))).toMatchObject([{ check: "supervisor" }, { check: "v1" }]);
    } finally {
      silent.close();
    }
  });

  test("a plan of which the file cannot be read is no plan that is not there", async () => {
    await using line = await createSound();
    await using _gateway = await serving(line);
    const file = join(line.stateFolder, "gateways/approval/route.json");
    writeFileSync(file, "{");
    expect(wrongIn(await line.doctor("--json"))).toMatchObject([
      { check: "endpoint approval", seen: expect.stringContaining(`${file} cannot be read`) },
    ]);
    const start = await line.run("start", "v2", "--yes", "--no-up");
    expect(start.code).toBe(1);
    expect(start.stderr).toContain(file);
    expect(line.read(line.configuration)).not.toContain("candidate: v2");
  });

  test("the danger of a state folder in the checkout is told by status and doctor", async () => {
    await using line = await createSound();
    const inCheckout = join(line.root, ".model-lifecycle/dev");
    openStateFolder(inCheckout);
    await using _gateway = await startFakeGateway(inCheckout, { status: statusOf(planOf(line)), watch: () => "" });
    const seen = expect.stringContaining("the state of this stack lies inside the checkout");
    expect(wrongIn(await line.doctor("--json"))).toMatchObject([{ check: "state folder", seen }]);
    expect(jsonOf(await line.run("status", "--json"))).toMatchObject({
      exitCode: 0,
      findings: [{ check: "state folder", ok: true, note: true, seen }],
    });
  });
});
