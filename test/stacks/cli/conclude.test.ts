import { expect, test } from "vitest";
import { planTraffic } from "../../../components/lifecycle/index.ts";
import { parseRelease } from "../../../components/release/index.ts";
import type { TrafficPlan } from "../../../components/traffic/index.ts";
import { type CommandLine, createCommandLine, jsonOf } from "./command-line.ts";
import { startFakeGateway, statusOf } from "./fake-gateway.ts";
import { readYaml } from "./read-yaml.ts";

const rollout = ["candidate: v2", 'weight: "50%"'];

const planOf = (line: CommandLine): TrafficPlan =>
  planTraffic(parseRelease(readYaml(line.read(line.configuration), ["config", "model-lifecycle:release"])));

const conclude = (line: CommandLine) => line.run("conclude", "--no-up", "--yes", "--json");

test("what is complete is promoted", async () => {
  await using line = await createCommandLine({ rollout });
  const status = statusOf(planOf(line), { phase: "complete" });
  await using _gateway = await startFakeGateway(line.stateFolder, { status, watch: () => "" });
  const run = await conclude(line);
  expect(jsonOf(run)).toMatchObject({ exitCode: 0, concluded: "promoted", changed: true });
  expect(line.read(line.configuration)).toMatch(/stable: v2 .*\n\s+previous: v1\n/);
});

test("what was ended is taken out of the configuration", async () => {
  await using line = await createCommandLine({ rollout });
  const plan = planOf(line);
  const ended = { at: "2026-11-24T03:00:00.000Z", cause: "guard:errorRate", reason: "errorRate is worse than allowed" };
  await using _gateway = await startFakeGateway(line.stateFolder, {
    ...{ status: statusOf(plan, { phase: "aborted" }), watch: () => "" },
    ended: { [plan.rollout.identity]: ended },
  });
  const run = await conclude(line);
  expect(jsonOf(run)).toMatchObject({ exitCode: 0, concluded: "ended", changed: true });
  expect(run.stderr).toContain("was ended at 2026-11-24T03:00:00.000Z (guard:errorRate)");
  expect(line.read(line.configuration)).toContain("stable: v1");
  expect(line.read(line.configuration)).not.toContain("candidate:");
});

test("what still runs is waited for, and nothing is written", async () => {
  await using line = await createCommandLine({ rollout });
  const before = line.read(line.configuration);
  const status = statusOf(planOf(line), { phase: "progressing" });
  await using _gateway = await startFakeGateway(line.stateFolder, { status, watch: () => "" });
  const run = await conclude(line);
  expect(jsonOf(run)).toMatchObject({ exitCode: 4 });
  expect(line.read(line.configuration)).toBe(before);
});

test("where nothing serves nobody knows, and nothing is written", async () => {
  await using line = await createCommandLine({ rollout });
  const before = line.read(line.configuration);
  const run = await conclude(line);
  expect(jsonOf(run)).toMatchObject({ exitCode: 4 });
  expect(jsonOf(run).error).toMatch(/^Nothing of approval serves in .*nobody knows what came of v2/);
  expect(line.read(line.configuration)).toBe(before);
});

test("without a candidate there is nothing to conclude", async () => {
  await using line = await createCommandLine();
  expect(jsonOf(await conclude(line))).toMatchObject({ exitCode: 0, concluded: null, changed: false });
});
