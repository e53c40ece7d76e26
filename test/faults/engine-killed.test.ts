import { beforeAll, expect, test } from "vitest";
import { statusOf } from "../support/serving.ts";
import { findEngineProcesses, isEngine, isProvider, untilRuns } from "./engine-processes.ts";
import { moments } from "./moments.ts";
import {
  createStage,
  expectConvergence,
  expectNothingLeft,
  kill9,
  onlyV1,
  rollout,
  type Stage,
  until,
} from "./stage.ts";

// The engine killed with -9 while an up gives a version its server and its first traffic, and two ups at once. On the
// file backend a killed engine leaves its lock: the next up says so, and `pulumi cancel` takes it away.

let stage: Stage;
const weights = async () => (await statusOf(stage.folder.root, "sentiment")).weights;
beforeAll(async () => {
  stage = await createStage({ first: onlyV1 });
  return () => stage[Symbol.asyncDispose]();
}, 120_000);

test.each(moments)(
  "the engine, killed %s: the lock is named, and after cancel the next up converges",
  async (name, comes) => {
    await stage.given(onlyV1(stage.pins));
    stage.configure({ rollout: rollout("25%", String(moments.findIndex(([each]) => each === name) + 1)) });
    const up = stage.project.up("--skip-preview");
    await comes(stage);
    await kill9(await untilRuns(stage.project, isEngine));
    expect((await up).code).not.toBe(0);
    // Its plugins and the program end by themselves.
    await until(() => findEngineProcesses(stage.project).length === 0);

    const refused = await stage.project.up("--skip-preview");
    expect(refused.code).not.toBe(0);
    expect(refused.output).toMatch(/the stack is currently locked by 1 lock[\s\S]*pulumi cancel/);
    const cancelled = await stage.project.pulumi("cancel", "--yes", "--stack", stage.project.stack);
    expect(cancelled.code, cancelled.output).toBe(0);
    await expectConvergence(stage);
    expect(await weights()).toEqual({ v1: 7_500, v2: 2_500 });
    await stage.customers.served(50, "v2");
    expect(stage.customers.seen().failed).toEqual([]);
  },
);

test("of two ups at once the second refuses, and the first succeeds", async () => {
  await stage.given(onlyV1(stage.pins));
  stage.configure({ rollout: rollout("25%", "9") });
  const first = stage.project.up("--skip-preview");
  await untilRuns(stage.project, isProvider);
  const second = await stage.project.up("--skip-preview");
  expect(second.code).not.toBe(0);
  expect(second.output).toContain("the stack is currently locked by 1 lock");
  const { code, output } = await first;
  expect(code, output).toBe(0);
  await expectConvergence(stage);
  expect(await weights()).toEqual({ v1: 7_500, v2: 2_500 });
  expect(stage.customers.seen().failed).toEqual([]);
});

test("after all that, destroy leaves nothing", async () => {
  await expectNothingLeft(stage);
});
