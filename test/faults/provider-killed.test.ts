import { beforeAll, expect, test } from "vitest";
import { statusOf } from "../support/serving.ts";
import { isProvider, untilRuns } from "./engine-processes.ts";
import { moments } from "./moments.ts";
import { createStage, expectConvergence, expectNothingLeft, kill9, onlyV1, rollout, type Stage } from "./stage.ts";

// The provider killed with -9 while an up gives a version its server and its first traffic. What serves does not notice,
// and the next up finishes the work.

let stage: Stage;
beforeAll(async () => {
  stage = await createStage({ first: onlyV1 });
  return () => stage[Symbol.asyncDispose]();
}, 120_000);

test.each(moments)("the provider, killed %s: the up fails, and the next one converges", async (name, comes) => {
  await stage.given(onlyV1(stage.pins));
  stage.configure({ rollout: rollout("25%", String(moments.findIndex(([each]) => each === name) + 1)) });
  const up = stage.project.up("--skip-preview");
  await comes(stage);
  await kill9(await untilRuns(stage.project, isProvider));
  expect((await up).code).not.toBe(0);
  await expectConvergence(stage);
  expect((await statusOf(stage.folder.root, "sentiment")).weights).toEqual({ v1: 7_500, v2: 2_500 });
  await stage.customers.served(50, "v2");
  expect(stage.customers.seen().failed).toEqual([]);
});

test("after all that, destroy leaves nothing", async () => {
  await expectNothingLeft(stage);
});
