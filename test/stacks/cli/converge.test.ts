import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { RouteRefused } from "../../../components/platforms/local/gateway/admin-client.ts";
import { type CommandLine, createCommandLine, jsonOf } from "./command-line.ts";

/** A `pulumi` that tells its version, writes down how `up` was called, and ends as it is told. */
const engine = (end: { readonly code: number; readonly events: readonly unknown[] }): string => `
import { readFileSync, writeFileSync } from "node:fs";
const args = process.argv.slice(2);
if (args[0] === "version") {
  console.log("v3.259.0");
} else {
  const file = readFileSync("Pulumi.dev.yaml", "utf8");
  writeFileSync("engine.json", JSON.stringify({ args, file, cwd: process.cwd() }));
  writeFileSync(args[args.indexOf("--event-log") + 1], ${JSON.stringify(end.events.map((event) => `${JSON.stringify(event)}\n`).join(""))});
  console.log("the plan of the engine");
  process.exitCode = ${end.code};
}
`;

const summary = (resourceChanges: Readonly<Record<string, number>>) => ({ summaryEvent: { resourceChanges } });
const error = (message: string) => ({ diagnosticEvent: { severity: "error", message } });

const callOf = (line: CommandLine): { args: string[]; file: string; cwd: string } =>
  JSON.parse(readFileSync(join(line.root, "engine.json"), "utf8"));

test("the configuration is written before the engine runs, and the engine's plan is shown", async () => {
  await using line = await createCommandLine();
  const PATH = line.fakeEngine(engine({ code: 0, events: [summary({ same: 9 }), summary({ same: 8, update: 1 })] }));
  const run = await line.runWith({ PATH }, "start", "v2", "--yes");
  expect(run).toMatchObject({ code: 0 });
  expect(run.stdout).toContain("the plan of the engine");
  expect(callOf(line)).toMatchObject({ cwd: line.root, file: line.read(line.configuration) });
  expect(callOf(line).args.slice(0, 4)).toEqual(["up", "--yes", "--stack", "dev"]);
});

test("with --json the engine speaks on stderr and its changes are in the object", async () => {
  await using line = await createCommandLine();
  const PATH = line.fakeEngine(engine({ code: 0, events: [summary({ same: 9 }), summary({ same: 8, update: 1 })] }));
  const run = await line.runWith({ PATH }, "start", "v2", "--yes", "--json");
  expect(jsonOf(run)).toMatchObject({
    exitCode: 0,
    converged: { changes: { same: 8, update: 1 }, seconds: expect.any(Number) },
  });
  expect(run.stderr).toContain("the plan of the engine");
});

/** What the engine prints is what the gateway's refusal says. */
const refusals = [
  new RouteRefused({ code: "rolloutAborted", error: "the rollout of v2 was ended", reason: "errorRate" }).message,
  new RouteRefused({ code: "rolledBack", error: "v2 was rolled back", reason: "person" }).message,
];
test.each(refusals)("the engine's refusal ends with 3: %s", async (message) => {
  await using line = await createCommandLine();
  const PATH = line.fakeEngine(
    engine({ code: 255, events: [error(`<{%red%}>${message}<{%reset%}>\n`), error("update failed")] }),
  );
  const run = await line.runWith({ PATH }, "start", "v2", "--yes", "--json");
  expect(jsonOf(run)).toMatchObject({ exitCode: 3, error: message, engineErrors: [message, "update failed"] });
});

test("a stack that is locked is told how to be opened", async () => {
  await using line = await createCommandLine();
  const PATH = line.fakeEngine(engine({ code: 255, events: [error("the stack is currently locked by 1 lock(s)")] }));
  const run = await line.runWith({ PATH }, "start", "v2", "--yes");
  expect(run.code).toBe(1);
  expect(run.stderr).toContain("If no other up is running: pulumi cancel --stack dev");
});

test("any other failure of the engine ends with 1 and the command that goes on", async () => {
  await using line = await createCommandLine();
  const PATH = line.fakeEngine(engine({ code: 255, events: [error("the stack is locked")] }));
  const run = await line.runWith({ PATH }, "start", "v2", "--yes");
  expect(run.code).toBe(1);
  expect(run.stderr).toContain("when the cause is mended, run: pulumi up --stack dev");
  expect(line.read(line.configuration)).toContain("candidate: v2");
});

test("without any engine the configuration is written all the same, and the way on is said", async () => {
  await using line = await createCommandLine();
  const run = await line.run("start", "v2", "--yes");
  expect(run.code).toBe(1);
  expect(run.stderr).toContain("No Pulumi CLI");
  expect(run.stderr).toContain("where there is an engine, run: pulumi up --stack dev");
  expect(line.read(line.configuration)).toContain("candidate: v2");
});

test("rollback converges although there is nothing to write", async () => {
  await using line = await createCommandLine();
  const PATH = line.fakeEngine(engine({ code: 0, events: [summary({ same: 9 })] }));
  const run = await line.runWith({ PATH }, "rollback");
  expect(run.code).toBe(0);
  expect(run.stdout).toMatch(/configuration \d+ ms · converged \d+\.\d s/);
  expect(callOf(line).args[0]).toBe("up");
});
