import { beforeAll, expect, test } from "vitest";
import { readStatus } from "../../components/platforms/local/supervisor/process-spec.ts";
import { pidOf, serverOf } from "../support/serving.ts";
import { claimOf, createStage, expectNothingLeft, gatewayProcess, type Stage, supervisorOf, until } from "./stage.ts";

// Processes that live and do nothing any more: stopped, which is how a deadlock looks from outside.

let stage: Stage;

beforeAll(async () => {
  stage = await createStage();
  return () => stage[Symbol.asyncDispose]();
}, 120_000);

const lastExit = (name: string) => readStatus(stage.folder, name)?.lastExit;

test("the serving server, stopped: it is ended and another one serves", async () => {
  const name = serverOf("sentiment", "v1", stage.pins.v1);
  const pid = pidOf(stage.folder.root, name);
  process.kill(pid, "SIGSTOP");
  await until(() => lastExit(name)?.hung === true);
  expect(lastExit(name)).toMatchObject({ signal: "SIGKILL", hung: true });
  await stage.customers.served(100, "v1");
  expect(pidOf(stage.folder.root, name)).not.toBe(pid);
});

test("the gateway, stopped: it is ended and another one serves on the same port", async () => {
  const { pid, port } = claimOf(stage.folder);
  process.kill(pid, "SIGSTOP");
  await until(() => lastExit(gatewayProcess)?.hung === true);
  await until(() => claimOf(stage.folder).pid !== pid);
  expect(claimOf(stage.folder).port).toBe(port);
  await stage.customers.served(100, "v1");
});

test("the supervisor, stopped: the gateway ends it and starts another one", async () => {
  const pid = supervisorOf(stage.folder);
  process.kill(pid, "SIGSTOP");
  await until(() => {
    try {
      return supervisorOf(stage.folder) !== pid;
    } catch {
      return false;
    }
  });
});

test("after all that, destroy leaves nothing", async () => {
  await expectNothingLeft(stage);
});
