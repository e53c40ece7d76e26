import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { planTraffic } from "../../../components/lifecycle/index.ts";
import { parseRelease } from "../../../components/release/index.ts";
import type { TrafficStatus } from "../../../components/traffic/index.ts";
import { renderCure, renderDuration } from "../../../stacks/cli/plan/wording.ts";
import { type CommandLine, createCommandLine, jsonOf } from "./command-line.ts";
import { type FakeGateway, startFakeGateway, statusOf } from "./fake-gateway.ts";
import { readYaml } from "./read-yaml.ts";

const figures = ["--rps", "100", "--baseline", "1%"];

test("a plan tells each step, what it finds, when it is left and how long it all takes", async () => {
  await using line = await createCommandLine();
  const before = line.read(line.configuration);
  const { code, stdout } = await line.run("plan", ...figures);
  expect(code).toBe(0);
  expect(stdout).toBe(`approval on dev: errorRate at 1 %, 100 a second
  a second: given by --rps
  errorRate: given by --baseline

  step  bake  usually left after  finds        if it breaks here  left on
  7%    60 s  60 s                +5 points    20 failed          the next can spoil 1% at most
  30%   60 s  60 s                +2.3 points  68 failed          the next can spoil 1% at most
  50%   60 s  2 min (7 min)       +1.5 points  111 failed         errorRate shown within its margin
  95%   60 s  7 min (29 min)      +1.3 points  339 failed         errorRate shown within its margin

  finds: so much above stable's rate is out by then in 90 % of cases; smaller harm up to the margin is tolerated.
  In parentheses: so long for 90 % of the versions that are as good as stable.

  ✓ feasible: half of the good versions can be promoted after 11 min, 90 % of them after 38 min; allowed are 24 h.
  refusalRate must be shown as well; the times are those of errorRate.
  The last step takes 7 min of it, because stable keeps 5% to compare with. With holdBack: "20%" all takes 7 min.
  steps: ["7%","30%","50%","100%"], bake: "1 minute"; write them: --write
`);
  expect(line.read(line.configuration)).toBe(before);
  expect(readFileSync(resolve(import.meta.dirname, "../../../docs/plan.md"), "utf8")).toContain(stdout);
});

test("--write writes steps and bake, keeps comments, copies and quotes, and the same again changes nothing", async () => {
  await using line = await createCommandLine();
  line.write(line.configuration, line.read(line.configuration).replace('steps: ["5%"', 'steps: ["shadow", "5%"'));
  const run = await line.run("plan", ...figures, "--bake", "90 seconds", "--write", "--yes", "--no-up", "--json");
  expect(jsonOf(run)).toMatchObject({
    ...{ command: "plan", exitCode: 0, changed: true, guard: "errorRate", others: ["refusalRate"] },
    document: { steps: ["7%", "30%", "50%", "100%"], bake: "90 seconds" },
    reasons: ["A candidate climbs shadow → 7% → 30% → 50% → 100% and stays on each for 90 seconds at least."],
  });
  const text = line.read(line.configuration);
  expect(text).toContain(`      # how the candidate climbs\n      steps: ["shadow", "7%", "30%", '50%', "100%"]\n`);
  expect(text).toContain('        - { metric: errorRate, margin: "0.5pp" } # points\n      bake: "90 seconds"\n');
  const again = await line.run("plan", ...figures, "--bake", "90 seconds", "--write", "--yes", "--no-up");
  expect(again.stdout).toContain("Nothing to change in");
  expect(line.read(line.configuration)).toBe(text);
});

test("with a candidate on trial the plan goes as far as its weight, and says that it is judged anew", async () => {
  await using line = await createCommandLine({ rollout: ["candidate: v2", 'weight: "50%"'] });
  const run = await line.run("plan", ...figures, "--write", "--yes", "--no-up", "--json");
  expect(jsonOf(run)).toMatchObject({
    document: { steps: ["7%", "30%", "50%"], bake: "1 minute" },
    reasons: [
      "A candidate climbs 7% → 30% → 50% and stays on each for 1 minute at least.",
      "v2 is on trial: what it has shown so far is judged anew.",
    ],
  });
});

describe("a plan that is not feasible", () => {
  test("ends with 1, why and what would help, and is not written", async () => {
    await using line = await createCommandLine();
    const before = line.read(line.configuration);
    const run = await line.run("plan", "--rps", "10", "--baseline", "5%", "--write", "--yes");
    expect(run.code).toBe(1);
    expect(run.stdout).toContain(`  ✗ not feasible:
    90 % of the candidates that are as good as stable are through after 30.3 h; allowed are 24 h
  Each of these alone is enough:
    a wider margin: { metric: errorRate, margin: "0.57pp" }
    more time: maxDuration: "31 hours"
    more traffic: 14 a second
    more to compare with: holdBack: "6.8%"
`);
    expect(run.stderr).toBe("Not feasible: nothing was written.\n");
    expect(line.read(line.configuration)).toBe(before);
  });

  test("each way out is said in the words of the configuration, rounded up to what it takes", () => {
    const guard = { name: "e", kind: "proportion", direction: "increase", baseline: 0.01 } as const;
    const settings = { guard: { ...guard, margin: { kind: "relative", value: 0.2 } }, unitsPerSecond: 1 } as const;
    expect(renderCure({ change: "margin", from: 0.2, to: 0.55 }, settings, "e")).toBe(
      'a wider margin: { metric: e, margin: "55%" }',
    );
    expect(renderCure({ change: "margin", from: 0.2, to: 0.00012 }, settings, "e")).toContain('margin: "0.02%"');
    expect(renderCure({ change: "burst", from: 20, to: 33.5 }, settings, "e")).toBe("more that may fail: --burst 34");
    expect(renderCure({ change: "harmBudget", from: 0.01, to: 0.023 }, settings, "e")).toContain('harmBudget: "2.3%"');
    expect(renderCure({ change: "maxDuration", from: 86_400, to: 259_000 }, settings, "e")).toBe(
      'more time: maxDuration: "3 days"',
    );
    expect([1, 59.2, 61, 120, 3_600, 7_260].map(renderDuration)).toEqual([
      ...["1 second", "1 minute", "61 seconds", "2 minutes", "1 hour", "121 minutes"],
    ]);
  });
});

const release = (line: CommandLine) =>
  parseRelease(readYaml(line.read(line.configuration), ["config", "model-lifecycle:release"]));

const counts = (requests: number, errors: number): TrafficStatus["requests"][string] => ({
  ...{ requests, errors, failedOver: 0, shadowed: 0, pinned: 0, p50Ms: 1, p99Ms: 2 },
});

/** A gateway to which five seconds pass whenever it is asked, with so many requests in each. */
async function servingGateway(line: CommandLine, each: number, errors: number): Promise<FakeGateway> {
  const status = statusOf(planTraffic(release(line)));
  let seconds = 0;
  const gateway = await startFakeGateway(line.stateFolder, {
    status,
    watch: () => {
      seconds += 5;
      const at = new Date(Date.parse(status.at) + 1000 * seconds).toISOString();
      gateway.status = { ...status, at, requests: { v1: counts(10_000 + each * seconds, errors) } };
      return "";
    },
  });
  return gateway;
}

describe("what is not given", () => {
  test("is counted where the model is served", async () => {
    await using line = await createCommandLine();
    await using _gateway = await servingGateway(line, 250, 100);
    const run = await line.run("plan", "--json");
    expect(jsonOf(run)).toMatchObject({
      rate: { value: 250, from: "1250 requests in 5 s" },
      baseline: { value: 100.5 / 13_751, from: "100 of 13750 of v1" },
      settings: {
        unitsPerSecond: 250,
        stakeShare: 0.5,
        harmBudget: 0.01,
        reactionSeconds: 2,
        limits: { smallestStep: 0.0001 },
      },
    });
  });

  test("has to be said where nothing serves, and where no request comes", async () => {
    await using line = await createCommandLine();
    const nowhere = await line.run("plan");
    expect(nowhere.code).toBe(2);
    expect(nowhere.stderr).toBe(
      "Nothing serves approval on this machine that could be asked. Say how many requests come in a second: --rps 100\n",
    );
    await using _gateway = await servingGateway(line, 0, 0);
    const silent = await line.run("plan");
    expect(silent.code).toBe(2);
    expect(silent.stderr).toContain("No request came in 10 s. Say how many requests come in a second: --rps 100");
  });

  test("has to be said where sessions count, and not requests", async () => {
    await using line = await createCommandLine({ rollout: ["sticky: { header: x-session-id }", "advance: manual"] });
    const run = await line.run("plan", "--baseline", "1%");
    expect(run.code).toBe(2);
    expect(run.stderr).toContain("Say how many sessions begin in a second: --rps 5");
    const planned = await line.run("plan", ...figures);
    expect(planned.stdout).toContain("Nobody climbs by itself (advance: manual): each step is an mlc advance.");
  });

  test("has to be said of a metric that comes as feedback", async () => {
    await using line = await createCommandLine();
    const text = line.read(line.configuration);
    const feedback = '        - { metric: approved, margin: "5pp", source: feedback }\n';
    line.write(line.configuration, text.replace(/( +- \{ metric: errorRate.*\n)/, `$1${feedback}`));
    const run = await line.run("plan", "--guard", "approved");
    expect(run.code).toBe(2);
    expect(run.stderr).toBe(
      "How often approved comes cannot be asked for. Say how many values come in a second: --rps 5\n",
    );
    const planned = await line.run(
      "plan",
      "--guard",
      "approved",
      "--rps",
      "20",
      "--baseline",
      "60%",
      "--burst",
      "60",
      "--json",
    );
    expect(jsonOf(planned)).toMatchObject({
      exitCode: 0,
      guard: "approved",
      others: ["errorRate", "refusalRate"],
      settings: {
        guard: { direction: "either", margin: { kind: "absolute", value: 0.05 } },
        stakeShare: 1 / 3,
        harmBudget: 1,
      },
    });
    expect((await line.run("complete", "--", "plan", "--guard", "")).stdout).toBe("errorRate\napproved\n");
  });
});

test("all figures that are none are told at once", async () => {
  await using line = await createCommandLine();
  const run = await line.run("plan", "--rps", "x", "--baseline", "0.01", "--burst", "0", "--bake", "soon");
  expect(run.code).toBe(2);
  expect(run.stderr).toBe(`--rps: saw "x"; allowed is a number above 0.
--baseline: saw "0.01"; allowed is a share in per cent, "0%" to "100%".
--burst: saw "0"; allowed is a number above 0.
--bake: saw "soon"; allowed is a duration such as "5 minutes".
`);
});

test("a critical guard, and the one that it brings along, hold four times the stake of another; one that only informs is neither planned for nor waited for", async () => {
  await using line = await createCommandLine();
  const guards = `        - { metric: errorRate, margin: "0.5pp", importance: critical }
        - { metric: latency, margin: "20%" }
        - { metric: approved, margin: "5pp", source: feedback, importance: information }
`;
  line.write(line.configuration, line.read(line.configuration).replace(/ +- \{ metric: errorRate.*\n/, guards));
  const run = await line.run("plan", ...figures, "--json");
  expect(jsonOf(run)).toMatchObject({
    ...{ guard: "errorRate", others: ["refusalRate", "latency"] },
    settings: { stakeShare: 4 / 9 },
  });
  const { stderr } = await line.run("plan", ...figures, "--guard", "approved");
  expect(stderr).toBe('--guard: saw "approved"; allowed is a guard on a share: errorRate, refusalRate.\n');
});

test("a guard that is no share, or none at all, is told with those there are", async () => {
  await using line = await createCommandLine();
  const run = await line.run("plan", ...figures, "--guard", "latency");
  expect(run).toMatchObject({
    code: 2,
    stderr: '--guard: saw "latency"; allowed is a guard on a share: errorRate, refusalRate.\n',
  });
  line.write(line.configuration, line.read(line.configuration).replace(/ +guards:\n.*\n/, ""));
  const none = await line.run("plan", ...figures);
  expect(none.code).toBe(2);
  expect(none.stderr).toContain("rollout.guards has no guard on a share that decides");
});
