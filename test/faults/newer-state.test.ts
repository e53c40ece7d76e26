import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, expect, test } from "vitest";
import { readRouteStatus } from "../../components/platforms/local/gateway/admin-client.ts";
import { folderFile } from "../../components/platforms/local/state-folder/paths.ts";
import { claimOf, createStage, expectConvergence, expectNothingLeft, rollout, type Stage } from "./stage.ts";

// The state folder as a newer version of this library would have left it.

const cure = "Install the version of pulumi-model-lifecycle that wrote it, or a newer one.";
let stage: Stage;
let known = "";
const weights = async () => (await readRouteStatus(stage.folder, "sentiment"))?.weights;
const configuration = () => readFileSync(path.join(stage.project.dir, `Pulumi.${stage.project.stack}.yaml`), "utf8");

beforeAll(async () => {
  stage = await createStage({ first: () => ({ rollout: rollout("25%") }) });
  known = readFileSync(stage.folder.path(folderFile), "utf8");
  writeFileSync(stage.folder.path(folderFile), JSON.stringify({ format: 2, somethingNew: true }));
  return async () => {
    writeFileSync(stage.folder.path(folderFile), known);
    await stage[Symbol.asyncDispose]();
  };
}, 120_000);

test("up refuses and says what to do; what serves goes on", async () => {
  const pid = claimOf(stage.folder).pid;
  stage.configure({ rollout: rollout("50%") });
  const { code, output } = await stage.project.up("--skip-preview");
  expect(code).not.toBe(0);
  expect(output).toContain("format 2");
  expect(output).toContain(cure);
  expect(claimOf(stage.folder).pid).toBe(pid);
  expect(await weights()).toEqual({ v1: 7_500, v2: 2_500 });
  await stage.customers.served(100);
  expect(stage.customers.seen().failed).toEqual([]);
});

test.each([
  ["doctor", []],
  ["status", []],
  ["watch", []],
  ["advance", ["--weight", "75%", "--yes"]],
  ["promote", ["--force", "--reason", "this test", "--yes", "--no-up"]],
])("mlc %s refuses and says what to do, and writes nothing", async (command, args) => {
  const before = configuration();
  const { code, output } = await stage.mlc(command, ...args);
  expect([code, output]).toEqual([1, expect.stringContaining(cure)]);
  expect(configuration()).toBe(before);
});

test("mlc rollback takes the traffic back all the same, and then says what to do", async () => {
  const { code, output } = await stage.mlc("rollback");
  expect([code, output]).toEqual([1, expect.stringContaining("The traffic is set and stays so.")]);
  expect(output).toContain(cure);
  expect(await weights()).toEqual({ v1: 10_000, v2: 0 });
  expect(stage.customers.seen().failed).toEqual([]);
});

test("with the known format back all goes on", async () => {
  writeFileSync(stage.folder.path(folderFile), known);
  await expectConvergence(stage);
  await expectNothingLeft(stage);
});
