import { beforeAll, expect, test } from "vitest";
import { pidOf, serverOf, statusOf } from "../support/serving.ts";
import { isProvider, untilRuns } from "./engine-processes.ts";
import {
  createStage,
  expectConvergence,
  expectNothingLeft,
  kill9,
  onlyV1,
  rollout,
  type Stage,
  until,
  untilReplaced,
} from "./stage.ts";

// Model servers killed with -9 under 200 requests a second. Not one request is lost.

let stage: Stage;
const server = (version: "v1" | "v2") => serverOf("sentiment", version, stage.pins[version]);
const pid = (version: "v1" | "v2") => pidOf(stage.folder.root, server(version));
const weights = async () => (await statusOf(stage.folder.root, "sentiment")).weights;

beforeAll(async () => {
  stage = await createStage({ first: () => ({ rollout: rollout("25%") }) });
  return () => stage[Symbol.asyncDispose]();
}, 120_000);

test("the candidate's server, killed under load: stable answers for it until it is back", async () => {
  const before = pid("v2");
  await kill9(before);
  await untilReplaced(stage.folder, server("v2"), before);
  await stage.customers.served(50, "v2");
  expect(stage.customers.seen().failed).toEqual([]);
});

test("stable's server, killed under load: requests wait for it", async () => {
  const before = pid("v1");
  await kill9(before);
  await untilReplaced(stage.folder, server("v1"), before);
  await stage.customers.served(100, "v1");
  expect(stage.customers.seen().failed).toEqual([]);
});

test("both at once", async () => {
  await Promise.all([pid("v1"), pid("v2")].map(kill9));
  await stage.customers.served(100, "v1");
  await stage.customers.served(50, "v2");
  expect(stage.customers.seen().failed).toEqual([]);
});

test("the candidate's server, killed while a rollout step is on its way to the route", async () => {
  stage.configure({ rollout: rollout("50%") });
  const up = stage.project.up("--skip-preview");
  await untilRuns(stage.project, isProvider);
  await kill9(pid("v2"));
  const { code, output } = await up;
  expect(code, output).toBe(0);
  expect(await weights()).toEqual({ v1: 5_000, v2: 5_000 });
  await stage.customers.served(50, "v2");
  expect(stage.customers.seen().failed).toEqual([]);
});

test("stable's server, killed the moment a rollout step is in force", async () => {
  stage.configure({ rollout: rollout("75%") });
  const up = stage.project.up("--skip-preview");
  await until(async () => (await weights()).v2 === 7_500);
  await kill9(pid("v1"));
  const { code, output } = await up;
  expect(code, output).toBe(0);
  await stage.customers.served(50, "v1");
  expect(stage.customers.seen().failed).toEqual([]);
  await expectConvergence(stage);
});

test("a new version's server, killed before its up has checked it", async () => {
  await stage.given(onlyV1(stage.pins));
  stage.configure({ rollout: rollout("25%", "2"), checks: { v2: { golden: "models/v2/golden.jsonl" } } });
  const up = stage.project.up("--skip-preview");
  await until(() => {
    try {
      return pid("v2") > 0;
    } catch {
      return false;
    }
  });
  await kill9(pid("v2"));
  await up;
  await expectConvergence(stage);
  expect(await weights()).toEqual({ v1: 7_500, v2: 2_500 });
  await stage.customers.served(50, "v2");
  expect(stage.customers.seen().failed).toEqual([]);
});

test("after all that, destroy leaves nothing", async () => {
  await expectNothingLeft(stage);
});
