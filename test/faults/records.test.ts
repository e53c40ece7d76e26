import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { trainInto } from "../support/models.ts";
import { createProject, linesOf, type Project, repository, run } from "../support/project.ts";
import { releaseOf } from "../support/release.ts";
import { predict } from "../support/serving.ts";

const model = { name: "sentiment", owner: "nlp-platform", riskTier: "low", notice: "1 ms" } as const;
const configuration = "Pulumi.dev.yaml";
// Ten runs of the engine each, on a machine that does other things.
const timeout = 600_000;

const program = (
  more = "",
): string => `import { ModelEndpoint, ModelRetirement, readRelease } from "pulumi-model-lifecycle";
import { local, localArchive } from "pulumi-model-lifecycle/platforms/local";
const release = readRelease();
const endpoint = new ModelEndpoint("sentiment", { release, platform: local() });
${more}
export const url = endpoint.url;
`;
const retirement = (more = ""): string =>
  program(`new ModelRetirement("sentiment-retirement", { release, endpoint, store: localArchive(), ${more} });`);

type Phase = "deprecated" | "archived" | "retired";

/** A project that serves v2, with v1 on its way out. */
async function createStage(text: string) {
  const project = await createProject({ program: text });
  const pins = await trainInto(project.dir);
  const { v1 = "", v2 = "" } = pins;
  const configure = (phase?: Phase, versions: Readonly<Record<string, string>> = { v1, v2 }) =>
    project.configure(
      releaseOf({
        pins: versions,
        rollout: { stable: "v2" },
        release: {
          model,
          ...(phase && { retirement: { v1: { phase, sunset: "2020-01-01T00:00:00Z", successor: "v2" } } }),
        },
      }),
    );
  return {
    project,
    v1,
    v2,
    configure,
    read: () => readFileSync(path.join(project.dir, configuration), "utf8"),
    mlc: (...args: readonly string[]) =>
      run(process.execPath, [path.join(repository, "dist/stacks/cli/mlc.js"), ...args], project.dir, project.env),
    archive: (...names: readonly string[]) => path.join(project.stateDir, "archive/sentiment/v1", ...names),
    askV1: async () =>
      (await predict(String((await project.outputs()).url), { text: "a lovely film" }, { "x-model-version": "v1" }))
        .status,
    [Symbol.asyncDispose]: () => project[Symbol.asyncDispose](),
  };
}

const succeed = async (step: ReturnType<Project["up"]>): ReturnType<Project["up"]> => {
  const done = await step;
  expect(done.code, done.output).toBe(0);
  return done;
};

test("a program without an archive retires nothing, from whatever door, until the component is added", {
  timeout,
}, async () => {
  await using stage = await createStage(program());
  const { project, configure, mlc } = stage;
  configure("deprecated");
  await succeed(project.up("--skip-preview"));

  for (const how of [["--yes"], ["--yes", "--no-up"]]) {
    const before = stage.read();
    const refused = await mlc("archive", "v1", ...how);
    expect(refused.code, refused.output).toBe(2);
    expect(refused.output).toContain("seen:    a program that keeps no archive of it");
    expect(refused.output).toContain(
      'new ModelRetirement("sentiment-retirement", { release, endpoint, store: localArchive() });',
    );
    expect(stage.read()).toBe(before);
  }

  configure("archived");
  await succeed(project.up("--skip-preview"));
  const before = stage.read();
  const refused = await mlc("retire", "v1", "--yes");
  expect(refused.code, refused.output).toBe(2);
  expect(refused.output).toContain("there is no such archive");
  expect(stage.read()).toBe(before);

  // By an edit that mlc did not see, and with the component added too late.
  configure("retired");
  for (const text of [program(), retirement()]) {
    project.write("index.ts", text);
    const up = await project.up("--skip-preview");
    expect(up.code).not.toBe(0);
    expect(up.output).toContain("v1 is not retired: ");
    expect(up.output).toContain('Keep retirement.v1.phase at "archived"');
    expect(await stage.askV1()).toBe(200);
  }

  configure("archived");
  expect(linesOf(await succeed(project.up("--skip-preview")))).toContain("create Archive sentiment-retirement-v1-copy");
  const retired = await mlc("retire", "v1", "--yes");
  expect(retired.code, retired.output).toBe(0);
  expect(await stage.askV1()).toBe(410);
});

test("a version that is retired and gone from versions lives on in its archive, from which it is served again", {
  timeout,
}, async () => {
  await using stage = await createStage(retirement());
  const { project, configure, mlc } = stage;
  configure("deprecated");
  await succeed(project.up("--skip-preview"));
  configure("archived");
  await succeed(project.up("--skip-preview"));
  configure("retired", { v2: stage.v2 });
  await succeed(project.up("--skip-preview"));
  expect(linesOf(await succeed(project.up("--skip-preview")))).toEqual([]);

  // The last copy is damaged, and nobody has the files: said at each up, and nothing else stops.
  const file = stage.archive("artifact/model.json");
  const intact = readFileSync(file);
  chmodSync(file, 0o644);
  writeFileSync(file, "{}");
  const damaged = await project.up("--skip-preview");
  expect(damaged.code).not.toBe(0);
  expect(damaged.output).toContain("nothing to archive sentiment v1 from");
  writeFileSync(file, intact);
  await succeed(project.up("--skip-preview"));

  // Served again from nothing but its archive.
  rmSync(path.join(project.dir, "models/v1"), { recursive: true });
  await run("cp", ["-r", stage.archive("artifact"), path.join(project.dir, "models/v1")], project.dir, project.env);
  configure("retired");
  const reinstated = await mlc("reinstate", "v1", "--yes");
  expect(reinstated.code, reinstated.output).toBe(0);
  expect(await stage.askV1()).toBe(200);
});

test("an archive is kept until its retention is over, whatever is done to the stack", { timeout }, async () => {
  await using stage = await createStage(retirement("retentionDays: 30"));
  const { project, configure, mlc } = stage;
  configure("deprecated");
  await succeed(project.up("--skip-preview"));
  const archived = await mlc("archive", "v1", "--yes");
  expect(archived.code, archived.output).toBe(0);
  const { retentionUntil } = JSON.parse(readFileSync(stage.archive("manifest.json"), "utf8"));
  const says = `a removal before the end of its retention, ${retentionUntil}`;

  const destroyed = await project.destroy();
  expect(destroyed.code).not.toBe(0);
  expect(destroyed.output).toContain(says);
  expect(destroyed.output).toContain("MLC_LEAVE_ARCHIVES=1");
  expect(await stage.askV1()).toBe(200);

  project.write("index.ts", program());
  const removed = await project.up("--skip-preview");
  expect(removed.code).not.toBe(0);
  expect(removed.output).toContain(says);
  expect(existsSync(stage.archive("manifest.json"))).toBe(true);

  project.env.MLC_LEAVE_ARCHIVES = "1";
  await succeed(project.destroy());
  expect(existsSync(stage.archive("manifest.json"))).toBe(true);
});

test("an archive outlasts a reinstatement and a damage, and is found again", { timeout }, async () => {
  await using stage = await createStage(retirement("retentionDays: 30"));
  const { project, configure, mlc } = stage;
  configure("deprecated");
  await succeed(project.up("--skip-preview"));
  configure("archived");
  await succeed(project.up("--skip-preview"));

  // Taken back, it is served; its record stays and is found again.
  const record = readFileSync(stage.archive("manifest.json"), "utf8");
  const reinstated = await mlc("reinstate", "v1", "--yes");
  expect(reinstated.code, reinstated.output).toBe(0);
  expect(readFileSync(stage.archive("manifest.json"), "utf8")).toBe(record);
  configure("deprecated");
  await succeed(project.up("--skip-preview"));
  const again = await mlc("archive", "v1", "--yes");
  expect(again.code, again.output).toBe(0);
  expect(readFileSync(stage.archive("manifest.json"), "utf8")).toBe(record);

  // Damaged while the version still serves, it is put right from there.
  const file = stage.archive("artifact/model.json");
  chmodSync(file, 0o644);
  writeFileSync(file, "{}");
  writeFileSync(stage.archive("artifact/extra"), "");
  expect((await mlc("retire", "v1", "--yes")).output).toContain(
    "artifact/model.json was changed; artifact/extra was added",
  );
  await succeed(project.up("--skip-preview"));
  expect(readFileSync(stage.archive("manifest.json"), "utf8")).toBe(record);
  const retired = await mlc("retire", "v1", "--yes");
  expect(retired.code, retired.output).toBe(0);
  expect(await stage.askV1()).toBe(410);

  project.env.MLC_LEAVE_ARCHIVES = "1";
  await succeed(project.destroy());
  expect(readFileSync(stage.archive("manifest.json"), "utf8")).toBe(record);
});

test("a component that comes after a retirement makes the archive from the source, or says what it needs", {
  timeout,
}, async () => {
  await using stage = await createStage(program());
  const { project, configure } = stage;
  configure("retired", { v2: stage.v2 });
  await succeed(project.up("--skip-preview"));
  project.write("index.ts", retirement());
  const refused = await project.up("--skip-preview");
  expect(refused.code).not.toBe(0);
  expect(refused.output).toContain("Put v1 back into versions with its source and hash");
  configure("retired");
  await succeed(project.up("--skip-preview"));
  expect(existsSync(stage.archive("artifact/model.json"))).toBe(true);
  configure("retired", { v2: stage.v2 });
  expect(linesOf(await succeed(project.up("--skip-preview")))).toEqual([]);
});
