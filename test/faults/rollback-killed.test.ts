import { readFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { gatewayPaths } from "../../components/platforms/local/state-folder/paths.ts";
import { statusOf } from "../support/serving.ts";
import { findEngineProcesses, isEngine, untilRuns } from "./engine-processes.ts";
import { createStage, expectNothingLeft, kill9, rollout, type Stage, until } from "./stage.ts";

// `mlc rollback` killed with -9 at each of its three stages. The traffic stays back, and running it again finishes it.

let stage: Stage;
let attempt = 0;
const weights = async () => (await statusOf(stage.folder.root, "sentiment")).weights;
const configuration = () => readFileSync(path.join(stage.project.dir, `Pulumi.${stage.project.stack}.yaml`), "utf8");
const rolloutFile = () => readFileSync(stage.folder.path(gatewayPaths("sentiment").rollout), "utf8");

beforeAll(async () => {
  stage = await createStage();
  return () => stage[Symbol.asyncDispose]();
}, 120_000);
beforeEach(async () => {
  attempt++;
  await stage.given({ rollout: rollout("25%", String(attempt)) });
});

/** The engine that a killed command had started goes on by itself; what comes next would meet its lock. */
const untilEngineEnds = () => until(() => findEngineProcesses(stage.project).length === 0);

const stages: readonly (readonly [string, (before: string) => Promise<unknown>])[] = [
  ["the traffic was set", () => until(() => rolloutFile().includes('"aborted"'))],
  ["the configuration was written", (before) => until(() => configuration() !== before)],
  ["the engine was started", () => untilRuns(stage.project, isEngine)],
];
test.each(stages)(
  "mlc rollback, killed after %s: the traffic stays back, and running it again finishes",
  async (_, comes) => {
    const before = configuration();
    const { pid, done } = stage.startMlc("rollback", "--reason", "answers look wrong");
    await comes(before);
    await kill9(pid);
    await done;
    expect(await weights()).toEqual({ v1: 10_000, v2: 0 });
    await untilEngineEnds();

    const again = await stage.mlc("rollback", "--reason", "answers look wrong");
    expect(again.code, again.output).toBe(0);
    expect(configuration()).not.toContain("candidate");
    expect(await weights()).toEqual({ v1: 10_000, v2: 0 });
    expect(stage.customers.seen().failed).toEqual([]);
  },
);

test("after all that, destroy leaves nothing", async () => {
  await expectNothingLeft(stage);
});
