import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkRelease } from "../../components/release/index.ts";
import { createProject, type Project } from "../support/project.ts";
import { sha256 } from "./example-release.ts";

const PROGRAM = `import { writeFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";

writeFileSync("arrived.json", JSON.stringify(new pulumi.Config("model-lifecycle").requireObject("release")));
`;

let project: Project;

beforeAll(async () => {
  project = await createProject({ program: PROGRAM });
});

afterAll(async () => {
  await project[Symbol.asyncDispose]();
});

/** What a program gets of a release that stands in a stack's file as this text. */
async function arriving(release: string): Promise<unknown> {
  project.write("Pulumi.dev.yaml", `config:\n  model-lifecycle:release:\n${release.replaceAll(/^/gm, "    ")}`);
  const { code, output } = await project.preview();
  expect(code, output).toBe(0);
  return JSON.parse(readFileSync(join(project.dir, "arrived.json"), "utf8"));
}

test("a release whose scalars are quoted arrives as it was written", async () => {
  const release = await arriving(`
model: { name: sentiment, owner: nlp-platform, riskTier: low }
platform: { kind: local, port: "8080" }
versions:
  v1: { source: { kind: path, path: models/v1, sha256: "${"1".repeat(64)}" } }
  v2: { source: { kind: path, path: models/v2, sha256: "${sha256}" }, checks: { golden: g.jsonl, floor: { accuracy: "0.80" } } }
rollout:
  stable: v1
  candidate: v2
  weight: 25%
  attempt: "2"
retirement:
  v0: { phase: retired, sunset: "2027-05-31T00:00:00Z", successor: v1 }
`);
  expect(checkRelease(release)).toEqual([]);
  expect(release).toMatchObject({
    versions: { v1: { source: { sha256: "1".repeat(64) } }, v2: { checks: { floor: { accuracy: "0.80" } } } },
    rollout: { weight: "25%", attempt: "2" },
    retirement: { v0: { sunset: "2027-05-31T00:00:00Z" } },
  });
});

test("every scalar that the engine rewrote is named, with what to write instead", async () => {
  const release = await arriving(`
model: { name: sentiment, owner: true, riskTier: low }
platform: { kind: local, port: 8080 }
versions:
  v1: { source: { kind: path, path: models/v1, sha256: ${"1".repeat(64)} } }
  1.10: { source: { kind: path, path: models/v2, sha256: "${sha256}" }, checks: { golden: g.jsonl, floor: { accuracy: 0.80 } } }
rollout:
  stable: v1
  candidate: 1.10
  weight: 5
  attempt: 2
  steps: [5, 50%]
  guards: [{ metric: errorRate, margin: 0.5, designEffect: 1e1 }]
retirement:
  v0: { phase: retired, sunset: 2027-05-31T00:00:00Z, successor: v1 }
  v8: { phase: retired, sunset: 2027-05-31, successor: v1 }
  v9: { phase: retired, sunset: 2027-05-31T02:00:00.5+02:00, successor: ~ }
`);
  const problems = checkRelease(release).map(({ path, seen, cure }) => [
    path.replace("model-lifecycle:release.", ""),
    seen,
    cure,
  ]);
  expect(problems).toEqual([
    ["model.owner", "true (a boolean)", 'Put it in quotes: owner: "true"'],
    ["platform.port", "8080 (a number)", 'Put it in quotes: port: "8080"'],
    ['versions["1.1"]', '"1.1"', "Rename it, for example to v1-1."],
    ['versions["1.1"].checks.floor.accuracy', "0.8 (a number)", 'Put it in quotes: accuracy: "0.8"'],
    ["versions.v1.source.sha256", "1.1111111111111112e+63 (a number)", "Run: mlc pin, and keep the quotes it writes."],
    ["rollout.candidate", "1.1 (a number)", 'Write, in quotes: candidate: "v1-1"'],
    ["rollout.weight", "5 (a number)", 'Write, in quotes: weight: "5%"'],
    ["rollout.attempt", "2 (a number)", 'Put it in quotes: attempt: "2"'],
    ["rollout.steps[0]", "5 (a number)", 'Write, in quotes: "5%"'],
    ["rollout.guards[0].margin", "0.5 (a number)", 'Put it in quotes, in the form margin: "0.5pp"'],
    ["rollout.guards[0].designEffect", "10 (a number)", 'Put it in quotes: designEffect: "10"'],
    ["retirement.v0.sunset", '"2027-05-31 00:00:00 +0000 UTC"', 'Put it in quotes: sunset: "2027-05-31T00:00:00Z"'],
    ["retirement.v8.sunset", '"2027-05-31 00:00:00 +0000 UTC"', 'Put it in quotes: sunset: "2027-05-31T00:00:00Z"'],
    ["retirement.v9.sunset", '"2027-05-31 02:00:00.5 +0200 +0200"', 'Put it in quotes: sunset: "2027-05-31T00:00:00Z"'],
    [
      "retirement.v9.successor",
      "null (nothing after the colon)",
      'Write a value, such as successor: "v1", or remove the key if it is optional.',
    ],
  ]);
});
