import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { planTraffic } from "../../../components/lifecycle/index.ts";
import { parseRelease } from "../../../components/release/index.ts";
import type { TrafficPlan } from "../../../components/traffic/index.ts";
import { type CommandLine, createCommandLine, jsonOf } from "./command-line.ts";
import { startFakeGateway, statusOf } from "./fake-gateway.ts";
import { readYaml } from "./read-yaml.ts";

const candidate = ["candidate: v2", 'weight: "50%"'];

const candidateOf = (version: string) => [`candidate: ${version}`, 'weight: "50%"'];

/** v3, with the content of v1. */
const thirdVersion = (line: CommandLine): string =>
  `      v3:\n${/ {8}source: \{ kind: path, path: models\/v1.*\n/.exec(line.read(line.configuration))?.[0] ?? ""}`;

const planOf = (line: CommandLine): TrafficPlan =>
  planTraffic(parseRelease(readYaml(line.read(line.configuration), ["config", "model-lifecycle:release"])));

const ended = {
  at: "2026-11-24T03:00:00.000Z",
  cause: "guard:errorRate",
  reason: "errorRate is worse than its margin allows",
};

describe("rollback and abort", () => {
  test.each(["rollback", "abort"])("%s sets the traffic first, then writes the configuration", async (way) => {
    await using line = await createCommandLine({ rollout: candidate });
    const before = line.read(line.configuration);
    await using gateway = await startFakeGateway(line.stateFolder, {
      status: statusOf(planOf(line), { phase: "aborted" }),
      watch: () => line.read(line.configuration),
    });
    const run = await line.run(way, "--no-up", "--reason", "answers look wrong", "--json");
    expect(gateway.requests).toEqual([
      {
        method: "POST",
        path: `/admin/${way}`,
        body: { reason: "answers look wrong", by: expect.stringMatching(/^.+@.+$/) },
        file: before,
      },
    ]);
    expect(line.read(line.configuration)).not.toContain("candidate: v2");
    expect(jsonOf(run)).toMatchObject({
      exitCode: 0,
      changed: true,
      traffic: [{ endpoint: "approval", ms: expect.any(Number), status: { rollout: { phase: "aborted" } } }],
      configurationMs: expect.any(Number),
      converged: null,
    });
    expect(run.stderr).toMatch(/traffic \d+ ms · configuration \d+ ms/);
  });

  test("a second rollback follows what serves, and goes no further back", async () => {
    await using line = await createCommandLine({ rollout: ["previous: v2", ...candidateOf("v3")], more: [] });
    line.write(
      line.configuration,
      line.read(line.configuration).replace("      v2:\n", `${thirdVersion(line)}      v2:\n`),
    );
    const status = { ...statusOf(planOf(line), { phase: "aborted" }), weights: { v1: 10_000, v2: 0, v3: 0 } };
    await using _gateway = await startFakeGateway(line.stateFolder, { status, watch: () => "" });
    expect(await line.run("rollback", "--no-up")).toMatchObject({ code: 0 });
    const once = line.read(line.configuration);
    expect(once).toContain("stable: v1   # serves");
    expect(once).toContain("previous: v2");
    expect(jsonOf(await line.run("rollback", "--no-up", "--json"))).toMatchObject({ exitCode: 0, changed: false });
    expect(line.read(line.configuration)).toBe(once);
  });

  test("a second rollback without any gateway is known by the mark of the first, until another move is made", async () => {
    await using line = await createCommandLine({ rollout: ["previous: v2", ...candidateOf("v3")] });
    line.write(
      line.configuration,
      line.read(line.configuration).replace("      v2:\n", `${thirdVersion(line)}      v2:\n`),
    );
    expect(await line.run("rollback", "--no-up")).toMatchObject({ code: 0 });
    const once = line.read(line.configuration);
    expect(once).toContain("previous: v2");
    const again = await line.run("rollback", "--no-up");
    expect(again).toMatchObject({ code: 0 });
    expect(again.stdout).toContain("mlc rollback --to VERSION");
    expect(line.read(line.configuration)).toBe(once);
    expect(await line.run("rollback", "--no-up", "--to", "v2")).toMatchObject({ code: 0 });
    expect(line.read(line.configuration)).toContain("stable: v2   # serves");
  });

  test("--to names a deployed version; another one is refused before anything is done", async () => {
    await using line = await createCommandLine();
    const status = { ...statusOf(planOf(line)), weights: { v2: 10_000, v1: 0 } };
    await using gateway = await startFakeGateway(line.stateFolder, { status, watch: () => "" });
    const refused = await line.run("rollback", "--no-up", "--to", "v22");
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('--to: seen "v22", deployed are v1, v2. Did you mean v2?');
    expect(gateway.requests).toEqual([]);
    expect(await line.run("rollback", "--no-up", "--to", "v2")).toMatchObject({ code: 0 });
    expect(gateway.requests).toMatchObject([{ path: "/admin/rollback", body: { to: "v2" } }]);
    expect(line.read(line.configuration)).toContain("stable: v2   # serves");
  });

  test.each([
    { what: "the stack's file", remove: ["Pulumi.dev.yaml"], args: ["--stack", "dev"] },
    {
      what: "every file of the project",
      remove: ["Pulumi.dev.yaml", "Pulumi.yaml"],
      args: ["--stack", "dev", "--project", "approval"],
    },
  ])("without $what the traffic is set, and the rest is said: 1", async ({ remove, args }) => {
    await using line = await createCommandLine({ rollout: candidate });
    await using gateway = await startFakeGateway(line.stateFolder, { status: statusOf(planOf(line)), watch: () => "" });
    for (const file of remove) rmSync(join(line.root, file));
    const run = await line.run("rollback", ...args);
    expect(gateway.requests.map(({ path }) => path)).toEqual(["/admin/rollback"]);
    expect(run.code).toBe(1);
    expect(run.stderr).toContain("The traffic is set and stays so. What is left to do:\nThere is no Pulumi.dev.yaml");
  });

  test("the traffic is set although the configuration cannot be read, and what is left to do is said", async () => {
    await using line = await createCommandLine({ rollout: candidate });
    await using gateway = await startFakeGateway(line.stateFolder, { status: statusOf(planOf(line)), watch: () => "" });
    line.write(line.configuration, "config: [");
    const run = await line.run("rollback", "--json");
    expect(gateway.requests.map(({ path }) => path)).toEqual(["/admin/rollback"]);
    expect(run.stderr).toContain("The traffic is set and stays so. What is left to do:");
    expect(jsonOf(run)).toMatchObject({ exitCode: 2, traffic: [{ endpoint: "approval" }] });
  });

  test("of several gateways those of the model are asked; --endpoint names one", async () => {
    await using line = await createCommandLine({ rollout: candidate });
    const status = statusOf(planOf(line));
    const watch = () => "";
    await using mine = await startFakeGateway(line.stateFolder, { status, watch });
    await using second = await startFakeGateway(line.stateFolder, { status, watch, endpoint: "second" });
    await using other = await startFakeGateway(line.stateFolder, {
      status: { ...status, plan: { ...status.plan, model: "other" } },
      watch,
      endpoint: "other",
    });
    await line.run("abort", "--no-up");
    expect([mine.requests.length, second.requests.length, other.requests.length]).toEqual([1, 1, 0]);
    await line.run("abort", "--no-up", "--endpoint", "second");
    expect([mine.requests.length, second.requests.length, other.requests.length]).toEqual([1, 2, 0]);
  });

  test("a gateway that is gone is said to be, and the configuration is written", async () => {
    await using line = await createCommandLine({ rollout: candidate });
    const folder = join(line.stateFolder, "gateways/approval");
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      join(folder, "gateway.json"),
      JSON.stringify({ pid: 1, startTime: "0", instance: "i", port: 1, adminPort: 1 }),
    );
    writeFileSync(join(folder, "route.json"), JSON.stringify({ plan: planOf(line) }));
    writeFileSync(join(folder, "admin.token"), "t");
    const run = await line.run("rollback", "--no-up", "--json");
    expect(run.stderr).toContain("the gateway of approval does not answer");
    expect(run.stderr).toContain("going on with the configuration");
    expect(jsonOf(run)).toMatchObject({
      exitCode: 0,
      changed: true,
      traffic: [{ endpoint: "approval", error: expect.any(String) }],
    });
  });
});

describe("a rollout that the data plane ended", () => {
  test("is not asked for again: 3, the reason, and nothing is written", async () => {
    await using line = await createCommandLine();
    await using started = await createCommandLine({ rollout: ["candidate: v2", 'weight: "100%"'] });
    const { rollout } = planOf(started);
    await using _gateway = await startFakeGateway(line.stateFolder, {
      status: statusOf(planOf(line)),
      watch: () => "",
      ended: { [rollout.identity]: ended },
    });
    const before = line.read(line.configuration);
    const run = await line.run("start", "v2", "--yes", "--json");
    expect(jsonOf(run)).toMatchObject({ exitCode: 3, ended });
    expect(run.stderr).toContain(ended.reason);
    expect(run.stderr).toContain("open the next attempt: mlc start v2 --attempt 2");
    expect(line.read(line.configuration)).toBe(before);
    expect(await line.run("start", "v2", "--attempt", "2", "--yes", "--no-up")).toMatchObject({ code: 0 });
  });

  test("is neither advanced nor promoted, not by force either", async () => {
    await using line = await createCommandLine({ rollout: candidate });
    const plan = planOf(line);
    await using _gateway = await startFakeGateway(line.stateFolder, {
      status: statusOf(plan, { phase: "aborted" }),
      watch: () => "",
      ended: { [plan.rollout.identity]: ended },
    });
    for (const args of [["advance"], ["promote"], ["promote", "--force", "--reason", "ticket 4711"]]) {
      const run = await line.run(...args, "--yes", "--no-up");
      expect(run.code).toBe(3);
      expect(run.stderr).toContain("mlc abort, then mlc start v2 --attempt 2");
    }
  });
});

describe("promote", () => {
  test("waits for the evidence: 4 and the next decision; --force goes on", async () => {
    await using line = await createCommandLine({ rollout: candidate });
    await using _gateway = await startFakeGateway(line.stateFolder, {
      status: statusOf(planOf(line), { next: { what: "go to 50 %", expectedSeconds: 90 } }),
      watch: () => "",
    });
    const before = line.read(line.configuration);
    const early = await line.run("promote", "--yes", "--no-up");
    expect(early.code).toBe(4);
    expect(early.stderr).toContain("v2 is progressing at 5%; next: go to 50 %, in about 90 s");
    expect(line.read(line.configuration)).toBe(before);
    const unexplained = await line.run("promote", "--yes", "--no-up", "--force");
    expect([unexplained.code, unexplained.stderr]).toEqual([2, expect.stringContaining("--reason")]);
    const forced = await line.run("promote", "--yes", "--no-up", "--force", "--reason", "ticket 4711");
    expect(line.read("Pulumi.dev.yaml")).toContain("ticket 4711");
    expect(forced.code).toBe(0);
    expect(line.read(line.configuration)).toContain("stable: v2   # serves");
  });

  test("--wait promotes when the rollout is complete", async () => {
    await using line = await createCommandLine({ rollout: candidate });
    await using gateway = await startFakeGateway(line.stateFolder, {
      status: statusOf(planOf(line)),
      watch: () => line.read(line.configuration),
    });
    const before = line.read(line.configuration);
    const promoting = line.run("promote", "--wait", "--yes", "--no-up");
    await expect.poll(() => gateway.requests.length, { timeout: 30_000 }).toBeGreaterThan(0);
    gateway.status = statusOf(planOf(line), { phase: "complete" });
    expect(await promoting).toMatchObject({ code: 0 });
    expect(new Set(gateway.requests.map(({ file }) => file))).toEqual(new Set([before]));
    expect(line.read(line.configuration)).toContain("stable: v2   # serves");
  });

  test("a gateway that has not been given this rollout is no reason to promote", async () => {
    await using line = await createCommandLine({ rollout: candidate });
    const status = statusOf(planOf(line), { phase: "complete", identity: "another" });
    await using _gateway = await startFakeGateway(line.stateFolder, { status, watch: () => "" });
    const run = await line.run("promote", "--yes", "--no-up");
    expect(run.code).toBe(4);
    expect(run.stderr).toContain("has not been given this rollout: run up");
  });
});

describe("status and watch", () => {
  const phases = [
    { phase: "complete", status: 0, complete: 0, ended: 0 },
    { phase: "progressing", status: 4, complete: 4, ended: 4 },
    { phase: "holding", status: 4, complete: 4, ended: 4 },
    { phase: "aborted", status: 3, complete: 3, ended: 0 },
    { phase: "rolledBack", status: 3, complete: 3, ended: 0 },
  ] as const;
  test.each(phases)("$phase is told by exit codes", async ({ phase, ...codes }) => {
    await using line = await createCommandLine({ rollout: candidate });
    await using _gateway = await startFakeGateway(line.stateFolder, {
      status: statusOf(planOf(line), { phase }),
      watch: () => "",
    });
    const run = await line.run("status", "--exit-code", "--json");
    expect(jsonOf(run)).toMatchObject({
      exitCode: codes.status,
      model: "approval",
      endpoints: [{ status: { rollout: { phase } } }],
    });
    expect(run.code).toBe(codes.status);
    expect(run.stdout).not.toContain("the-token-of-the-test");
    expect(await line.run("status")).toMatchObject({ code: 0 });
    for (const until of ["complete", "ended"] as const) {
      const watched = await line.run("watch", "--until", until, "--timeout", "0.1", "--json");
      expect(jsonOf(watched)).toMatchObject({ exitCode: codes[until] });
    }
  });

  test("watch names the live page, and without a terminal says where the token is instead of what it is", async () => {
    await using line = await createCommandLine();
    await using _gateway = await startFakeGateway(line.stateFolder, {
      status: statusOf(planOf(line)),
      watch: () => "",
    });
    const run = await line.run("watch", "--until", "ended");
    expect(run.stdout).toMatch(/live page: http:\/\/127\.0\.0\.1:\d+\/ \(its token stands in admin\.token/);
    expect(run.stdout + run.stderr).not.toContain("the-token-of-the-test");
  });

  test("a configuration that says something else than what runs is named", async () => {
    await using line = await createCommandLine();
    const plan = planOf(line);
    await using gateway = await startFakeGateway(line.stateFolder, { status: statusOf(plan), watch: () => "" });
    const sentence = "the configuration says something else than what runs: pulumi up";
    expect((await line.run("status")).stdout).not.toContain(sentence);
    gateway.status = statusOf({ ...plan, stable: "v2" });
    expect((await line.run("status")).stdout).toContain(sentence);
  });

  test("without a gateway the configuration is shown", async () => {
    await using line = await createCommandLine({ rollout: candidate });
    const { code, stdout } = await line.run("status");
    expect(code).toBe(1);
    expect(stdout).toContain("nothing serves on this machine: pulumi up; the configuration says:");
    expect((await line.run("status", "--exit-code")).code).toBe(1);
    expect(stdout).toContain("configured: candidate v2, target 50%, automatic");
  });
});
