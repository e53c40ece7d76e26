import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Release } from "../../../components/release/index.ts";
import { findProject } from "../../../stacks/cli/project.ts";
import { readStackFile, renderStackFile, writeStackFile } from "../../../stacks/cli/stack-file.ts";
import { fillDisk, mountSmallDisk } from "../../platforms/local/state-folder/small-disk.ts";
import { createProject, type Project } from "../../support/project.ts";

const release = (stable: string) =>
  ({ model: { name: "m" }, rollout: { stable, steps: ["5%", "50%"] } }) as unknown as Release;

const PROJECT = "name: places\nruntime: nodejs\n";

describe("places and forms of a release", () => {
  let root: string;
  const write = (name: string, text: string) => writeFileSync(join(root, name), text);
  const read = (name: string) => readFileSync(join(root, name), "utf8");
  const places = () => findProject({ cwd: root, stack: "dev" }, {});
  const roll = async (stable: string) => {
    const file = readStackFile(await places());
    writeStackFile(file, renderStackFile(file, release(stable)));
  };

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "mlc-places-"));
    write("Pulumi.yaml", PROJECT);
    return () => rmSync(root, { recursive: true, force: true });
  });

  test("a file with comments alone gets the release below them", async () => {
    write("Pulumi.yaml", `${PROJECT}config:\n  model-lifecycle:release: '${JSON.stringify(release("v1"))}'\n`);
    write("Pulumi.dev.yaml", "# nothing yet");
    await roll("v2");
    expect(read("Pulumi.dev.yaml")).toMatch(/^# nothing yet\nconfig:\n {2}model-lifecycle:release:\n/);
  });

  test("a release right below its key of Pulumi.yaml, where the engine refuses it, is refused with the way to write it", async () => {
    write("Pulumi.yaml", `${PROJECT}config:\n  model-lifecycle:release: ${JSON.stringify(release("v1"))}\n`);
    const found = await places();
    expect(() => readStackFile(found)).toThrow(
      /Pulumi\.yaml: model-lifecycle:release has no value\. There, the engine wants a release one level deeper: value: /,
    );
  });

  test("the project is found from a folder below it", async () => {
    write("Pulumi.dev.yaml", `config:\n  model-lifecycle:release: '${JSON.stringify(release("v1"))}'\n`);
    mkdirSync(join(root, "models/v1"), { recursive: true });
    expect(await findProject({ cwd: join(root, "models/v1") }, {})).toMatchObject({ root, stack: "dev" });
  });

  test("the stack's file has the ending of the project's file, as the engine wants it", async () => {
    const text = `config:\n  model-lifecycle:release: '${JSON.stringify(release("v1"))}'\n`;
    write("Pulumi.dev.yml", text);
    await expect(places()).rejects.toThrow(
      `Stack "dev" has no configuration in ${root}. No stack is configured there. Name one with --stack, or write Pulumi.dev.yaml (\`mlc init --stack dev\`).`,
    );
    rmSync(join(root, "Pulumi.yaml"));
    write("Pulumi.yml", PROJECT);
    expect(await findProject({ cwd: root }, {})).toMatchObject({
      stack: "dev",
      stackFile: join(root, "Pulumi.dev.yml"),
    });
  });

  test("a mark of the byte order at the beginning of both files is none of their content, and stays", async () => {
    write("Pulumi.yaml", `\ufeff${PROJECT}`);
    write("Pulumi.dev.yaml", `\ufeffconfig:\n  model-lifecycle:release: '${JSON.stringify(release("v1"))}'\n`);
    expect((await places()).dataPlane.place).toMatch(/places.dev$/);
    await roll("v2");
    expect(read("Pulumi.dev.yaml")).toBe(
      `\ufeffconfig:\n  model-lifecycle:release: '${JSON.stringify(release("v2"))}'\n`,
    );
  });

  test("on a full disk the file stays as it was, and nothing lies beside it", async (context) => {
    const disk = mountSmallDisk(context, 64);
    const text = `config:\n  model-lifecycle:release: '${JSON.stringify(release("v1"))}'\n`;
    writeFileSync(join(disk, "Pulumi.yaml"), PROJECT);
    writeFileSync(join(disk, "Pulumi.dev.yaml"), text);
    const file = readStackFile(await findProject({ cwd: disk }, {}));
    fillDisk(disk);
    expect(() => writeStackFile(file, `${text}# ${"long ".repeat(2_000)}\n`)).toThrow(
      `${join(disk, "Pulumi.dev.yaml")}: no space left to write (ENOSPC); allowed: some free space on this disk. Nothing was changed. Free some space, then run the same command again.`,
    );
    expect(readFileSync(join(disk, "Pulumi.dev.yaml"), "utf8")).toBe(text);
    expect(readdirSync(disk).toSorted()).toEqual(["Pulumi.dev.yaml", "Pulumi.yaml", "ballast"]);
  });

  test("a folder that went away is one sentence", async () => {
    write("Pulumi.dev.yaml", `config:\n  model-lifecycle:release: '${JSON.stringify(release("v1"))}'\n`);
    const file = { ...readStackFile(await places()), path: join(root, "gone/Pulumi.dev.yaml"), text: "" };
    expect(() => writeStackFile(file, "new")).toThrow(
      `Pulumi.dev.yaml cannot be written: ${join(root, "gone")}: it is not there (ENOENT). It is as it was before.`,
    );
  });
});

const PROGRAM = `import { writeFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";

writeFileSync("arrived.json", JSON.stringify(new pulumi.Config("model-lifecycle").requireObject("release")));
`;

describe("the real engine hands on what is read here", () => {
  let project: Project;
  let bare: string;

  beforeAll(async () => {
    project = await createProject({ program: PROGRAM });
    bare = readFileSync(join(project.dir, "Pulumi.yaml"), "utf8");
  });
  afterAll(async () => {
    await project[Symbol.asyncDispose]();
  });

  const arriving = async (): Promise<unknown> => {
    const { code, output } = await project.preview();
    expect(code, output).toBe(0);
    return JSON.parse(readFileSync(join(project.dir, "arrived.json"), "utf8"));
  };
  const reading = async () => readStackFile(await findProject({ cwd: project.dir, stack: "dev" }, project.env));

  test("from Pulumi.yaml; from the stack's file as soon as it holds one; from JSON that `pulumi config set` wrote", async () => {
    project.write(
      "Pulumi.yaml",
      `${bare}\nconfig:\n  model-lifecycle:release:\n    value: ${JSON.stringify(release("v1"))}\n`,
    );
    rmSync(join(project.dir, "Pulumi.dev.yaml"), { force: true });
    const shared = await reading();
    expect(shared.release).toEqual(release("v1"));
    expect(await arriving()).toEqual(shared.release);

    // The engine has written its salt into the stack's file.
    const salted = await reading();
    writeStackFile(salted, renderStackFile(salted, release("v2")));
    expect((await reading()).release).toEqual(release("v2"));
    expect(await arriving()).toEqual(release("v2"));

    const json = JSON.stringify(release("v3"));
    const set = await project.pulumi("config", "set", "model-lifecycle:release", json, "--stack", "dev");
    expect(set.code, set.output).toBe(0);
    const asJson = await reading();
    expect(asJson).toMatchObject({ release: release("v3"), json });
    writeStackFile(asJson, renderStackFile(asJson, release("v4")));
    expect((await reading()).json).toBe(JSON.stringify(release("v4")));
    expect(await arriving()).toEqual(release("v4"));
  });

  test("a release right below its key of Pulumi.yaml is refused by the engine too", async () => {
    project.write("Pulumi.yaml", `${bare}\nconfig:\n  model-lifecycle:release: ${JSON.stringify(release("v1"))}\n`);
    project.write("Pulumi.dev.yaml", "config: {}\n");
    await expect(reading()).rejects.toThrow("wants a release one level deeper");
    expect((await project.preview()).output).toMatch(
      /additionalProperties '(model|rollout)', '(model|rollout)' not allowed/,
    );
  });
});
