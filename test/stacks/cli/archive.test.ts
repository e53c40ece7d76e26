import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { archiveVersion } from "../../../components/platforms/local/state-folder/archive.ts";
import { openStateFolder } from "../../../components/platforms/local/state-folder/folder.ts";
import { hashDirectory } from "../../../components/sources/index.ts";
import { directorySource } from "../../support/directory-source.ts";
import { type CommandLine, createCommandLine, jsonOf } from "./command-line.ts";

const leaving = (phase: string) => ({
  more: ["retirement:", `  v2: { phase: ${phase}, sunset: "2020-05-31T00:00:00Z", successor: v1 }`],
});

/** A `pulumi` whose preview of the program has these archives; it writes down how it was called. */
const engine = (archives: readonly object[], code = 0): string => `
import { readFileSync, writeFileSync } from "node:fs";
const args = process.argv.slice(2);
const after = (flag) => args[args.indexOf(flag) + 1];
if (args[0] === "version") {
  console.log("v3.259.0");
} else {
  const proposed = args.includes("--config-file") ? readFileSync(after("--config-file"), "utf8") : null;
  writeFileSync("engine-" + args[0] + ".json", JSON.stringify({ args, proposed, file: readFileSync("Pulumi.dev.yaml", "utf8"), config: after("--config-file") }));
  const steps = ${JSON.stringify(archives)}.map((inputs) => ({ resourcePreEvent: { metadata: { op: "same", type: "model-lifecycle:index:ModelArchive", new: { inputs } } } }));
  const said = ${code} === 0 ? [] : [{ diagnosticEvent: { severity: "error", message: "version v1 serves and its content is fixed" } }];
  writeFileSync(after("--event-log"), [...steps, ...said].map((event) => JSON.stringify(event) + "\\n").join(""));
  console.log("the plan of the engine");
  process.exitCode = ${code};
}
`;

const callOf = (line: CommandLine, verb: string) =>
  JSON.parse(readFileSync(join(line.root, `engine-${verb}.json`), "utf8")) as {
    readonly args: readonly string[];
    readonly proposed: string;
    readonly file: string;
    readonly config: string;
  };

test("archive asks the engine with the configuration that it would write, before it writes it", async () => {
  await using line = await createCommandLine(leaving("deprecated"));
  const PATH = line.fakeEngine(engine([{ model: "approval", version: "v2" }]));
  const before = line.read(line.configuration);
  const run = await line.runWith({ PATH, MLC_POLICY_PACK: "/packs/core" }, "archive", "v2", "--yes", "--no-up");
  expect(run).toMatchObject({ code: 0 });
  expect(run.stdout).toContain("Asking the engine whether the program keeps an archive of v2");
  expect(run.stdout).toContain("the plan of the engine");
  const { args, proposed, file, config } = callOf(line, "preview");
  expect(args.slice(0, 3)).toEqual(["preview", "--stack", "dev"]);
  expect(args.join(" ")).toContain("--policy-pack /packs/core");
  expect(file).toBe(before);
  expect(proposed).toBe(line.read(line.configuration));
  expect(existsSync(config)).toBe(false);
});

test.each([
  ["no archive", []],
  ["that of another version", [{ model: "approval", version: "v1" }]],
  ["that of another model", [{ model: "churn", version: "v2" }]],
])("archive is refused where the program keeps %s", async (_what, archives) => {
  await using line = await createCommandLine(leaving("deprecated"));
  const PATH = line.fakeEngine(engine(archives));
  const before = line.read(line.configuration);
  for (const how of [["--yes"], ["--yes", "--no-up"]]) {
    const run = await line.runWith({ PATH }, "archive", "v2", ...how, "--json");
    expect(jsonOf(run)).toMatchObject({
      exitCode: 2,
      problems: [
        {
          path: "model-lifecycle:release.retirement.v2.phase",
          seen: "a program that keeps no archive of it",
          cure: expect.stringContaining('new ModelRetirement("approval-retirement", { release, endpoint'),
        },
      ],
    });
  }
  expect(line.read(line.configuration)).toBe(before);
  expect(existsSync(join(line.root, "engine-up.json"))).toBe(false);
});

test("a preview that fails is told in its own words, and nothing is written", async () => {
  await using line = await createCommandLine(leaving("deprecated"));
  const PATH = line.fakeEngine(engine([{ model: "approval", version: "v2" }], 255));
  const before = line.read(line.configuration);
  const run = await line.runWith({ PATH }, "archive", "v2", "--yes");
  expect(run.code).toBe(1);
  expect(run.stderr).toContain("version v1 serves and its content is fixed");
  expect(run.stderr).toContain("The engine's preview ended with exit code 255");
  expect(line.read(line.configuration)).toBe(before);
});

test("without an engine archive is refused, unless somebody says why it may go unasked", async () => {
  await using line = await createCommandLine(leaving("deprecated"));
  const before = line.read(line.configuration);
  const refused = await line.run("archive", "v2", "--yes", "--no-up");
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain("no engine to ask whether the program keeps an archive of it");
  expect(refused.stderr).toContain("mlc archive v2 --force --reason WHY");
  const silent = await line.run("archive", "v2", "--yes", "--no-up", "--force");
  expect(silent.code).toBe(2);
  expect(silent.stderr).toContain("say why");
  expect(line.read(line.configuration)).toBe(before);
  const said = await line.run("archive", "v2", "--yes", "--no-up", "--force", "--reason", "seen in CI", "--json");
  expect(jsonOf(said)).toMatchObject({
    exitCode: 0,
    reasons: [expect.any(String), "The engine is not asked whether the program keeps it: seen in CI"],
  });
});

test("retire reads every archived file before it writes", async () => {
  await using line = await createCommandLine(leaving("archived"));
  const before = line.read(line.configuration);
  const retire = () => line.run("retire", "v2", "--yes", "--no-up", "--json");
  const refused = async (seen: string) => {
    expect(jsonOf(await retire())).toMatchObject({
      exitCode: 2,
      problems: [{ path: "model-lifecycle:release.retirement.v2.phase", seen: expect.stringContaining(seen) }],
    });
    expect(line.read(line.configuration)).toBe(before);
  };
  await refused("no state folder at");
  const folder = openStateFolder(line.stateFolder);
  await refused("there is no such archive");

  const name = { model: "approval", version: "v2", reason: "over" };
  const archive = async (source: string) =>
    archiveVersion(folder, { ...name, source: directorySource(source), content: await hashDirectory(source) });
  await archive(join(line.root, "models/v1"));
  await refused("it holds content");
  rmSync(folder.path("archive/approval/v2"), { recursive: true });
  await archive(join(line.root, "models/v2"));
  rmSync(folder.path("archive/approval/v2/artifact/model.json"));
  await refused("artifact/model.json is missing");
  await archive(join(line.root, "models/v2"));
  expect(jsonOf(await retire())).toMatchObject({ exitCode: 0, changed: true });
  expect(line.read(line.configuration)).toContain("phase: retired");
});

test("doctor reads every archived file", async () => {
  await using line = await createCommandLine(leaving("archived"));
  const folder = openStateFolder(line.stateFolder);
  const source = join(line.root, "models/v2");
  await archiveVersion(folder, {
    ...{ model: "approval", version: "v2", reason: "over" },
    ...{ source: directorySource(source), content: await hashDirectory(source) },
  });
  const finding = async () =>
    (jsonOf(await line.run("doctor", "--json")).findings as { check: string; detail: string }[]).find(
      ({ check }) => check === "archive approval v2",
    );
  expect(await finding()).toMatchObject({ ok: true });
  rmSync(folder.path("archive/approval/v2/artifact/model.json"));
  expect(JSON.stringify(await finding())).toContain("artifact/model.json is missing");
  expect(await finding()).toMatchObject({ ok: false });
});
