import { spawn } from "node:child_process";
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { readProcesses } from "../../../components/host/process-tree.ts";
import { hashDirectory } from "../../../components/sources/index.ts";
import { type CommandLine, createCommandLine, jsonOf, mlc } from "./command-line.ts";

let line: CommandLine;
beforeAll(async () => {
  line = await createCommandLine();
  mkdirSync(join(line.root, "tmp"));
});
afterAll(() => line[Symbol.asyncDispose]());

const manifest = (changes: object = {}) =>
  JSON.stringify({
    ...{ name: "approval", version: "v2", runtime: "trees", inputs: ["income_k", "debt_ratio"] },
    ...{ outputs: { label: "label", score: "score" }, labels: ["decline", "approve"], threshold: 0.5, metrics: {} },
    ...changes,
  });

const golden = [
  { input: { features: { income_k: 50, debt_ratio: 0.1 } }, label: "approve" },
  { input: { features: { income_k: 10, debt_ratio: 0.9 } }, label: "decline" },
]
  .map((request) => JSON.stringify(request))
  .join("\n");

/** A project of its own, in which v2 is what is given, and pinned. */
async function projectWith(
  model: string,
  weights: object,
  { checks = "", more = [] as readonly string[] } = {},
): Promise<CommandLine> {
  const project = await createCommandLine({ rollout: ["candidate: v2", 'weight: "10%"'], more });
  mkdirSync(join(project.root, "tmp"));
  const before = await hashDirectory(join(project.root, "models/v2"));
  project.write("models/v2/model.json", model);
  project.write("models/v2/weights.json", JSON.stringify(weights));
  project.write("golden.jsonl", golden);
  const after = await hashDirectory(join(project.root, "models/v2"));
  const text = project.read(project.configuration).replace(before, after);
  project.write(project.configuration, text.replace(" # new", checks === "" ? "" : `\n        checks: ${checks}`));
  return project;
}

const checked = (project: CommandLine, ...args: readonly string[]) =>
  project.runWith({ TMPDIR: join(project.root, "tmp") }, "check", ...args, "--json");

/** Nothing is left of a version that was started from here. */
function expectNothingLeft({ root }: CommandLine): void {
  expect(readdirSync(join(root, "tmp"))).toEqual([]);
  expect(readProcesses("HOME").filter(({ mark }) => mark === root)).toEqual([]);
}

/** As v1 of the starter project. */
const likeStable = {
  intercept: -0.5,
  trees: [
    {
      feature: "debt_ratio",
      below: 0.4,
      yes: { feature: "income_k", below: 20, yes: { value: 0.2 }, no: { value: 1.8 } },
      no: { value: -1.2 },
    },
  ],
};

describe("a version that may go", () => {
  test("starts, answers in both forms and labels as stable does; nothing of it is left", async () => {
    await using project = await projectWith(manifest(), likeStable, {
      checks: '{ golden: golden.jsonl, floor: { accuracy: "0.9" }, latency: "5 seconds" }',
    });
    const run = await checked(project);
    expect(run.code).toBe(0);
    expect(jsonOf(run)).toMatchObject({
      ...{ version: "v2", failures: [], unseen: [], exitCode: 0 },
      rehearsal: {
        accuracy: 1,
        asked: [
          { protocol: "POST /predict", requests: 2 },
          { protocol: "POST /v2/models/approval/infer", requests: 2 },
        ],
        signature: {
          inputs: [
            { name: "income_k", datatype: "FP64" },
            { name: "debt_ratio", datatype: "FP64" },
          ],
        },
      },
      against: { stable: "v1", signature: { breaks: [], notes: [] }, compared: 2, otherLabel: [], newLabels: [] },
    });
    expectNothingLeft(project);
  });

  test("without golden requests and a limit it says what it did not look at", async () => {
    const run = await checked(line, "v1");
    expect(run.code).toBe(0);
    expect(jsonOf(run)).toMatchObject({
      version: "v1",
      unseen: ["what it answers: versions.v1.checks.golden names no requests"],
    });
    expect(jsonOf(run).against).toBeUndefined();
    expectNothingLeft(line);
  });
});

describe("a version that may not", () => {
  test("answers other labels: the floor and the lines that differ from stable are told", async () => {
    await using project = await projectWith(
      manifest({ labels: ["no", "approve"] }),
      { intercept: -3, trees: [{ value: 0 }] },
      { checks: '{ golden: golden.jsonl, floor: { accuracy: "0.9" } }' },
    );
    const run = await checked(project);
    expect(run.code).toBe(1);
    expect(jsonOf(run)).toMatchObject({
      failures: ["accuracy seen 0.0000 (0 of 2); allowed 0.9 or more"],
      against: { compared: 2, otherLabel: [1, 2], newLabels: ["no"] },
      unseen: ["whether it is fast enough: versions.v2.checks.latency says no limit"],
    });
  });

  test("takes another input: who calls without naming a version is told", async () => {
    const more = ["consumers:", "  - { name: web-shop, contact: shop@example.com, versions: [v1] }"];
    await using project = await projectWith(
      manifest({ inputs: ["income_k", "age"] }),
      { intercept: 0, trees: [{ value: 0 }] },
      { more },
    );
    const run = await checked(project);
    expect(run.code).toBe(1);
    expect(jsonOf(run).failures).toEqual([
      "takes the input age, which v1 does not: requests made for v1 lack it",
      "does not take the input debt_ratio, which requests made for v1 send",
    ]);
    expect(run.stderr).toContain("    for every caller that names no version; web-shop names v1, and keeps it\n");
  });

  test("does not load: the reason is what the server says, with the file and the field", async () => {
    await using project = await projectWith(manifest({ threshold: 2 }), likeStable);
    const run = await checked(project);
    expect(run.code).toBe(1);
    const { failures, against } = jsonOf(run) as { failures: readonly string[]; against?: unknown };
    expect(failures).toHaveLength(1);
    expect(failures[0]).toContain("it ends before it is ready (exit code 1, 3 times)");
    expect(failures[0]).toContain("model.json: threshold: Too big");
    expect(against).toBeUndefined();
    expectNothingLeft(project);
  });

  test("has other files than were pinned: it is not started", async () => {
    await using project = await projectWith(manifest(), likeStable);
    project.write("models/v2/weights.json", "{}");
    const run = await checked(project);
    expect(run.code).toBe(2);
    expect(jsonOf(run).problems).toMatchObject([{ path: "model-lifecycle:release.versions.v2.source.sha256" }]);
    expectNothingLeft(project);
  });

  test("is none of the release", async () => {
    const run = await checked(line, "v9");
    expect(run.code).toBe(2);
    expect(jsonOf(run).error).toBe("No version v9 that is deployed. There are: v1, v2.");
  });
});

test("killed in the middle, it leaves no process and no folder", async () => {
  await using project = await projectWith(manifest(), likeStable);
  const temporary = join(project.root, "tmp");
  const child = spawn(process.execPath, [mlc, "check", "v2"], {
    cwd: project.root,
    env: { PATH: "/nowhere", HOME: project.root, TMPDIR: temporary },
    stdio: "ignore",
  });
  const isStarted = (): boolean =>
    readdirSync(temporary, { recursive: true }).some((path) => String(path).endsWith(".status.json"));
  await vi.waitUntil(isStarted, { timeout: 30_000, interval: 5 });
  child.kill("SIGKILL");
  await vi.waitFor(() => expectNothingLeft(project), { timeout: 30_000 });
});
