import { readFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { statusOf } from "../support/serving.ts";
import { findEngineProcesses, isProvider, untilRuns } from "./engine-processes.ts";
import { createStage, expectConvergence, expectNothingLeft, kill9, rollout, type Stage, until } from "./stage.ts";

// `mlc advance` killed with -9 at each of its stages: the next up finishes what it began.

let stage: Stage;
let attempt = 0;
const weights = async () => (await statusOf(stage.folder.root, "sentiment")).weights;
const configuration = () => readFileSync(path.join(stage.project.dir, `Pulumi.${stage.project.stack}.yaml`), "utf8");

beforeAll(async () => {
  stage = await createStage();
  return () => stage[Symbol.asyncDispose]();
}, 120_000);
beforeEach(async () => {
  attempt++;
  await stage.given({ rollout: rollout("25%", String(attempt)) });
});

/** What a killed command had started goes on by itself (its question for the engine's version, or a run whose lock the next would meet). */
const untilEngineEnds = () => until(() => findEngineProcesses(stage.project).length === 0);

test("mlc advance, killed between the configuration and the up: the next up gives the new weight", async () => {
  const before = configuration();
  const { pid, done } = stage.startMlc("advance", "--weight", "50%", "--yes");
  await until(() => configuration() !== before);
  await kill9(pid);
  await done;
  await untilEngineEnds();
  expect(await weights()).toEqual({ v1: 7_500, v2: 2_500 });
  await expectConvergence(stage);
  expect(await weights()).toEqual({ v1: 5_000, v2: 5_000 });
  expect(stage.customers.seen().failed).toEqual([]);
});

test("mlc advance, killed during the up: the engine ends its work alone", async () => {
  const { pid, done } = stage.startMlc("advance", "--weight", "50%", "--yes");
  await untilRuns(stage.project, isProvider);
  await kill9(pid);
  await done;
  await untilEngineEnds();
  await expectConvergence(stage);
  expect(await weights()).toEqual({ v1: 5_000, v2: 5_000 });
  expect(stage.customers.seen().failed).toEqual([]);
});

test("after all that, destroy leaves nothing", async () => {
  await expectNothingLeft(stage);
});
