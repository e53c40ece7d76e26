import { readFileSync } from "node:fs";
import { afterEach, expect, test } from "vitest";
import { type Interval, type JudgeSettings, judge } from "../../../../components/analysis/index.ts";
import type { RolloutEvidence } from "../../../../components/rollout/index.ts";
import { canaryPlan, errorGuard, latencyGuard, stablePlan } from "../../../support/plans.ts";
import { fail, succeed } from "./fake-server.ts";
import { Bench } from "./harness.ts";

let bench: Bench;
afterEach(() => bench.stop());

const positiveGuard = { ...errorGuard, metric: "positiveRate", source: "feedback", direction: "either" } as const;

const evidence = async (): Promise<RolloutEvidence> => (await bench.admin("/admin/evidence")).json as RolloutEvidence;

/** What the comparison counted, over all intervals. */
async function counted(guard = "errorRate"): Promise<{ n0: number; n1: number; x0: number; x1: number }> {
  const total = { n0: 0, n1: 0, x0: 0, x1: 0 };
  for (const { counts } of (await evidence()).intervals) {
    const seen = counts[guard];
    if (seen === undefined || typeof seen.x0 !== "number" || typeof seen.x1 !== "number") continue;
    total.n0 += seen.n0;
    total.n1 += seen.n1;
    total.x0 += seen.x0;
    total.x1 += seen.x1;
  }
  return total;
}

/** Until every request that was answered has been counted in a closed interval. */
async function countedAll(requests: number): Promise<Awaited<ReturnType<typeof counted>>> {
  for (;;) {
    const total = await counted();
    if (total.n0 + total.n1 >= requests) return total;
    await bench.until(() => true);
  }
}

test("20,000 requests at 5 % are split within half a point, and all are counted", async () => {
  bench = await Bench.start();
  for (const server of bench.servers.values()) server.remember = false;
  await bench.accepted(canaryPlan());
  const { statuses, versions, sent } = await bench.load((count) => count >= 20_000);
  expect([...statuses]).toEqual([[200, sent]]);
  expect(Math.abs((versions.get("v2") ?? 0) / sent - 0.05)).toBeLessThan(0.005);
  expect(await countedAll(sent)).toEqual({ n0: versions.get("v1"), n1: versions.get("v2"), x0: 0, x1: 0 });
  expect(bench.server("v2").received).toBe(versions.get("v2"));
});

test("100 weight changes under load lose nothing", async () => {
  bench = await Bench.start();
  await bench.accepted(stablePlan());
  let done = false;
  const load = bench.load(() => done);
  for (let i = 0; i < 100; i++) await bench.accepted(canaryPlan({ weight: 100 + 90 * i }));
  done = true;
  const { lost, statuses, sent } = await load;
  expect(lost).toBe(0);
  expect([...statuses]).toEqual([[200, sent]]);
  expect((await bench.status()).weights).toEqual({ v1: 990, v2: 9_010 });
});

test("a weight holds from the next request on", async () => {
  bench = await Bench.start();
  for (const [weight, version] of [
    [10_000, "v2"],
    [0, "v1"],
    [10_000, "v2"],
  ] as const) {
    await bench.accepted(canaryPlan({ weight }));
    const { versions } = await bench.load((count) => count >= 50);
    expect([...versions.keys()]).toEqual([version]);
  }
});

test("a killed candidate costs no client an answer, and every failure is its own", async () => {
  bench = await Bench.start();
  await bench.accepted(canaryPlan({ weight: 5_000 }));
  let done = false;
  const load = bench.load(() => done);
  await bench.until(({ requests }) => (requests.v2?.requests ?? 0) > 100);
  await bench.server("v2").kill();
  const status = await bench.until(({ rollout }) => rollout.phase === "aborted");
  done = true;
  const { lost, statuses, sent } = await load;
  expect(lost).toBe(0);
  expect([...statuses]).toEqual([[200, sent]]);
  expect(status.rollout.ended).toMatchObject({ cause: "guard:errorRate", lastBadMs: 0 });
  const { requests } = await bench.status();
  expect(requests.v1?.errors).toBe(0);
  expect(requests.v2?.failedOver).toBe(requests.v2?.errors);
  const total = await counted();
  expect(total.x0).toBe(0);
  expect(total.x1).toBeGreaterThan(0);
});

test("the error guard stops an error-prone candidate, and its verdict can be judged again from the intervals", async () => {
  bench = await Bench.start();
  await bench.accepted(canaryPlan({ weight: 2_000 }));
  bench.server("v2").answer = (_seen, response) => (Math.random() < 0.3 ? fail(response) : succeed(response, "v2"));
  let done = false;
  const load = bench.load(() => done);
  const status = await bench.until(({ rollout }) => rollout.phase === "aborted");
  done = true;
  expect([...(await load).statuses.keys()]).toEqual([200]);
  expect(status.weights).toEqual({ v1: 10_000, v2: 0 });
  expect(status.rollout.ended?.detectSeconds).toBeGreaterThan(0);
  const { settings, intervals, verdict } = await evidence();
  expect(judge(intervals as readonly Interval[], settings as JudgeSettings)).toEqual(verdict);
  expect(verdict?.verdict).toBe("rollback");
  expect(judge(intervals.slice(0, -1), settings as JudgeSettings).verdict).not.toBe("rollback");
});

test("nothing is sent to the candidate after the decision", async () => {
  bench = await Bench.start();
  await bench.accepted(canaryPlan({ weight: 5_000 }));
  bench.server("v2").answer = (_seen, response) => fail(response);
  let done = false;
  const load = bench.load(() => done);
  await bench.until(({ rollout }) => rollout.phase === "aborted");
  const { received } = bench.server("v2");
  await bench.until(({ requests }) => (requests.v1?.requests ?? 0) > received + 1_000);
  done = true;
  await load;
  expect(bench.server("v2").received).toBe(received);
  expect((await bench.status()).rollout.ended?.lastBadMs).toBe(0);
});

test("the latency guard stops a slow candidate", async () => {
  bench = await Bench.start();
  await bench.accepted(canaryPlan({ weight: 5_000 }, { guards: [errorGuard, latencyGuard] }));
  bench.server("v2").answer = (_seen, response) => void setTimeout(() => succeed(response, "v2"), 60);
  let done = false;
  const load = bench.load(() => done);
  const status = await bench.until(({ rollout }) => rollout.phase === "aborted");
  done = true;
  await load;
  expect(status.rollout.ended?.cause).toBe("guard:latency");
});

test("feedback stops a candidate that answers fast, without errors, and wrong", async () => {
  bench = await Bench.start();
  await bench.accepted(canaryPlan({ weight: 5_000 }, { guards: [errorGuard, positiveGuard] }));
  let done = false;
  const lane = async (): Promise<void> => {
    while (!done) {
      const { headers } = await bench.predict();
      const value = headers["x-model-version"] === "v2" ? 0.9 : 0.5;
      const body = JSON.stringify({ predictionId: headers["x-prediction-id"], metric: "positiveRate", value });
      await bench.feedBack(body);
    }
  };
  const lanes = Promise.all(Array.from({ length: 8 }, lane));
  const status = await bench.until(({ rollout }) => rollout.phase === "aborted");
  done = true;
  await lanes;
  expect(status.rollout.ended?.cause).toBe("guard:positiveRate");
});

test("automatic steps climb to completion on evidence", async () => {
  bench = await Bench.start();
  const steps = [
    { kind: "shadow" },
    ...[2_000, 5_000, 10_000].map((weight) => ({ kind: "weight", weight }) as const),
  ] as const;
  await bench.accepted(canaryPlan({ weight: 10_000 }, { advance: "automatic", steps, bakeMs: 500, holdBack: 1_000 }));
  let done = false;
  const load = bench.load(() => done, 32);
  const status = await bench.until(({ rollout }) => rollout.phase === "complete");
  done = true;
  await load;
  expect(status.weights).toEqual({ v1: 1_000, v2: 9_000 });
  expect(status.events.map(({ text }) => text)).toEqual(
    expect.arrayContaining(["shadow → 20 %", "20 % → 50 %", "50 % → 90 %"]),
  );
});

test("copies reach the candidate, answer nobody, and are not compared", async () => {
  bench = await Bench.start();
  await bench.accepted(canaryPlan({ weight: 0, shadow: true }));
  const { versions, sent } = await bench.load((count) => count >= 300, 4, { headers: { traceparent: "t" } });
  expect([...versions]).toEqual([["v1", sent]]);
  await bench.until(({ requests }) => (requests.v2?.shadowed ?? 0) > 0);
  expect(bench.server("v2").seen[0]).toMatchObject({
    path: "/predict",
    body: '{"text":"good"}',
    headers: { traceparent: "t" },
  });
  expect(await countedAll(sent)).toEqual({ n0: sent, n1: 0, x0: 0, x1: 0 });
  const { copies } = await evidence();
  const pairs = copies.map(({ counts }) => counts.errorRate);
  expect(pairs.reduce((sum, pair) => sum + (pair?.n1 ?? 0), 0)).toBeGreaterThan(0);
  expect((await bench.status()).requests.v2?.requests).toBe(0);
});

test("a candidate that never answers copies slows no answer", async () => {
  bench = await Bench.start();
  bench.server("v2").answer = () => {};
  await bench.accepted(canaryPlan({ weight: 0, shadow: true }));
  const { statuses, sent } = await bench.load((count) => count >= 300);
  expect([...statuses]).toEqual([[200, sent]]);
  expect(bench.server("v2").received).toBeLessThanOrEqual(32);
  expect((await bench.admin("/metrics")).text).toMatch(/model_shadow_dropped_total\{model="sentiment"\} [1-9]/);
});

test("a pinned request goes where it says, is not compared, and is not answered by another version", async () => {
  bench = await Bench.start();
  await bench.accepted(canaryPlan({ weight: 1 }));
  for (const version of ["v1", "v2"]) {
    for (const answer of [
      await bench.predict({ headers: { "x-model-version": version } }),
      await bench.data(`/v2/models/sentiment/versions/${version}/infer`, { method: "POST", body: "{}" }),
    ]) {
      expect(answer).toMatchObject({ status: 200, headers: { "x-model-version": version } });
    }
  }
  bench.server("v2").answer = (_seen, response) => fail(response, 503);
  expect((await bench.predict({ headers: { "x-model-version": "v2" } })).status).toBe(503);
  const { requests } = await bench.status();
  expect(requests.v2).toMatchObject({ requests: 3, pinned: 3, errors: 1, failedOver: 0 });
  const { sent } = await bench.load((count) => count >= 1);
  expect(await countedAll(sent)).toMatchObject({ n0: sent });
});

test("an unknown version is 404, a retired one 410 with its successor, a deprecated one says until when", async () => {
  bench = await Bench.start();
  const sunset = "2027-05-31T00:00:00Z";
  const notices = {
    v0: { phase: "retired", sunset, successor: "v1" },
    v1: { phase: "deprecated", sunset, successor: "v2" },
  } as const;
  await bench.accepted(stablePlan({ notices }));
  expect(await bench.predict({ headers: { "x-model-version": "v7" } })).toMatchObject({
    status: 404,
    json: { error: "sentiment has no version v7", versions: ["v1", "v2"] },
  });
  expect(await bench.predict({ headers: { "x-model-version": "v0" } })).toMatchObject({
    status: 410,
    json: { version: "v0", successor: "v1", sunset },
    headers: { link: '</v2/models/sentiment/versions/v1>; rel="successor-version"' },
  });
  const answer = await bench.predict();
  expect(answer).toMatchObject({ status: 200, headers: { sunset: "Mon, 31 May 2027 00:00:00 GMT" } });
  expect(answer.headers.deprecation).toMatch(/^@\d{10}$/);
  expect((await bench.predict({ headers: { "x-model-version": "v2" } })).headers.sunset).toBeUndefined();
});

test("a session stays with its version, and counts once in an interval", async () => {
  bench = await Bench.start();
  await bench.accepted(canaryPlan({ weight: 5_000, stickyHeader: "X-User" }));
  const chosen = new Map<string, unknown>();
  for (let i = 0; i < 200; i++) {
    const user = `user-${i % 20}`;
    const version = (await bench.predict({ headers: { "x-user": user } })).headers["x-model-version"];
    expect(chosen.get(user) ?? version).toBe(version);
    chosen.set(user, version);
  }
  expect(new Set(chosen.values())).toEqual(new Set(["v1", "v2"]));
  const { n0, n1 } = await countedAll(20);
  expect(n0 + n1).toBeLessThanOrEqual(100);
});

test("what a client sends reaches the server unchanged, and the answer the client", async () => {
  bench = await Bench.start();
  const body = Buffer.from(JSON.stringify({ text: `gut 👍 ${"x".repeat(200_000)}` }));
  bench.server("v1").answer = (seen, response) => {
    response.setHeader("x-own", "kept");
    response.end(seen.body);
  };
  await bench.accepted(stablePlan());
  const answer = await bench.predict({ body, headers: { "content-type": "application/json", "x-request-id": "r1" } });
  expect(answer).toMatchObject({ status: 200, text: body.toString(), headers: { "x-own": "kept" } });
  expect(bench.server("v1").seen[0]?.headers).toMatchObject({
    "content-type": "application/json",
    "x-request-id": "r1",
  });
});

test("stable's own failures pass through", async () => {
  bench = await Bench.start();
  await bench.accepted(stablePlan());
  bench.server("v1").answer = (_seen, response) => fail(response, 500);
  expect((await bench.predict()).status).toBe(500);
  await bench.server("v1").kill();
  const answer = await bench.predict();
  expect(answer.status).toBe(503);
  expect(answer.json).toMatchObject({ hint: expect.stringContaining("mlc doctor") });
});

test("what serves by override stands in the metrics with its reason, and only then", async () => {
  bench = await Bench.start();
  await bench.accepted(stablePlan());
  expect((await bench.admin("/metrics")).text).not.toContain("model_override_info{");
  await bench.accepted(stablePlan({ stable: "v2", previous: "v1", override: 'the "old" one leaks' }));
  const { text } = await bench.admin("/metrics");
  const labels = String.raw`model="sentiment",version="v2",reason="the \"old\" one leaks"`;
  expect(text).toContain(`model_override_info{${labels}} 1\n`);
  expect(text).toContain('model_state_losses{model="sentiment"} 0\n');
});

test("metrics have every deployed version at 0 before the first request, and count afterwards", async () => {
  bench = await Bench.start();
  await bench.accepted(canaryPlan());
  const before = (await bench.admin("/metrics")).text;
  for (const line of [
    'model_requests_total{model="sentiment",version="v2",code="200"} 0',
    'model_request_duration_seconds_count{model="sentiment",version="v2"} 0',
    'model_traffic_weight{model="sentiment",version="v2"} 0.05',
    'model_rollout_phase{model="sentiment",phase="progressing"} 1',
    'model_rollout_evalue{model="sentiment",metric="errorRate",side="rollback"} 0',
    'model_failover_total{model="sentiment",version="v2"} 0',
    'model_shadow_total{model="sentiment",version="v2"} 0',
  ]) {
    expect(before).toContain(line);
  }
  const { versions } = await bench.load((count) => count >= 200);
  const after = (await bench.admin("/metrics")).text;
  expect(after).toContain(`model_requests_total{model="sentiment",version="v1",code="200"} ${versions.get("v1")}`);
  expect(after).toContain(
    `model_request_duration_seconds_bucket{model="sentiment",version="v1",le="+Inf"} ${versions.get("v1")}`,
  );
});

test("every interval is a line on the disk", async () => {
  bench = await Bench.start();
  await bench.accepted(canaryPlan());
  const { sent } = await bench.load((count) => count >= 100);
  await countedAll(sent);
  const lines = readFileSync(bench.file("intervals.jsonl"), "utf8").trim().split("\n");
  const units = lines.map((line) => JSON.parse(line).live.counts.errorRate).map(({ n0, n1 }) => n0 + n1);
  expect(units.reduce((a, b) => a + b, 0)).toBe(sent);
});
