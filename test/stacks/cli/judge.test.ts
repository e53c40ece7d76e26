import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { Failure } from "../../../stacks/cli/failure.ts";
import { createProgram } from "../../../stacks/cli/program.ts";
import { openTerminal } from "../../../stacks/cli/terminal.ts";
import { judge } from "../../../stacks/cli/verbs/judge.ts";
import { openMetrics, sample } from "../../metric-sources/open-metrics.ts";
import { hasPrometheus, prometheusNeeded, startPrometheus } from "../../metric-sources/real-prometheus.ts";
import { type CommandLine, createCommandLine, jsonOf, mlc } from "./command-line.ts";

const FROM = Date.parse("2026-01-05T10:00:00Z");

/** Lines of some minutes: 1,700 requests of v1 with 17 failures, 100 of v2 with so many. */
const minutes = (from: number, to: number, failures: number): string =>
  Array.from({ length: to - from }, (_, i) => new Date(FROM + (from + i) * 60_000).toISOString())
    .flatMap((at) => [`${at},60,v1,1700,17,5`, `${at},60,v2,100,${failures},0`])
    .map((line) => `${line}\n`)
    .join("");

const names = "at,seconds,version,requests,errors,refusals\n";
const described = ["--stable", "v1", "--candidate", "v2", "--guard", "errorRate=0.5pp"];

test("harm in a file ends with 3, with the culprit, and its evidence verifies as the same", async () => {
  await using line = await createCommandLine();
  line.write("counts.csv", names + minutes(0, 6, 1) + minutes(6, 30, 4));
  const run = await line.run("judge", "--file", "counts.csv", ...described, "--out", "v2.json");
  expect(run.code).toBe(3);
  expect(run.stdout).toContain("v2 against v1  counts.csv, 2026-01-05T10:00:00Z to 2026-01-05T10:30:00Z, 30 intervals");
  expect(run.stdout).toContain("verdict  rollback");
  expect(run.stdout).toContain("culprit  errorRate: candidate 3.48 % of 3000, v1 1.00 % of 51000");
  const verified = await line.run("evidence", "verify", "v2.json", "--json");
  expect(jsonOf(verified)).toMatchObject({ same: true, exitCode: 0 });
  expect(JSON.parse(line.read("v2.json"))).toMatchObject({
    source: "counts.csv",
    rollout: { identity: "", stable: "v1", candidate: "v2", from: "2026-01-05T10:00:00.000Z" },
    read: [{ query: "counts.csv", from: FROM, to: FROM + 30 * 60_000, samples: 60 }],
  });
});

test("where the counts were read is under the hash of the evidence: another source is another document", async () => {
  await using line = await createCommandLine();
  line.write("counts.csv", names + minutes(0, 3, 1));
  await line.run("judge", "--file", "counts.csv", ...described, "--out", "v2.json");
  line.write("v2.json", line.read("v2.json").replace('"source":"counts.csv"', '"source":"better.csv"'));
  const verified = await line.run("evidence", "verify", "v2.json", "--json");
  expect(jsonOf(verified)).toMatchObject({ same: false, exitCode: 1 });
});

test("a candidate that is shown harmless ends with 0, before its bake is over or on too little data with 4", async () => {
  await using line = await createCommandLine();
  line.write("counts.csv", names + minutes(0, 120, 1));
  const shown = await line.run("judge", "--file", "counts.csv", ...described, "--json");
  expect(jsonOf(shown)).toMatchObject({ command: "judge", verdict: "promote", intervals: 120, exitCode: 0 });
  line.write("quick.csv", (names + minutes(0, 120, 1)).replaceAll(",60,", ",0.4,"));
  const quick = await line.run("judge", "--file", "quick.csv", ...described);
  expect(quick.code).toBe(4);
  expect(quick.stdout).toContain("next     bake: 12 s more to be judged");
  const early = await line.run("judge", "--file", "counts.csv", ...described, "--to", "2026-01-05T10:05:00Z", "--json");
  expect(jsonOf(early)).toMatchObject({ verdict: "continue", intervals: 5, exitCode: 4 });
});

test("guards, versions and settings are those of the stack's release, and one that the file lacks can be left out", async () => {
  await using line = await createCommandLine({ rollout: ["candidate: v2", 'weight: "50%"', 'alpha: "2%"'] });
  line.write("counts.csv", (names + minutes(0, 30, 4)).replaceAll(/,[^,\n]*\n/g, "\n"));
  const refused = await line.run("judge", "--file", "counts.csv");
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain("Leave it out (mlc judge --skip refusalRate), or write them");
  const run = await line.run("judge", "--file", "counts.csv", "--skip", "refusalRate", "--json");
  expect(jsonOf(run)).toMatchObject({ verdict: "rollback", evidence: { alpha: 0.02 }, stable: "v1", candidate: "v2" });
});

test("a file that is followed is judged as it grows, and ctrl-C writes the evidence of what was judged", async () => {
  await using line = await createCommandLine();
  line.write("counts.csv", names + minutes(0, 2, 1));
  const args = ["judge", "--file", "counts.csv", ...described, "--watch", "--out", "v2.json"];
  const child = spawn(process.execPath, [mlc, ...args], { cwd: line.root, env: { PATH: "/nowhere", NO_COLOR: "1" } });
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const saw = async (text: string): Promise<void> => {
    while (!said.includes(text) && child.exitCode === null) await sleep(50);
  };
  await saw("2026-01-05T10:01:00Z  errorRate 17/1700 : 1/100");
  appendFileSync(join(line.root, "counts.csv"), minutes(2, 3, 2));
  await saw("2026-01-05T10:02:00Z  errorRate 17/1700 : 2/100");
  const code = new Promise((done) => child.once("close", done));
  child.kill("SIGINT");
  expect(await code).toBe(130);
  expect(JSON.parse(line.read("v2.json")).intervals).toHaveLength(3);
  expect(said).toContain("verdict  continue");
});

test("--watch ends by itself once harm is shown", async () => {
  await using line = await createCommandLine();
  line.write("counts.csv", names + minutes(0, 30, 4));
  const run = await line.run("judge", "--file", "counts.csv", ...described, "--watch", "--json");
  expect(jsonOf(run)).toMatchObject({ verdict: "rollback", ended: "decided", exitCode: 3 });
});

const wrong: readonly { readonly args: readonly string[]; readonly says: string }[] = [
  { args: [...described], says: "Name one: --file counts.csv, or --prometheus URL." },
  { args: [...described, "--file", "a.csv", "--prometheus", "http://b"], says: "Name one: --file" },
  { args: [...described, "--file", "none.csv"], says: "it is not there (ENOENT)" },
  { args: [...described, "--file", "counts.csv", "--series", "gateway"], says: "--series is for --prometheus" },
  { args: ["--file", "counts.csv"], says: "The release has no candidate. Put one on trial (mlc start VERSION)" },
  { args: ["--file", "counts.csv", "--guard", "errorRate=0.5pp"], says: "--stable VERSION --candidate VERSION" },
  { args: [...described, "--guard", "latency=5pp"], says: `a ratio to stable for latency, such as "20%"` },
  {
    args: [...described, "--file", "counts.csv", "--skip", "lateness"],
    says: "allowed are the guards of the rollout: errorRate, refusalRate",
  },
  {
    args: [...described, "--file", "counts.csv", "--skip", "errorRate", "--skip", "refusalRate"],
    says: "There is no guard",
  },
  { args: [...described, "--file", "counts.csv", "--from", "yesterday"], says: '--from: seen "yesterday"' },
  {
    args: [...described, "--file", "counts.csv", "--from", "2026-01-05T11:00:00Z"],
    says: "allowed is at least one interval, before 2026-01-05T10:02:00.000Z",
  },
  { args: [...described, "--prometheus", "prometheus:9090"], says: "allowed is an address such as http://" },
  { args: [...described, "--prometheus", "http://u:p@b"], says: "Set MLC_PROMETHEUS_USER" },
  {
    args: [...described, "--prometheus", "http://b", "--series", "otel"],
    says: "allowed are gateway, envoy, istio, otel-http, otel-gen-ai",
  },
  { args: [...described, "--prometheus", "http://b", "--select", "x"], says: "allowed is label=value" },
  { args: [...described, "--prometheus", "http://b", "--interval", "0"], says: "a number of seconds from 1 to 3600" },
  { args: ["--serve", "8080"], says: "Name one: --file counts.csv, or --prometheus URL." },
  { args: ["--serve", "http", "--prometheus", "http://b"], says: '--serve: seen "http", allowed is a port' },
  { args: ["--serve", "0", "--file", "counts.csv"], says: "--file is for a judge that ends, and not for --serve" },
  { args: ["--serve", "0", "--prometheus", "http://b", "--watch"], says: "--watch is for a judge that ends" },
];

/** Runs the verb in this process. */
async function failureOf(args: readonly string[]): Promise<Failure | undefined> {
  let failure: Failure | undefined;
  const program = createProgram([judge], async (_name, verb, invocation) => {
    await verb.run(openTerminal({ json: true }), invocation).catch((error: Failure) => {
      failure = error;
    });
  });
  await program.parseAsync(["judge", ...args], { from: "user" });
  return failure;
}

test.each(wrong)("mlc judge ends with 2 and says: $says", async ({ args, says }) => {
  await using line = await createCommandLine();
  line.write("counts.csv", names + minutes(0, 2, 1));
  const own = args.map((word) => (word === "counts.csv" ? join(line.root, word) : word));
  const failure = await failureOf([...own, "--cwd", line.root]);
  expect(failure?.message).toContain(says);
  expect(failure?.exitCode).toBe(2);
});

test("a server that does not answer ends with 1", async () => {
  await using line = await createCommandLine();
  const run = await line.run("judge", ...described, "--prometheus", "http://127.0.0.1:9", "--json");
  expect(run.code).toBe(1);
  expect(jsonOf(run)).toMatchObject({ problems: [{ path: "http://127.0.0.1:9" }], exitCode: 1 });
});

describe.skipIf(!hasPrometheus)(`on a real server${prometheusNeeded}`, () => {
  /** Scrapes of four hours, each a minute after the other. */
  const samples = (version: string, code: number, each: number): readonly string[] =>
    Array.from({ length: 241 }, (_, i) => {
      const labels = { job: "models", instance: "gateway", model: "approval", version, code };
      return sample("model_requests_total", labels, i * each, FROM + i * 60_000 - 1);
    });
  const server = () =>
    startPrometheus({
      samples: openMetrics({
        model_requests: [
          ...samples("v1", 200, 1683),
          ...samples("v1", 500, 17),
          ...samples("v2", 200, 96),
          ...samples("v2", 500, 4),
        ],
      }),
    });

  test("a rollout of the past is judged from its series, hours of it, and what was asked stands in the evidence", async () => {
    await using line = await createCommandLine({ rollout: ["candidate: v2", 'weight: "50%"'] });
    await using prometheus = await server();
    const span = ["--from", "2026-01-05T10:00:00Z", "--to", "2026-01-05T14:00:00Z"];
    const run = await line.run("judge", "--prometheus", prometheus.url, ...span, "--out", "v2.json", "--json");
    const select = 'model_requests_total{model="approval",version=~"v1|v2"}';
    expect(jsonOf(run)).toMatchObject({
      verdict: "rollback",
      intervals: 240,
      evidence: { culprit: { guard: "errorRate" } },
      read: [
        { query: select, from: FROM, to: FROM + 4 * 3_600_000, series: 4 },
        { query: 'up{job=~"models",instance=~"gateway"}' },
      ],
      exitCode: 3,
    });
    expect(await line.run("evidence", "verify", "v2.json")).toMatchObject({ code: 0 });
  });

  test("a label that nobody has is said with the versions that there are", async () => {
    await using line = await createCommandLine();
    await using prometheus = await server();
    const args = [
      "--stable",
      "v1",
      "--candidate",
      "v7",
      "--guard",
      "errorRate=0.5pp",
      "--from",
      "2026-01-05T10:00:00Z",
    ];
    const run = await line.run("judge", "--prometheus", prometheus.url, ...args, "--to", "2026-01-05T10:30:00Z");
    expect(run.code).toBe(4);
    expect(run.stdout).toContain('No series of model_requests_total has version="v7": there are v1, v2.');
  });

  /** Two hours of Envoy's counters until now: of what serves, of a version that is as good, and of one that fails more. */
  const clusters = () => {
    const now = Date.now();
    const scrapes = (cluster: string, envoy_response_code_class: number, each: number): readonly string[] =>
      Array.from({ length: 121 }, (_, i) => {
        const labels = { job: "envoy", instance: "gateway", envoy_cluster_name: cluster, envoy_response_code_class };
        return sample("envoy_cluster_upstream_rq_xx", labels, i * each, now - (120 - i) * 60_000);
      });
    const share = (cluster: string, good: number, failed: number) => [
      ...scrapes(cluster, 2, good),
      ...scrapes(cluster, 5, failed),
    ];
    const lines = [
      ...share("models_stable_80", 1683, 17),
      ...share("models_good_80", 99, 1),
      ...share("models_bad_80", 96, 4),
    ];
    return startPrometheus({ samples: openMetrics({ envoy_cluster_upstream_rq_xx: lines }) });
  };

  /** A judge that answers for a stable version, and a way to ask it. */
  async function serveVerdicts(line: CommandLine, prometheus: string, ...more: readonly string[]) {
    const counts = ["--prometheus", prometheus, "--series", "envoy", "--guard", "errorRate=0.5pp", ...more];
    const args = [mlc, "judge", "--serve", "0", ...counts, "--stable", "models_stable_80"];
    const child = spawn(process.execPath, args, { cwd: line.root, env: { PATH: "/nowhere", NO_COLOR: "1" } });
    const [said] = await once(child.stdout.setEncoding("utf8"), "data");
    const url = `http://127.0.0.1:${/port (\d+)/.exec(said)?.[1]}`;
    const ask = async (path: string) => {
      const answer = await fetch(`${url}${path}`);
      return { status: answer.status, body: (await answer.json()) as Readonly<Record<string, unknown>> };
    };
    return { child, url, ask };
  }

  test("--serve begins with what comes: what was counted before may be another's behind the same name", async () => {
    await using line = await createCommandLine();
    await using prometheus = await clusters();
    const { child, ask } = await serveVerdicts(line, prometheus.url);
    const { body } = await ask("/verdict?candidate=models_bad_80&trial=2");
    child.kill("SIGTERM");
    expect(body).toMatchObject({ verdict: "noData", intervals: 0, decided: false });
  });

  test("--serve answers verdicts over HTTP, one for each trial, for as long as it runs", async () => {
    await using line = await createCommandLine();
    const prometheus = await clusters();
    const { child, url, ask } = await serveVerdicts(line, prometheus.url, "--from", "2h");
    expect(await ask("/verdict?candidate=models_bad_80")).toMatchObject({
      status: 200,
      body: { verdict: "rollback", decided: true, candidate: "models_bad_80", stable: "models_stable_80" },
    });
    expect((await ask("/rollback?candidate=models_bad_80")).status).toBe(200);
    expect((await ask("/rollback?candidate=models_good_80")).status).toBe(409);
    const hook = { method: "POST", body: JSON.stringify({ name: "sentiment", checksum: "69b9d8c5" }) };
    expect((await fetch(`${url}/rollback?candidate=models_bad_80`, hook)).status).toBe(200);
    const healthy = await ask("/verdict?candidate=models_good_80");
    expect(healthy.body.verdict).not.toBe("rollback");
    const [first, second] = await Promise.all([
      ask("/verdict?candidate=models_good_80"),
      ask("/verdict?candidate=models_good_80"),
    ]);
    expect([first.body.intervals, second.body.intervals]).toEqual([healthy.body.intervals, healthy.body.intervals]);
    expect(await ask("/verdict")).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining("--candidate VERSION") },
    });
    expect((await ask("/verdicts")).status).toBe(404);
    expect((await ask("/healthz")).status).toBe(200);
    await prometheus[Symbol.asyncDispose]();
    expect(await ask("/verdict?candidate=models_good_80")).toMatchObject({
      status: 503,
      body: { error: expect.stringContaining(prometheus.url) },
    });
    const code = once(child, "exit");
    child.kill("SIGTERM");
    expect(await code).toEqual([0, null]);
  });
});
