import { describe, expect, test } from "vitest";
import { createCommandLine, jsonOf } from "./command-line.ts";

const candidate = ["candidate: v2 # on trial", 'weight: "50%"'];
const notice = (phase: string, sunset: string) => [
  "retirement:",
  `  v2: { phase: ${phase}, sunset: "${sunset}", successor: v1 } # going`,
];

interface Move {
  readonly args: readonly string[];
  readonly settings?: Parameters<typeof createCommandLine>[0];
  /** Lines of the diff that begin with + or -, without the file names. */
  readonly diff: readonly string[];
}

const moves: readonly Move[] = [
  { args: ["start", "v2"], diff: ["+      candidate: v2", '+      weight: "100%"'] },
  {
    args: ["start", "v2", "--weight", "shadow", "--attempt", "2"],
    diff: ["+      candidate: v2", "+      weight: shadow", '+      attempt: "2"'],
  },
  { args: ["advance"], settings: { rollout: candidate }, diff: ['-      weight: "50%"', '+      weight: "100%"'] },
  {
    args: ["promote"],
    settings: { rollout: candidate },
    diff: [
      "-      stable: v1   # serves",
      "-      candidate: v2 # on trial",
      '-      weight: "50%"',
      "+      stable: v2   # serves",
      "+      previous: v1",
    ],
  },
  {
    args: ["abort"],
    settings: { rollout: candidate },
    diff: ["-      candidate: v2 # on trial", '-      weight: "50%"'],
  },
  {
    args: ["rollback"],
    settings: { rollout: candidate },
    diff: ["-      candidate: v2 # on trial", '-      weight: "50%"'],
  },
  {
    args: ["rollback"],
    settings: { rollout: ["previous: v2"] },
    diff: ["-      stable: v1   # serves", "-      previous: v2", "+      stable: v2   # serves"],
  },
  {
    args: ["deprecate", "v2", "--sunset", "2027-05-31"],
    diff: ["+    retirement:", '+      v2: { phase: deprecated, sunset: "2027-05-31T00:00:00Z", successor: v1 }'],
  },
  {
    args: ["archive", "v2"],
    settings: { more: notice("deprecated", "2027-05-31T00:00:00Z") },
    diff: [
      '-      v2: { phase: deprecated, sunset: "2027-05-31T00:00:00Z", successor: v1 } # going',
      '+      v2: { phase: archived, sunset: "2027-05-31T00:00:00Z", successor: v1 } # going',
    ],
  },
  {
    args: ["retire", "v2"],
    settings: { more: notice("archived", "2020-05-31T00:00:00Z") },
    diff: [
      '-      v2: { phase: archived, sunset: "2020-05-31T00:00:00Z", successor: v1 } # going',
      '+      v2: { phase: retired, sunset: "2020-05-31T00:00:00Z", successor: v1 } # going',
    ],
  },
];

describe("a move edits these lines of the configuration and no other", () => {
  test.each(moves)("mlc $args", async ({ args, settings, diff }) => {
    await using line = await createCommandLine(settings);
    const before = line.read(line.configuration);
    const run = await line.run(...args, "--yes", "--no-up", "--json");
    const outcome = jsonOf(run);
    expect(outcome).toMatchObject({
      command: args[0],
      stack: "dev",
      file: `${line.root}/Pulumi.dev.yaml`,
      changed: true,
      converged: null,
      next: "pulumi up --stack dev",
      exitCode: 0,
    });
    const changed = String(outcome.diff)
      .split("\n")
      .filter((each) => /^[+-](?![+-])/.test(each));
    expect(changed.toSorted()).toEqual(diff.toSorted());
    const remaining = before.split("\n").filter((each) => !diff.includes(`-${each}`));
    expect(
      line
        .read(line.configuration)
        .split("\n")
        .filter((each) => !diff.includes(`+${each}`)),
    ).toEqual(remaining);
    expect(await line.run("validate")).toMatchObject({ code: 0 });
  });
});

test("start and abort give back the same bytes", async () => {
  await using line = await createCommandLine();
  const before = line.read(line.configuration);
  await line.run("start", "v2", "--yes", "--no-up");
  expect(line.read(line.configuration)).not.toBe(before);
  await line.run("abort", "--no-up");
  expect(line.read(line.configuration)).toBe(before);
});

test("the diff and the reasons are shown before anything is written", async () => {
  await using line = await createCommandLine();
  const before = line.read(line.configuration);
  const { code, stdout } = await line.run("start", "v2");
  expect(code).toBe(2);
  expect(stdout).toContain("--- a/Pulumi.dev.yaml\n+++ b/Pulumi.dev.yaml\n@@ ");
  expect(stdout).toContain("· v2 goes on trial beside v1 and may take up to 100%.");
  expect(line.read(line.configuration)).toBe(before);
});

test("a rollback that has nothing to take back changes nothing, however often it is asked for", async () => {
  await using line = await createCommandLine();
  const before = line.read(line.configuration);
  for (const _ of [1, 2]) {
    const run = await line.run("rollback", "--no-up", "--json");
    expect(jsonOf(run)).toMatchObject({ changed: false, diff: "", traffic: [], exitCode: 0 });
  }
  expect(line.read(line.configuration)).toBe(before);
});

test("a configuration with problems is not edited by a move, but rolled back all the same", async () => {
  await using line = await createCommandLine({ rollout: [...candidate, "bake: 5"] });
  const refused = await line.run("advance", "--yes", "--no-up", "--json");
  expect(jsonOf(refused)).toMatchObject({ exitCode: 2, problems: [{ path: "model-lifecycle:release.rollout.bake" }] });
  const back = await line.run("rollback", "--no-up", "--json");
  expect(jsonOf(back)).toMatchObject({ exitCode: 0, changed: true });
  expect(line.read(line.configuration)).not.toContain("candidate: v2");
});

const broken: readonly { readonly title: string; readonly text: string; readonly says: string }[] = [
  { title: "no YAML", text: "config: [", says: "Pulumi.dev.yaml:1:10: A { or [ before this is not closed" },
  { title: "no release", text: "config: {}\n", says: "has no model-lifecycle:release" },
  {
    title: "a release without a rollout",
    text: 'config: { "model-lifecycle:release": { model: {} } }\n',
    says: "release.rollout",
  },
];
test.each(broken)("a file with $title cannot be rolled back, and says so with 2", async ({ text, says }) => {
  await using line = await createCommandLine();
  line.write(line.configuration, text);
  const run = await line.run("rollback", "--no-up");
  expect(run.stderr).toContain(says);
  expect(run.code).toBe(2);
  expect(line.read(line.configuration)).toBe(text);
});
