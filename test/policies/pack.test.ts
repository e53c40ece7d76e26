import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { TrafficPlan } from "../../components/traffic/plan.ts";
import { abortedTraffic, exampleTraffic, unguardedTraffic } from "../../policies/subjects/traffic.ts";
import { findEngine } from "../../stacks/engine/index.ts";

const repository = resolve(import.meta.dirname, "../..");
const directory = mkdtempSync(join(tmpdir(), "model-lifecycle-pack-"));
const project = join(directory, "project");
const pack = join(directory, "dist/policies/pack");
const env = {
  PATH: [join(repository, "node_modules/.bin"), process.env.PATH].join(delimiter),
  HOME: directory,
  PULUMI_HOME: join(directory, "home"),
  PULUMI_BACKEND_URL: `file://${join(directory, "state")}`,
  PULUMI_CONFIG_PASSPHRASE: "x",
  PULUMI_SKIP_UPDATE_CHECK: "true",
};
let pulumi = "";

/** A program with nothing but a component that has the token and the outputs of CanaryRollout; a preview may not know them. */
const program = `
const { ComponentResource, output, unknown } = require("@pulumi/pulumi");
const { readFileSync } = require("node:fs");
class CanaryRollout extends ComponentResource {
  constructor(name) {
    super("model-lifecycle:index:CanaryRollout", name);
    const { traffic, ...others } = JSON.parse(readFileSync("outputs.json", "utf8"));
    this.registerOutputs({ ...others, ...(traffic && { traffic: traffic === "unknown" ? output(unknown) : traffic }) });
  }
}
new CanaryRollout("sentiment");
`;

beforeAll(async () => {
  pulumi = (await findEngine()).path;
  await compilePack();
  await mkdir(project);
  await mkdir(join(directory, "state"));
  symlinkSync(join(repository, "node_modules"), join(directory, "node_modules"));
  writeFileSync(
    join(project, "Pulumi.yaml"),
    "name: guarded\nruntime: { name: nodejs, options: { typescript: false } }\n",
  );
  writeFileSync(join(project, "package.json"), '{ "main": "index.cjs" }');
  writeFileSync(join(project, "index.cjs"), program);
  await runPulumi("stack", "init", "test");
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

const finding = [
  "rollout.guards",
  "seen:    no guard",
  "cause:   candidate v2 of sentiment may get 100% of the traffic, and nothing would stop it if it does harm",
];

test("a preview fails with the finding when the candidate has no guard", async () => {
  const preview = await withTraffic(unguardedTraffic, "preview");
  expect(preview.code).not.toBe(0);
  for (const line of finding) expect(preview.output).toContain(line);
  expect(preview.output).toContain("[mandatory]");
  expect(preview.output).toContain("candidate-has-guard");
});

test("an update without a preview fails with the same finding", async () => {
  const up = await withTraffic(unguardedTraffic, "up", "--yes", "--skip-preview");
  expect(up.code).not.toBe(0);
  for (const line of finding) expect(up.output).toContain(line);
});

test("a guarded candidate is deployed, and an abort is deployed although nothing is guarded any more", async () => {
  expect(await withTraffic(exampleTraffic, "preview")).toMatchObject({ code: 0 });
  expect(await withTraffic(exampleTraffic, "up", "--yes", "--skip-preview")).toMatchObject({ code: 0 });
  const aborted = abortedTraffic(unguardedTraffic);
  expect(await withTraffic(aborted, "up", "--yes", "--skip-preview")).toMatchObject({ code: 0 });
});

test("a CanaryRollout that does not tell its traffic is refused, not waved through", async () => {
  const preview = await withOutputs({}, "preview");
  expect(preview.code).not.toBe(0);
  expect(preview.output).toContain(
    "let the program and the policy pack use the same version of pulumi-model-lifecycle",
  );
});

test("what a preview does not know yet is told as advice, and stops nothing", async () => {
  const preview = await withOutputs({ traffic: "unknown" }, "preview");
  expect(preview).toMatchObject({ code: 0 });
  expect(preview.output).toContain("can't run policy 'candidate-has-guard' from policy pack 'model-lifecycle@");
  expect(preview.output).toMatch(/value at \.traffic can't be known during preview/);
});

test("a level is set by the rule's id in a configuration file", async () => {
  const config = join(directory, "levels.json");
  writeFileSync(config, '{ "candidate-has-guard": "advisory" }');
  const preview = await withTraffic(unguardedTraffic, "preview", "--policy-pack-config", config);
  expect(preview.code).toBe(0);
  expect(preview.output).toContain("[advisory]");
});

const withTraffic = (traffic: TrafficPlan, ...command: readonly string[]) => withOutputs({ traffic }, ...command);

function withOutputs(outputs: object, ...command: readonly string[]): Promise<Ended> {
  writeFileSync(join(project, "outputs.json"), JSON.stringify(outputs));
  return runPulumi(...command, "--stack", "test", "--policy-pack", pack);
}

interface Ended {
  readonly code: number;
  readonly output: string;
}

const runPulumi = (...command: readonly string[]): Promise<Ended> =>
  run(pulumi, [...command, "--non-interactive", "--color", "never"], project);

/** An engine loads compiled packs only; this compiles the pack and what it imports, not the whole library. */
async function compilePack(): Promise<void> {
  const settings = {
    extends: join(repository, "tsconfig.build.json"),
    compilerOptions: {
      rootDir: repository,
      outDir: join(directory, "dist"),
      typeRoots: [join(repository, "node_modules/@types")],
    },
    include: [],
    files: [join(repository, "policies/pack/index.ts")],
  };
  writeFileSync(join(directory, "tsconfig.json"), JSON.stringify(settings));
  const compiled = await run(process.execPath, [
    join(repository, "node_modules/typescript/bin/tsc"),
    ...["-p", join(directory, "tsconfig.json")],
  ]);
  expect(compiled).toEqual({ code: 0, output: "" });
  for (const file of ["PulumiPolicy.yaml", "package.json"]) {
    cpSync(join(repository, "policies/pack", file), join(pack, file));
  }
}

function run(command: string, args: readonly string[], cwd = directory): Promise<Ended> {
  return new Promise((done) => {
    execFile(command, args, { cwd, env }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
      done({ code, output: stdout + stderr });
    });
  });
}
