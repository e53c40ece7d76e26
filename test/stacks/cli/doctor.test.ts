import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { planTraffic } from "../../../components/lifecycle/index.ts";
import { openStateFolder } from "../../../components/platforms/local/state-folder/folder.ts";
import { writeSpec } from "../../../components/platforms/local/supervisor/process-spec.ts";
import { parseRelease } from "../../../components/spec/index.ts";
import { type CommandLine, createCommandLine, jsonOf, type Run } from "./command-line.ts";
import { startFakeGateway, statusOf } from "./fake-gateway.ts";
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
  line.write("Pulumi.yaml", `name: approval\nruntime: nodejs\n${provider}`);
  line.write("plugin/PulumiPlugin.yaml", "runtime: nodejs\n");
  const PATH = line.fakeEngine('console.log("v3.259.0");');
  return { ...line, doctor: (...args) => line.runWith({ PATH }, "doctor", ...args) };
}

/** A process as one that a supervisor lost: it runs in the folder and bears an instance. */
async function startStray(folder: string): Promise<ChildProcess> {
  const script = "process.stdout.write('up'); setInterval(() => {}, 1000);";
  const child = spawn(process.execPath, ["-e", script, "--", "--instance", "lost"], {
    cwd: folder,
    stdio: ["ignore", "pipe", "ignore"],
  });
  if (child.stdout) await once(child.stdout, "data");
  return child;
}

describe("doctor", () => {
  test("finds nothing wrong where nothing was deployed, and 0", async () => {
    await using line = await createSound();
    const run = await line.doctor("--json");
    expect(wrongIn(run)).toEqual([]);
    expect(jsonOf(run)).toMatchObject({ exitCode: 0, leftovers: [] });
  });

  test("names each thing that is wrong with its cure, and 1", async () => {
    await using line = await createCommandLine();
    line.write("models/v2/weights.json", "{}");
    const run = await line.run("doctor", "--json");
    expect(wrongIn(run)).toEqual([
      expect.objectContaining({ check: "engine", seen: expect.stringContaining("no Pulumi CLI") }),
      expect.objectContaining({ check: "configuration", cure: "mlc validate lists them" }),
      expect.objectContaining({ check: "provider", cure: expect.stringContaining("plugins.providers") }),
    ]);
    for (const { cure } of wrongIn(run)) expect(run.stderr).toContain(`do: ${cure}`);
    expect(run.code).toBe(1);
  });

  test("a plugin that Pulumi.yaml names and that is not there", async () => {
    await using line = await createSound();
    line.write("Pulumi.yaml", line.read("Pulumi.yaml").replace("path: plugin", "path: elsewhere"));
    expect(wrongIn(await line.doctor("--json"))).toMatchObject([
      { check: "provider", cure: "run npm install, or correct the path" },
    ]);
  });

  test("a Pulumi.yaml that the engine does not read is named with the place", async () => {
    await using line = await createSound();
    line.write("Pulumi.yaml", `${line.read("Pulumi.yaml")}description: "a\\/b"\n`);
    expect(wrongIn(await line.doctor("--json"))).toMatchObject([
      { check: "provider", seen: expect.stringMatching(/Pulumi\.yaml:\d+:16: The engine refuses the escape/) },
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
    ]);
  });

  test("a gateway that answers, and a secret that others may read", async () => {
    await using line = await createSound();
    openStateFolder(line.stateFolder);
    const plan = planTraffic(
      parseRelease(readYaml(line.read(line.configuration), ["config", "model-lifecycle:release"])),
    );
    await using _gateway = await startFakeGateway(line.stateFolder, { status: statusOf(plan), watch: () => "" });
    const sound = jsonOf(await line.doctor("--json"));
    expect(sound).toMatchObject({ exitCode: 0 });
    expect(sound.findings).toContainEqual({ check: "endpoint approval", ok: true, seen: "idle, http://127.0.0.1:1" });
    const token = join(line.stateFolder, "gateways/approval/admin.token");
    chmodSync(token, 0o644);
    expect(wrongIn(await line.doctor("--json"))).toMatchObject([{ check: "permissions", cure: `chmod go= ${token}` }]);
  });

  test("what was left over is named; --fix stops exactly that", async () => {
    await using line = await createSound();
    openStateFolder(line.stateFolder);
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
});
