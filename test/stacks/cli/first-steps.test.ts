import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkRelease } from "../../../components/release/index.ts";
import { createCommandLine, jsonOf } from "./command-line.ts";
import { readYaml } from "./read-yaml.ts";

const SELECT = "pulumi stack select --create dev";
const UP = ["pulumi up", "mlc status"];

interface Lines {
  readonly file: string;
  readonly lines: readonly string[];
}

describe("init", () => {
  test("writes a project whose release is valid and whose files match their pins", async () => {
    await using line = await createCommandLine();
    const folder = join(line.root, "fresh");
    mkdirSync(folder);
    const run = await line.run("init", "--cwd", "fresh", "--stack", "prod", "--model", "churn", "--json");
    expect(jsonOf(run)).toMatchObject({
      exitCode: 0,
      existing: [],
      next: ["npm install", "pulumi stack init prod", "pulumi up", "mlc status"],
      written: [
        "models/v1/model.json",
        "models/v1/weights.json",
        expect.stringMatching(/^pins\/[0-9a-f]{64}\.files$/),
        "package.json",
        "Pulumi.yaml",
        "index.ts",
        "Pulumi.prod.yaml",
        ".gitignore",
      ],
    });
    expect(line.read("fresh/Pulumi.yaml")).toContain(
      "path: node_modules/pulumi-model-lifecycle/dist/components/platforms/local/provider",
    );
    expect(line.read("fresh/Pulumi.yaml")).toContain("refresh: always");
    expect(line.read("fresh/.gitignore")).toBe("node_modules/\n.model-lifecycle/\n");
    expect(await line.run("validate", "--cwd", "fresh", "--json")).toMatchObject({ code: 0 });
  });

  test("for a cluster writes a release that lacks its pin alone, and says what of it has to be one's own", async () => {
    await using line = await createCommandLine();
    mkdirSync(join(line.root, "fresh"));
    const run = await line.run("init", "--cwd", "fresh", "--platform", "kubernetes", "--model", "churn");
    expect(run.code, run.stderr).toBe(0);
    expect(run.stdout).toContain("Make Pulumi.dev.yaml your own: namespace, gateway, hosts, prometheus and the image.");
    expect(JSON.parse(line.read("fresh/package.json"))).toMatchObject({
      dependencies: { "@pulumi/kubernetes": expect.any(String), "pulumi-model-lifecycle": "^0.1.0" },
    });
    expect(line.read("fresh/Pulumi.yaml")).not.toContain("plugins:");
    expect(readdirSync(join(line.root, "fresh"))).not.toContain("models");
    const release = readYaml(line.read("fresh/Pulumi.dev.yaml"), ["config", "model-lifecycle:release"]);
    expect(checkRelease(release)).toMatchObject([
      { path: "model-lifecycle:release.versions.v1.source.sha256", seen: "nothing" },
    ]);
    const again = jsonOf(await line.run("init", "--cwd", "fresh", "--platform", "kubernetes", "--json"));
    expect(again).toMatchObject({
      ...{ written: [], lines: [] },
      next: ["npm install", SELECT, "mlc pin --yes", ...UP],
    });
  });

  test("an archive in a registry brings its plugin, also where only the stack's release names one", async () => {
    await using line = await createCommandLine();
    mkdirSync(join(line.root, "fresh"));
    const repository = "registry.example/archive/churn";
    await line.run("init", "--cwd", "fresh", "--platform", "kubernetes", "--archive", repository);
    const [file, text] = ["fresh/Pulumi.yaml", line.read("fresh/Pulumi.yaml")];
    expect(text).toContain("    - name: model-lifecycle-oci\n");
    expect(line.read("fresh/Pulumi.dev.yaml")).toContain(`archive: { kind: oci, repository: "${repository}" }`);
    line.write(file, "name: fresh\nruntime: { name: nodejs, options: { typescript: false } }\nmain: index.ts\n");
    const { lines } = jsonOf(await line.run("init", "--cwd", "fresh", "--json")) as { lines: Lines[] };
    expect(lines.map((each) => each.lines.filter((one) => one.includes("name:")))).toEqual([
      ["    - name: model-lifecycle-oci"],
    ]);
  });

  test.each([
    [["--platform", "nomad"], '--platform: seen "nomad", allowed are local, kubernetes.'],
    [["--archive", "r.example/a"], '--archive: seen "r.example/a", allowed is nothing with --platform local'],
    [
      ["--platform", "kubernetes", "--archive", "Archive:1"],
      '--archive: seen "Archive:1", allowed are a registry and a',
    ],
  ])("%j are refused in one line before anything is written", async (args, says) => {
    await using line = await createCommandLine();
    mkdirSync(join(line.root, "other"));
    const run = await line.run("init", "--cwd", "other", ...args);
    expect([run.code, run.stderr.trim().split("\n").length, readdirSync(join(line.root, "other"))]).toEqual([2, 1, []]);
    expect(run.stderr).toContain(says);
  });

  test("the kinds of platform are completed", async () => {
    await using line = await createCommandLine();
    const run = await line.run("complete", "--", "init", "--platform", "");
    expect(run.stdout.trim().split("\n")).toEqual(["local", "kubernetes"]);
  });

  test("names the package where Node finds it, above the folder as well", async () => {
    await using line = await createCommandLine();
    mkdirSync(join(line.root, "node_modules/pulumi-model-lifecycle"), { recursive: true });
    mkdirSync(join(line.root, "apps/one"), { recursive: true });
    const run = await line.run("init", "--cwd", "apps/one", "--json");
    expect(jsonOf(run)).toMatchObject({ next: ["pulumi stack init dev", "pulumi up", "mlc status"] });
    expect(line.read("apps/one/Pulumi.yaml")).toContain("path: ../../node_modules/pulumi-model-lifecycle/dist/");
    expect(line.read("apps/one/Pulumi.dev.yaml")).toMatch(
      /^# yaml-language-server: \$schema=\.\.\/\.\.\/node_modules\//,
    );
  });

  test("leaves what exists as it is and says so", async () => {
    await using line = await createCommandLine();
    line.write(".gitignore", "node_modules");
    line.write("package.json", "{}");
    const [project, configuration] = [line.read("Pulumi.yaml"), line.read(line.configuration)];
    const run = await line.run("init");
    expect(run.code).toBe(0);
    for (const path of ["models/v1", "Pulumi.yaml", "Pulumi.dev.yaml", "package.json"]) {
      expect(run.stdout).toContain(`exists   ${path}, left as it is`);
    }
    expect(run.stderr).toContain('package.json has no "type": "module"');
    expect([line.read("Pulumi.yaml"), line.read(line.configuration)]).toEqual([project, configuration]);
    expect(line.read(".gitignore")).toBe("node_modules\n.model-lifecycle/\n");
    const again = await line.run("init", "--json");
    expect(jsonOf(again)).toMatchObject({
      written: [],
      next: ["npm install pulumi-model-lifecycle@^0.1.0", SELECT, ...UP],
    });
  });

  test("an existing project is told exactly the lines that it lacks, until it has them", async () => {
    await using line = await createCommandLine();
    rmSync(join(line.root, "models/v2"), { recursive: true });
    const program = 'import * as pulumi from "@pulumi/pulumi";\nexport const stack = pulumi.getStack();\n';
    line.write("src/app.ts", program);
    line.write("Pulumi.yaml", "name: shop\nruntime: { name: nodejs }\nmain: src/app.ts\nstackConfigDir: stacks\n");
    line.write("stacks/Pulumi.dev.yaml", "config:\n  shop:region: north\n");
    line.write("package.json", '{"dependencies":{"pulumi-model-lifecycle":"^0.1.0"}}');
    const run = await line.run("init", "--json");
    const { lines, written, next } = jsonOf(run) as { lines: Lines[]; written: string[]; next: string[] };
    expect(written).toEqual([".gitignore"]);
    expect(lines.map(({ file }) => file)).toEqual(["Pulumi.yaml", "src/app.ts", "stacks/Pulumi.dev.yaml"]);
    expect(lines[0]?.lines).toEqual([
      "plugins:",
      "  providers:",
      "    - name: model-lifecycle-local",
      "      path: node_modules/pulumi-model-lifecycle/dist/components/platforms/local/provider",
      "options:",
      "  refresh: always # look at what really runs before each preview",
    ]);
    expect(next).toEqual(["npm install", SELECT, ...UP]);
    expect(run.stderr).not.toContain('"type": "module"');
    expect(line.read("src/app.ts")).toBe(program);

    const add = (file: string, text: readonly string[]) => line.write(file, `${line.read(file)}${text.join("\n")}\n`);
    add("Pulumi.yaml", lines[0]?.lines ?? []);
    line.write("src/app.ts", `${lines[1]?.lines.join("\n")}\n`);
    add("stacks/Pulumi.dev.yaml", lines[2]?.lines.slice(1) ?? []);
    expect(await line.run("validate")).toMatchObject({ code: 0 });
    const again = jsonOf(await line.run("init", "--json"));
    expect(again).toMatchObject({ written: [], lines: [], next: ["npm install", SELECT, ...UP] });
  });

  test.each([
    ["../x", 2, []],
    ["a b", 2, []],
    ["", 2, []],
    ["acme/churn/prod", 0, ["Pulumi.prod.yaml"]],
  ])("--stack %j ends with %d and writes %j", async (stack, code, files) => {
    await using line = await createCommandLine();
    mkdirSync(join(line.root, "other"));
    const run = await line.run("init", "--cwd", "other", "--stack", stack, "--json");
    expect(run.code).toBe(code);
    expect(readdirSync(join(line.root, "other")).filter((name) => /^Pulumi\..+\.yaml$/.test(name))).toEqual(files);
    if (code === 0) expect(jsonOf(run)).toMatchObject({ next: expect.arrayContaining([`pulumi stack init ${stack}`]) });
  });

  test("a project without a program gets one that Node runs as it is, and the lines for that", async () => {
    await using line = await createCommandLine();
    line.write("Pulumi.yaml", "name: shop\nruntime: nodejs\n");
    const run = await line.run("init", "--json");
    const { lines, written } = jsonOf(run) as { lines: Lines[]; written: string[] };
    expect(written).toEqual(["package.json", "index.ts", ".gitignore"]);
    expect(lines).toHaveLength(1);
    expect(lines[0]?.lines.slice(0, 5)).toEqual([
      "runtime:",
      "  name: nodejs",
      "  options:",
      "    typescript: false # Node runs index.ts as it is",
      "main: index.ts",
    ]);
    expect(run.stderr).toContain("Add to Pulumi.yaml:\n  runtime:\n    name: nodejs\n");
    expect(run.stderr).toContain("Next, when these lines are added:");
  });

  test.each([
    ["of another runtime", "Pulumi.yaml", "name: shop\nruntime: python\n", 'is a project of runtime "python"'],
    [
      "of another runtime with options",
      "Pulumi.yml",
      "name: shop\nruntime: { name: go }\n",
      'is a project of runtime "go"',
    ],
    ["without a runtime", "Pulumi.yaml", "name: shop\n", "is a project of runtime none"],
    ["that is no YAML", "Pulumi.yaml", "name: [\n", "is not closed, or its lines are not indented deeper"],
    ["that is a policy pack", "PulumiPolicy.yaml", "runtime: nodejs\n", "is a policy pack (PulumiPolicy.yaml)"],
    ["with a package.json that is none", "package.json", "{", "package.json is no JSON object"],
  ])("a folder %s is refused before anything is written", async (_, file, content, says) => {
    await using line = await createCommandLine();
    line.write(`other/${file}`, content);
    const run = await line.run("init", "--cwd", "other");
    expect(run.code).toBe(2);
    expect(run.stderr).toContain(says);
    expect(run.stderr.trim().split("\n")).toHaveLength(1);
    expect(readdirSync(join(line.root, "other"))).toEqual([file]);
  });
});

describe("validate", () => {
  test("lists every problem of document and files at once", async () => {
    await using line = await createCommandLine({
      rollout: ["candidat: v2"],
      more: ["retirement:", "  v0: { phase: retired, sunset: 2027-05-31T00:00:00Z, successor: v1 }"],
    });
    line.write("models/v2/weights.json", "{}");
    rmSync(join(line.root, "models/v1"), { recursive: true });
    const run = await line.run("validate", "--json");
    const { problems, exitCode } = jsonOf(run) as { problems: { path: string; seen: string }[]; exitCode: number };
    expect(exitCode).toBe(2);
    expect(problems.map(({ path }) => path.replace("model-lifecycle:release.", "")).toSorted()).toEqual([
      "retirement.v0.sunset",
      "rollout.candidat",
      "versions.v1.source.path",
      "versions.v2.source.sha256",
    ]);
    expect(problems.find(({ path }) => path.endsWith("sunset"))?.seen).toBe('"2027-05-31 00:00:00 +0000 UTC"');
    for (const { path } of problems) expect(run.stderr).toContain(path);
  });

  test("the files of a retired version may be gone", async () => {
    await using line = await createCommandLine({
      more: ["retirement:", '  v2: { phase: retired, sunset: "2020-05-31T00:00:00Z", successor: v1 }'],
    });
    rmSync(join(line.root, "models/v2"), { recursive: true });
    expect(await line.run("validate")).toMatchObject({ code: 0 });
  });

  test("a file of golden requests has to be there, and to be one", async () => {
    await using line = await createCommandLine();
    line.write(
      line.configuration,
      line.read(line.configuration).replace("} # new", "}\n        checks: { golden: models/v2/golden.jsonl }"),
    );
    const run = await line.run("validate");
    expect(run.code).toBe(2);
    expect(run.stderr).toContain('"models/v2/golden.jsonl", which is no file');
    line.write("golden.jsonl", '{"input":{}}\n{"secret":1}\n');
    line.write(line.configuration, line.read(line.configuration).replace("models/v2/golden.jsonl", "golden.jsonl"));
    const malformed = await line.run("validate");
    expect(malformed.code).toBe(2);
    expect(malformed.stderr).toContain('"golden.jsonl", with 1 line without an object "input" (line 2)');
    expect(malformed.stderr).not.toContain("secret");
  });
});

describe("pin", () => {
  test("writes the hashes that differ, quoted, and nothing else", async () => {
    await using line = await createCommandLine();
    const before = line.read(line.configuration);
    const hash = /path: models\/v2, sha256: "([0-9a-f]{64})"/.exec(before)?.[1] ?? "";
    line.write(line.configuration, before.replace(`, sha256: "${hash}"`, ""));
    const run = await line.run("pin", "--yes", "--json");
    expect(jsonOf(run)).toMatchObject({ changed: true, exitCode: 0 });
    expect(line.read(line.configuration)).toBe(before);
    expect(jsonOf(await line.run("pin", "--json"))).toMatchObject({ changed: false, diff: "" });
  });

  test("takes only the versions it was given, and asks before it writes", async () => {
    await using line = await createCommandLine();
    line.write("models/v1/weights.json", "{}");
    line.write("models/v2/weights.json", "{}");
    const before = line.read(line.configuration);
    expect(await line.run("pin", "v2")).toMatchObject({ code: 2 });
    expect(line.read(line.configuration)).toBe(before);
    expect(await line.run("pin", "v2", "--yes")).toMatchObject({ code: 0 });
    const changed = line
      .read(line.configuration)
      .split("\n")
      .filter((each, index) => each !== before.split("\n")[index]);
    expect(changed).toHaveLength(1);
    expect(changed[0]).toMatch(/path: models\/v2, sha256: "[0-9a-f]{64}" } # new$/);
  });

  test("keeps the list of the files beside the document, which names what changed since", async () => {
    await using line = await createCommandLine();
    const before = line.read(line.configuration);
    const hash = /path: models\/v2, sha256: "([0-9a-f]{64})"/.exec(before)?.[1] ?? "";
    expect(await line.run("pin", "--yes")).toMatchObject({ code: 0 });
    const sums = execFileSync("sha256sum", ["--check", join("../../pins", `${hash}.files`)], {
      cwd: join(line.root, "models/v2"),
      encoding: "utf8",
    });
    expect(sums).toContain("model.json: OK");
    line.write("models/v2/weights.json", "{}");
    line.write("models/v2/notes.txt", "new");
    const changes = "weights.json was changed; notes.txt was added";
    const { problems } = jsonOf(await line.run("validate", "--json")) as { problems: { seen: string }[] };
    expect(problems.map(({ seen }) => seen)).toEqual([`"${hash}": ${changes}`]);
    expect((await line.run("pin", "v2", "--yes")).stdout).toContain(
      `v2 is pinned to other content than before: ${changes}`,
    );
    expect(await line.run("validate")).toMatchObject({ code: 0 });
  });

  test("a list that was changed by hand says nothing, and keeps nobody from anything", async () => {
    await using line = await createCommandLine();
    await line.run("pin", "--yes");
    const hash = /path: models\/v2, sha256: "([0-9a-f]{64})"/.exec(line.read(line.configuration))?.[1] ?? "";
    line.write(`pins/${hash}.files`, "nonsense\n");
    line.write("models/v2/weights.json", "{}");
    const { problems } = jsonOf(await line.run("validate", "--json")) as { problems: { seen: string }[] };
    expect(problems.map(({ seen }) => seen)).toEqual([`"${hash}"`]);
    expect(await line.run("pin", "v2", "--yes")).toMatchObject({ code: 0 });
  });

  test("leaves out what only a cluster can read, and says why when it is asked for", async () => {
    await using line = await createCommandLine();
    const written = line.read(line.configuration).replace("kind: path, path: models/v2", "kind: claim, claim: models");
    line.write(line.configuration, written);
    expect(jsonOf(await line.run("pin", "--yes", "--json"))).toMatchObject({ changed: false, pins: [{ name: "v1" }] });
    const asked = await line.run("pin", "v2", "--yes");
    expect(asked.code).toBe(2);
    expect(asked.stderr).toContain("claim models, which only pods of the cluster can read");
    expect((await line.run("validate")).stdout).toContain("files that only the cluster can read: v2 (claim models)");
  });

  test("names a directory that is not there", async () => {
    await using line = await createCommandLine();
    rmSync(join(line.root, "models/v2"), { recursive: true });
    const run = await line.run("pin", "--yes");
    expect(run.stderr).toContain('"models/v2", which does not exist');
    expect(run.code).toBe(2);
  });
});

test("an edit leaves no file beside the configuration and keeps its mode", async () => {
  await using line = await createCommandLine();
  const before = readdirSync(line.root).toSorted();
  chmodSync(join(line.root, line.configuration), 0o640);
  expect(await line.run("start", "v2", "--yes", "--no-up")).toMatchObject({ code: 0 });
  expect(readdirSync(line.root).toSorted()).toEqual(before);
  expect(statSync(join(line.root, line.configuration)).mode & 0o777).toBe(0o640);
});
