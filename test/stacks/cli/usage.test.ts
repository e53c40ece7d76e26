import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openStateFolder } from "../../../components/platforms/local/state-folder/folder.ts";
import { asFailure } from "../../../stacks/cli/as-failure.ts";
import { createProgram } from "../../../stacks/cli/program.ts";
import { verbsFor } from "../../../stacks/cli/verbs.ts";
import { createCommandLine, jsonOf } from "./command-line.ts";

const program = createProgram(await verbsFor("--help"), async () => {});
const commands = program.commands.map((command) => command.name()).filter((name) => name !== "complete");

test("the commands are those of a model's life", () => {
  expect(commands).toEqual([
    "init",
    "validate",
    "check",
    "review",
    "add",
    "pin",
    "import",
    "package",
    "runbook",
    "plan",
    "start",
    "advance",
    "promote",
    "conclude",
    "rollback",
    "abort",
    "deprecate",
    "archive",
    "retire",
    "reinstate",
    "status",
    "history",
    "drift",
    "scorecard",
    "judge",
    "evidence",
    "unit",
    "watch",
    "doctor",
    "demo",
    "completion",
  ]);
});

test("mlc --help names every exit code", async () => {
  await using line = await createCommandLine();
  const { code, stdout } = await line.run("--help");
  expect(code).toBe(0);
  for (const number of [0, 1, 2, 3, 4, 5, 130]) expect(stdout).toMatch(new RegExp(`^ {2}${number} {2,4}\\w`, "m"));
});

test.each(commands)("mlc %s --help shows an example of it", (name) => {
  const help: string[] = [];
  const command = program.commands.find((each) => each.name() === name);
  command?.configureOutput({ writeOut: (text) => void help.push(text) });
  expect(() => program.parse([name, "--help"], { from: "user" })).toThrow("(outputHelp)");
  expect(help.join("")).toMatch(new RegExp(`Example:\\n {2}\\$ .*mlc ${name}`));
});

const wrong: readonly { readonly args: readonly string[]; readonly says: string }[] = [
  { args: ["frobnicate"], says: "unknown command 'frobnicate'" },
  { args: ["strat", "v2"], says: "Did you mean start?" },
  { args: ["start"], says: "missing required argument 'version'" },
  { args: ["start", "v1", "v2"], says: "too many arguments" },
  { args: ["start", "v2", "--wieght", "5%"], says: "Did you mean --weight?" },
  { args: ["start", "v2"], says: "Add --yes" },
  { args: ["start", "v9", "--yes"], says: `"v9", which is not in versions` },
  { args: ["start", "v1", "--yes"], says: `"v1", which is stable` },
  { args: ["start", "v2", "--weight", "5", "--yes"], says: "model-lifecycle:release.rollout.weight" },
  { args: ["start", "v2", "--attempt", "x", "--yes"], says: "model-lifecycle:release.rollout.attempt" },
  { args: ["advance", "--yes"], says: "Start one: mlc start VERSION" },
  { args: ["promote", "--yes"], says: "Start one: mlc start VERSION" },
  { args: ["deprecate", "v2"], says: "required option '--sunset <date>'" },
  { args: ["deprecate", "v2", "--sunset", "soon", "--yes"], says: "model-lifecycle:release.retirement.v2.sunset" },
  { args: ["deprecate", "v1", "--sunset", "2027-05-31", "--yes"], says: `"v1", which is stable` },
  { args: ["archive", "v2", "--yes"], says: "Give notice first: mlc deprecate v2" },
  { args: ["retire", "v2", "--yes"], says: "Give notice first: mlc deprecate v2" },
  { args: ["reinstate", "v2", "--yes"], says: "Nothing to take back." },
  { args: ["add", "v9"], says: "required option '--from <reference>'" },
  { args: ["add", "v2", "--from", "models/v2"], says: "Version v2 is there already" },
  { args: ["add", "V9", "--from", "models/v2"], says: "model-lifecycle:release.versions.V9" },
  { args: ["add", "v9", "--from", "models/v9"], says: "model-lifecycle:release.versions.v9.source.path" },
  { args: ["add", "v9", "--from", "../elsewhere"], says: "model-lifecycle:release.versions.v9.source.path" },
  { args: ["add", "v9", "--from", "ftp://x/y"], says: "Write one like models/v7, hf://org/model@main" },
  { args: ["pin", "v9"], says: "No version with a path: v9. There are: v1, v2." },
  { args: ["validate", "--stack", "prod"], says: 'Stack "prod" has no configuration' },
  { args: ["validate", "--cwd", "/nowhere"], says: "The folder /nowhere does not exist." },
  { args: ["status", "--cwd", "/"], says: "No Pulumi.yaml in / or above it." },
  { args: ["watch", "--until", "tomorrow"], says: "allowed are complete and ended" },
  { args: ["watch", "--timeout", "-1"], says: "a number of seconds above 0" },
  { args: ["completion", "tcsh"], says: "there is one for bash, zsh, fish" },
  { args: ["drift", "now.csv"], says: "required option '--reference <file>'" },
  { args: ["drift", "now.csv", "--reference", "then.txt"], says: "a name that ends in .csv" },
  { args: ["init", "--model", "My Model"], says: `--model: seen "My Model"` },
];

describe("a wrong command line ends with 2, says why and changes nothing", () => {
  test.each(wrong)("mlc $args", async ({ args, says }) => {
    await using line = await createCommandLine();
    const before = line.read(line.configuration);
    const run = await line.run(...args);
    expect(run.stderr).toContain(says);
    expect(run.code).toBe(2);
    expect(line.read(line.configuration)).toBe(before);
  });
});

test("with several stacks one has to be named, by option or environment", async () => {
  await using line = await createCommandLine();
  line.write("Pulumi.prod.yaml", line.read(line.configuration));
  const unnamed = await line.run("validate");
  expect(unnamed).toMatchObject({ code: 2 });
  expect(unnamed.stderr).toContain("Configured are: dev, prod.");
  expect(await line.run("validate", "--stack", "prod")).toMatchObject({ code: 0 });
  expect(await line.run("validate", "--stack", "acme/approval/prod")).toMatchObject({ code: 0 });
  expect(await line.runWith({ PULUMI_STACK: "dev" }, "validate")).toMatchObject({ code: 0 });
});

test("the folder of the stacks' files is the one that Pulumi.yaml names", async () => {
  await using line = await createCommandLine();
  line.write("stacks/config/Pulumi.prod.yaml", line.read(line.configuration));
  line.write("Pulumi.yaml", 'name: approval\nruntime: nodejs\nstackConfigDir: "stacks/config" # there\n');
  const run = await line.run("validate", "--json");
  expect(jsonOf(run)).toMatchObject({
    stack: "prod",
    file: `${line.root}/stacks/config/Pulumi.prod.yaml`,
    exitCode: 0,
  });
});

test("a command below the project's folder finds it", async () => {
  await using line = await createCommandLine();
  expect(await line.run("validate", "--cwd", "models/v1")).toMatchObject({ code: 0 });
});

test("errors with --json are one object with problems and the exit code", async () => {
  await using line = await createCommandLine();
  const moved = await line.run("start", "v9", "--json");
  expect(jsonOf(moved)).toMatchObject({
    command: "start",
    exitCode: 2,
    problems: [{ seen: '"v9", which is not in versions' }],
  });
  const unknown = await line.run("start", "--json");
  expect(jsonOf(unknown)).toEqual({ error: "error: missing required argument 'version'", problems: [], exitCode: 2 });
});

test("what the system refuses is one sentence and no fault of mlc; a trace comes with MLC_DEBUG=1", async () => {
  await using line = await createCommandLine();
  line.write("Pulumi.odd.yaml/file", "");
  const run = await line.run("validate", "--stack", "odd");
  expect(run.code).toBe(1);
  expect(run.stderr).toBe("it is a folder (EISDIR, read). Nothing was written.\n");
  const traced = await line.runWith({ MLC_DEBUG: "1" }, "validate", "--stack", "odd");
  expect(traced.stderr).toMatch(/^ +at /m);
});

test("any other error says that it is a fault of mlc", () => {
  const { exitCode, message } = asFailure(new TypeError("x is no function"), {
    standing: { done: "Nothing was written." },
  });
  expect(exitCode).toBe(1);
  expect(message).toMatch(/^Unexpected: x is no function\nNothing was written\.\nThis is a fault of mlc/);
});

test("a TMPDIR that is not there is named, with what is done and what is left", async () => {
  await using line = await createCommandLine();
  const PATH = line.fakeEngine('console.log("v3.259.0");');
  const run = await line.runWith({ PATH, TMPDIR: "/nowhere" }, "start", "v2", "--yes");
  expect(run.code).toBe(1);
  expect(run.stderr).toContain("/nowhere/mlc-");
  expect(run.stderr).toContain(
    "it is not there (ENOENT). The configuration is written. What is left: pulumi up --stack dev",
  );
  expect(run.stderr).not.toContain("Unexpected");
});

describe("completion", () => {
  test.each(["bash", "zsh", "fish"])("the script for %s asks mlc itself", async (shell) => {
    await using line = await createCommandLine();
    const { code, stdout } = await line.run("completion", shell);
    expect(code).toBe(0);
    expect(stdout).toContain("mlc complete --");
  });

  const completions: readonly { readonly words: readonly string[]; readonly found: readonly string[] }[] = [
    { words: ["pro"], found: ["promote"] },
    { words: ["st"], found: ["start", "status"] },
    { words: ["start", "v"], found: ["v1", "v2"] },
    { words: ["start", "--w"], found: ["--weight"] },
    { words: ["status", "--stack", "d"], found: ["dev"] },
    { words: ["dr"], found: ["drift"] },
    { words: ["drift", "now.csv", "--p"], found: ["--pin", "--prediction"] },
    { words: ["judge", "--series", ""], found: ["gateway", "envoy", "istio", "otel-http", "otel-gen-ai"] },
    { words: ["completion", ""], found: ["bash", "zsh", "fish"] },
    { words: ["unheard-of", ""], found: [] },
  ];
  test.each(completions)("$words completes to $found", async ({ words, found }) => {
    await using line = await createCommandLine();
    const { code, stdout } = await line.run("complete", "--", ...words);
    expect(code).toBe(0);
    expect(stdout.split("\n").filter(Boolean)).toEqual(found);
  });

  test("history tells a folder that is not there from one in which nothing has ended", async () => {
    await using line = await createCommandLine();
    const gone = await line.run("history");
    expect(gone).toMatchObject({ code: 0 });
    expect(gone.stdout).toContain(`There is no state folder ${line.stateFolder}`);
    openStateFolder(line.stateFolder);
    expect((await line.run("history")).stdout).toBe("Nothing has ended yet.\n");
  });

  test("what ended, what is deployed and which endpoints there are complete as well", async () => {
    await using line = await createCommandLine();
    const folder = join(line.stateFolder, "gateways/approval");
    mkdirSync(join(folder, "history"), { recursive: true });
    const claim = { pid: 1, startTime: "0", instance: "i", port: 1, adminPort: 1 };
    writeFileSync(join(folder, "gateway.json"), JSON.stringify(claim));
    writeFileSync(join(folder, "admin.token"), "t");
    const plan = { model: "approval", stable: "v0", versions: { v0: {}, v1: {} } };
    writeFileSync(join(folder, "route.json"), JSON.stringify({ plan, servers: {} }));
    const id = "20261124T030000000Z-aborted-v2";
    writeFileSync(join(folder, "history", `${id}.json`), JSON.stringify({ to: "", identity: "" }));
    const found = async (...words: string[]) =>
      (await line.run("complete", "--", ...words)).stdout.split("\n").filter(Boolean);
    expect(await found("rollback", "--to", "v")).toEqual(["v0", "v1", "v2"]);
    expect(await found("abort", "--endpoint", "")).toEqual(["approval"]);
    expect(await found("history", "2026")).toEqual([id]);
    expect(await found("deprecate", "v1", "--successor", "v")).toEqual(["v1", "v2"]);
    expect(await found("watch", "--until", "")).toEqual(["complete", "ended"]);
    expect(await found("start", "v2", "--weight", "")).toEqual([]);
  });
});
