import { cpSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { isAlive } from "../../components/host/process-identity.ts";
import { findEngine } from "../../stacks/engine/index.ts";
import { createProject, linesOf, type Project } from "../support/project.ts";
import { predict, processesOf } from "../support/serving.ts";
import { installPackage, must } from "./installed.ts";

// The package as a stranger has it: packed, installed in an empty directory, run by a plain `pulumi up`.

let project: Project;

beforeAll(async () => {
  project = await createProject({
    prepare: async (dir, env) => {
      await installPackage(dir, env);
      await must("node_modules/.bin/mlc", ["init"], dir, env);
      // A backend that the user is logged in to, as with any other; nothing in the environment names it.
      const backend = String(env.PULUMI_BACKEND_URL);
      delete env.PULUMI_BACKEND_URL;
      await must((await findEngine()).path, ["login", backend], dir, env);
    },
  });
}, 300_000);
afterAll(() => project?.[Symbol.asyncDispose]());

const applicant = { features: { income_k: 30, debt_ratio: 0.1 } };

test("what mlc init writes goes up, changes nothing on a second up, serves, and is destroyed", {
  timeout: 180_000,
}, async () => {
  expect(await must("node_modules/.bin/mlc", ["validate"], project.dir, project.env)).toContain("dev");
  project.write("models/v1/notes.txt", "trained again");
  await must("node_modules/.bin/mlc", ["pin", "--yes"], project.dir, project.env);

  const first = await project.up("--skip-preview");
  expect(first.code, first.output).toBe(0);
  expect(linesOf(first)).toContain("create ModelEndpoint approval");
  const second = await project.up();
  expect(second.code, second.output).toBe(0);
  expect(linesOf(second)).toEqual([]);

  const { url } = await project.outputs();
  expect(await predict(String(url), applicant)).toMatchObject({
    status: 200,
    version: "v1",
    body: { label: "approve" },
  });

  // By process, not by port: another stack of this machine may have taken the port already.
  const serving = processesOf(project.stateDir);
  expect(serving).toHaveLength(2);
  const gone = await project.destroy();
  expect(gone.code, gone.output).toBe(0);
  expect(serving.filter(isAlive)).toEqual([]);
});

test("an inline program of the Automation API does the same", { timeout: 180_000 }, async () => {
  const engine = await findEngine();
  const root = path.join(project.dir, "automation");
  mkdirSync(root);
  symlinkSync(path.dirname(engine.path), path.join(root, "bin"), "dir");
  const stackFile = parse(readFileSync(path.join(project.dir, "Pulumi.dev.yaml"), "utf8"));
  const release = stackFile.config["model-lifecycle:release"];
  cpSync(path.join(project.dir, "models"), path.join(root, "models"), { recursive: true });
  project.write("automation/index.js", AUTOMATION);
  project.write("automation/release.json", JSON.stringify(release));
  const output = await must(process.execPath, ["index.js"], root, { ...project.env, PULUMI_COMMAND_ROOT: root });
  expect(JSON.parse(output.trim().split("\n").at(-1) ?? "")).toEqual({
    created: 7,
    second: { same: 7 },
    answer: { status: 200, version: "v1", label: "approve" },
    destroyed: 7,
  });
});

const AUTOMATION = `
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { LocalWorkspace, PulumiCommand } from "@pulumi/pulumi/automation/index.js";
import { ModelEndpoint, readRelease } from "pulumi-model-lifecycle";
import { local } from "pulumi-model-lifecycle/platforms/local";

const program = async () => {
  const release = readRelease();
  return { url: new ModelEndpoint(release.model.name, { release, platform: local() }).url };
};
const stack = await LocalWorkspace.createOrSelectStack(
  { stackName: "auto", projectName: "inline", program },
  {
    workDir: process.cwd(),
    pulumiCommand: await PulumiCommand.get({ root: process.env.PULUMI_COMMAND_ROOT }),
    projectSettings: {
      name: "inline",
      runtime: "nodejs",
      main: process.cwd(),
      plugins: {
        providers: [
          {
            name: "model-lifecycle-local",
            path: resolve("../node_modules/pulumi-model-lifecycle/dist/components/platforms/local/provider"),
          },
        ],
      },
    },
  },
);
await stack.setConfig("model-lifecycle:release", { value: readFileSync("release.json", "utf8") });
const first = await stack.up();
const second = await stack.up({ refresh: true });
const response = await fetch(new URL("/predict", first.outputs.url.value), {
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ features: { income_k: 30, debt_ratio: 0.1 } }),
});
const { label } = await response.json();
const destroyed = await stack.destroy();
console.log(
  JSON.stringify({
    created: first.summary.resourceChanges.create,
    second: second.summary.resourceChanges,
    answer: { status: response.status, version: response.headers.get("x-model-version"), label },
    destroyed: destroyed.summary.resourceChanges.delete,
  }),
);
`;
