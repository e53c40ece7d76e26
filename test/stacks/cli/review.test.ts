import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import type { Release } from "../../../components/release/index.ts";
import { parseRelease } from "../../../components/release/index.ts";
import { describeChange } from "../../../stacks/cli/review/describe-change.ts";
import { objectionsTo, type Review, renderReview } from "../../../stacks/cli/review/render-review.ts";
import { createCommandLine, jsonOf } from "./command-line.ts";

const version = (digit: string) => ({
  source: { kind: "path" as const, path: `models/${digit}`, sha256: digit.repeat(64) },
});

const release = (rollout: Partial<Release["rollout"]> = {}, changes: Partial<Release> = {}) =>
  parseRelease({
    model: { name: "approval", owner: "risk", riskTier: "low" },
    platform: { kind: "local" },
    versions: { v1: version("1"), v2: version("2"), v3: version("3") },
    rollout: { stable: "v1", guards: [{ metric: "errorRate", margin: "0.5pp" }], ...rollout },
    ...changes,
  });

const trial = { candidate: "v2", weight: "50%" } as const;

describe("what an edit means", () => {
  test.each([
    ["nothing", release(), release(), []],
    ["a first release", undefined, release(), ["approval is new: v1 serves, on platform local"]],
    ["a trial", release(), release(trial), ["v2 goes on trial beside v1, up to 50%"]],
    [
      "copies alone",
      release(),
      release({ candidate: "v2", weight: "shadow" }),
      ["v2 goes on trial beside v1, up to copies alone"],
    ],
    ["more of it", release(trial), release({ ...trial, weight: "100%" }), ["v2 may get 100% instead of 50%"]],
    [
      "its promotion",
      release(trial),
      release({ stable: "v2", previous: "v1" }),
      ["v2 is promoted: it serves in place of v1"],
    ],
    [
      "an override",
      release(),
      release({ stable: "v3", override: { stable: "v3", reason: "ticket 4711" } }),
      ["v3 serves in place of v1, by an override: ticket 4711"],
    ],
    ["its end", release(trial), release(), ["v2 is taken out; v1 goes on serving"]],
    [
      "another candidate",
      release(trial),
      release({ ...trial, candidate: "v3" }),
      ["v2 is taken out; v1 goes on serving", "v3 goes on trial beside v1, up to 50%"],
    ],
    [
      "other content under a name",
      release(),
      release({}, { versions: { v1: version("1"), v2: version("9"), v4: version("4") } }),
      ["v4 is a new version", "v3 leaves the document", "v2 gets other content under its name"],
    ],
    [
      "a notice",
      release(),
      release({}, { retirement: { v3: { phase: "deprecated", sunset: "2030-01-01T00:00:00Z", successor: "v1" } } }),
      ["v3 is deprecated"],
    ],
    [
      "other terms",
      release(),
      release({ guards: [], steps: ["10%", "100%"] }),
      ["candidates are judged by other guards: none", "the steps of the climb change"],
    ],
  ])("%s", (_, before, after, said) => {
    expect(describeChange(before, after)).toEqual(said);
  });
});

const calm: Review = {
  ...{ model: "approval", stack: "prod", changes: [], diff: "", findings: [], consumers: [] },
  preview: { code: 0, errors: [], steps: [] },
};

describe("the page", () => {
  test("says what speaks against a change, by rule, check and engine", () => {
    const findings = [{ rule: "candidate-has-guard", path: "rollout.guards", seen: "none", cause: "c", cure: "d" }];
    const failing = { failures: ["accuracy seen 0.1"], asked: [], labels: new Map(), readyMs: 1 };
    const review = {
      ...calm,
      findings,
      checked: { version: "v2", rehearsal: failing, unseen: [] },
      preview: { code: 1, errors: ["no such plugin"], steps: [] },
    };
    expect(objectionsTo(review)).toEqual([
      "the rule candidate-has-guard refuses it",
      "v2 fails its checks",
      "the engine cannot plan it",
    ]);
    expect(renderReview(review)).toContain("```text\nno such plugin\n```");
    expect(objectionsTo(calm)).toEqual([]);
    expect(renderReview(calm)).toContain("✅ nothing speaks against it\n\nThe release does not change.");
  });

  test("text that has a fence in it stays within its own", () => {
    expect(renderReview({ ...calm, diff: "+ ```\n+ ````" })).toContain("`````diff\n+ ```\n+ ````\n`````");
  });
});

test("a base that git does not know is refused, with what to do", async () => {
  await using line = await createCommandLine();
  execFileSync("git", ["init", "--quiet"], { cwd: line.root });
  const run = await line.runWith({ PATH: String(process.env.PATH) }, "review", "--base", "nowhere", "--json");
  expect(run.code).toBe(2);
  expect(jsonOf(run).error).toMatch(
    /^--base: seen "nowhere"; allowed is a branch or commit that git knows in .*fetch-depth: 0\.$/,
  );
});

describe("init ci", () => {
  test("writes four workflows into the repository, and leaves what exists", async () => {
    await using line = await createCommandLine();
    execFileSync("git", ["init", "--quiet"], { cwd: line.root });
    const first = jsonOf(await line.run("init", "ci", "github", "--branch", "trunk", "--login", "aws", "--json"));
    const names = ["review", "deploy", "nightly", "rollback"].map((name) => `.github/workflows/model-${name}-dev.yml`);
    expect(first).toMatchObject({ exitCode: 0, written: names, existing: [] });
    const text = line.read(names[1] ?? "");
    expect(text).toContain("    branches: [trunk]\n");
    expect(text).toContain("      id-token: write\n");
    expect(text).toContain("    runs-on: [self-hosted, model-lifecycle]\n");
    const again = jsonOf(await line.run("init", "ci", "github", "--json"));
    expect(again).toMatchObject({ exitCode: 0, written: [], existing: names });
  });

  test("writes the jobs of GitLab, and leaves a file that includes others as it is", async () => {
    await using line = await createCommandLine();
    execFileSync("git", ["init", "--quiet"], { cwd: line.root });
    line.write(".gitlab-ci.yml", "include: []\n");
    expect(jsonOf(await line.run("init", "ci", "gitlab", "--json"))).toMatchObject({
      exitCode: 0,
      written: [".gitlab/model-dev.yml", ".gitlab/model-note.mjs"],
      existing: [".gitlab-ci.yml"],
      next: expect.arrayContaining(["include .gitlab/model-dev.yml in .gitlab-ci.yml, which was there already"]),
    });
    expect(line.read(".gitlab-ci.yml")).toBe("include: []\n");
    expect(line.read(".gitlab/model-dev.yml")).toContain("  tags: [model-lifecycle]\n");
  });

  test.each([
    [["ci", "jenkins"], 'init ci: seen "jenkins", allowed is github, gitlab.'],
    [["cd"], 'init: seen "cd", allowed is nothing, or: ci github, ci gitlab.'],
    [
      ["ci", "gitlab", "--image", "node:22"],
      '--image: seen "node:22", allowed is an image with its digest, in which there are git, Node 22 and pulumi: pulumi/pulumi-nodejs@sha256:…',
    ],
    [
      ["ci", "github", "--image", "node:22"],
      '--image: seen "node:22", allowed is nothing with github, whose jobs run on a machine.',
    ],
    [
      ["ci", "github", "--branch", "a b"],
      '--branch: seen "a b", allowed are letters, digits, dots, dashes and slashes.',
    ],
    [
      ["ci", "github", "--runner", "$(x)"],
      '--runner: seen "$(x)", allowed are letters, digits, dots, dashes and slashes.',
    ],
    [["ci", "github", "--login", "azure"], '--login: seen "azure", allowed are aws and gcp.'],
  ])("%j is refused", async (args, said) => {
    await using line = await createCommandLine();
    execFileSync("git", ["init", "--quiet"], { cwd: line.root });
    const run = await line.run("init", ...args, "--json");
    expect(run.code).toBe(2);
    expect(jsonOf(run).error).toBe(said);
  });
});
