import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Release } from "../../../components/spec/index.ts";
import { findProject } from "../../../stacks/cli/project.ts";
import { readStackFile, renderStackFile, writeStackFile } from "../../../stacks/cli/stack-file.ts";
import { createProject, type Project } from "../../support/project.ts";

const release = (stable: string) =>
  ({ model: { name: "m" }, rollout: { stable, steps: ["5%", "50%"] } }) as unknown as Release;

const PROJECT = "name: places\nruntime: nodejs\n";

describe("places and forms of a release", () => {
  let root: string;
  const write = (name: string, text: string | Buffer) => writeFileSync(join(root, name), text);
  const read = (name: string) => readFileSync(join(root, name), "utf8");
  const places = () => findProject({ cwd: root, stack: "dev" }, {});
  const roll = (stable: string) => {
    const file = readStackFile(places());
    writeStackFile(file, renderStackFile(file, release(stable)));
  };

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "mlc-places-"));
    write("Pulumi.yaml", PROJECT);
    return () => rmSync(root, { recursive: true, force: true });
  });

  test("JSON on one line, as `pulumi config set` writes it, stays JSON on one line with its quotes and comment", () => {
    write("Pulumi.dev.yaml", `config:\n  model-lifecycle:release: '${JSON.stringify(release("v1"))}' # set\n`);
    expect(readStackFile(places()).release).toEqual(release("v1"));
    roll("v2");
    expect(read("Pulumi.dev.yaml")).toBe(
      `config:\n  model-lifecycle:release: '${JSON.stringify(release("v2"))}' # set\n`,
    );
  });

  test("JSON over several lines stays a text over several lines", () => {
    const text = (stable: string) =>
      `config:\n  model-lifecycle:release: |\n${JSON.stringify(release(stable), undefined, 2).replaceAll(/^/gm, "    ")}\nencryptionsalt: v1:abc=\n`;
    write("Pulumi.dev.yaml", text("v1"));
    roll("v2");
    expect(read("Pulumi.dev.yaml")).toBe(text("v2"));
  });

  test("a text that is no JSON, and a secret, are refused with what to do", () => {
    write("Pulumi.dev.yaml", "config:\n  model-lifecycle:release: v1\n");
    expect(() => readStackFile(places())).toThrow(
      /^\S+Pulumi\.dev\.yaml: model-lifecycle:release is a text and not JSON \(.*\)\. Write it as YAML below the key\.$/,
    );
    write("Pulumi.dev.yaml", "config:\n  model-lifecycle:release: { secure: v1:abc= }\n");
    expect(() => readStackFile(places())).toThrow(/is encrypted, and a release is read by people/);
  });

  test("a release in Pulumi.yaml is read for every stack, and what changes goes into the stack's file", () => {
    const project = `${PROJECT}config:\n  model-lifecycle:release:\n    value: ${JSON.stringify(release("v1"))}\n`;
    write("Pulumi.yaml", project);
    expect(readStackFile(places()).release).toEqual(release("v1"));
    roll("v2");
    expect(readStackFile(places()).release).toEqual(release("v2"));
    expect(read("Pulumi.yaml")).toBe(project);
    expect(read("Pulumi.dev.yaml")).toBe(
      'config:\n  model-lifecycle:release:\n    model: { name: m }\n    rollout:\n      stable: v2\n      steps: ["5%", "50%"]\n',
    );
  });

  test("a file of a stack that says nothing of the release keeps everything else", () => {
    write("Pulumi.yaml", `${PROJECT}config:\n  model-lifecycle:release: '${JSON.stringify(release("v1"))}'\n`);
    write("Pulumi.dev.yaml", "# ours\nconfig:\n  aws:region: eu-west-1 # here\n");
    roll("v2");
    expect(read("Pulumi.dev.yaml")).toMatch(
      /^# ours\nconfig:\n {2}aws:region: eu-west-1 # here\n {2}model-lifecycle:release:\n {4}model: \{ name: m \}\n/,
    );
    expect(readStackFile(places()).release).toEqual(release("v2"));
  });

  test("a file with comments alone gets the release below them", () => {
    write("Pulumi.yaml", `${PROJECT}config:\n  model-lifecycle:release: '${JSON.stringify(release("v1"))}'\n`);
    write("Pulumi.dev.yaml", "# nothing yet");
    roll("v2");
    expect(read("Pulumi.dev.yaml")).toMatch(/^# nothing yet\nconfig:\n {2}model-lifecycle:release:\n/);
  });

  test("a release right below its key of Pulumi.yaml, where the engine refuses it, is refused with the way to write it", () => {
    write("Pulumi.yaml", `${PROJECT}config:\n  model-lifecycle:release: ${JSON.stringify(release("v1"))}\n`);
    expect(() => readStackFile(places())).toThrow(
      /Pulumi\.yaml: model-lifecycle:release has no value\. There, the engine wants a release one level deeper: value: /,
    );
  });

  test("the project is found from a folder below it", () => {
    write("Pulumi.dev.yaml", `config:\n  model-lifecycle:release: '${JSON.stringify(release("v1"))}'\n`);
    mkdirSync(join(root, "models/v1"), { recursive: true });
    expect(findProject({ cwd: join(root, "models/v1") }, {})).toMatchObject({ root, stack: "dev" });
  });

  test("what the engine refuses names line, column and cure", () => {
    write("Pulumi.dev.yaml", 'config:\n  model-lifecycle:release:\n    model: { name: "a\\/b" }\n');
    expect(() => readStackFile(places())).toThrow(
      /Pulumi\.dev\.yaml:3:22: The engine refuses the escape "\\\/"\. Write the slash alone: "\/"\.$/,
    );
    write("Pulumi.dev.yaml", Buffer.from([0x61, 0x3a, 0xff, 0x0a]));
    expect(() => readStackFile(places())).toThrow(/Pulumi\.dev\.yaml is not UTF-8\. Save it as UTF-8\.$/);
  });

  test("a link stays a link, and the file behind it keeps its mode", () => {
    mkdirSync(join(root, "elsewhere"));
    write("elsewhere/shared.yaml", `config:\n  model-lifecycle:release: '${JSON.stringify(release("v1"))}'\n`);
    chmodSync(join(root, "elsewhere/shared.yaml"), 0o666);
    symlinkSync("elsewhere/shared.yaml", join(root, "Pulumi.dev.yaml"));
    roll("v2");
    expect(lstatSync(join(root, "Pulumi.dev.yaml")).isSymbolicLink()).toBe(true);
    expect(statSync(join(root, "elsewhere/shared.yaml")).mode & 0o777).toBe(0o666);
    expect(read("elsewhere/shared.yaml")).toContain('"stable":"v2"');
  });

  test("a folder that went away is one sentence", () => {
    write("Pulumi.dev.yaml", `config:\n  model-lifecycle:release: '${JSON.stringify(release("v1"))}'\n`);
    const file = { ...readStackFile(places()), path: join(root, "gone/Pulumi.dev.yaml"), text: "" };
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
  const reading = () => readStackFile(findProject({ cwd: project.dir, stack: "dev" }, project.env));

  test("from Pulumi.yaml; from the stack's file as soon as it holds one; from JSON that `pulumi config set` wrote", async () => {
    project.write(
      "Pulumi.yaml",
      `${bare}\nconfig:\n  model-lifecycle:release:\n    value: ${JSON.stringify(release("v1"))}\n`,
    );
    rmSync(join(project.dir, "Pulumi.dev.yaml"), { force: true });
    const shared = reading();
    expect(shared.release).toEqual(release("v1"));
    expect(await arriving()).toEqual(shared.release);

    // The engine has written its salt into the stack's file.
    const salted = reading();
    writeStackFile(salted, renderStackFile(salted, release("v2")));
    expect(reading().release).toEqual(release("v2"));
    expect(await arriving()).toEqual(release("v2"));

    const json = JSON.stringify(release("v3"));
    const set = await project.pulumi("config", "set", "model-lifecycle:release", json, "--stack", "dev");
    expect(set.code, set.output).toBe(0);
    const asJson = reading();
    expect(asJson).toMatchObject({ release: release("v3"), json });
    writeStackFile(asJson, renderStackFile(asJson, release("v4")));
    expect(reading().json).toBe(JSON.stringify(release("v4")));
    expect(await arriving()).toEqual(release("v4"));
  });
});
