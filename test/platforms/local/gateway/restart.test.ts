import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { Agent } from "node:http";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { FORMAT } from "../../../../components/platforms/local/gateway/record-files.ts";
import { canaryPlan, stablePlan } from "../../../support/plans.ts";
import { fail } from "./fake-server.ts";
import { Bench } from "./harness.ts";

let bench: Bench;
afterEach(() => bench.stop());

/** kill -9, then a new process on the same folder. */
async function killAndRestart(): Promise<void> {
  bench.gateway.child.kill("SIGKILL");
  await bench.gateway.exited;
  await bench.startGateway();
}

const failing = (plan = canaryPlan({ weight: 5_000 })) => {
  bench.server("v2").answer = (_seen, response) => fail(response);
  return bench.accepted(plan);
};

async function untilAborted() {
  let done = false;
  const load = bench.load(() => done);
  const status = await bench.until(({ rollout }) => rollout.phase === "aborted");
  done = true;
  await load;
  return status;
}

test("an abort holds after kill -9, and over every edit of the same rollout that asks for traffic", async () => {
  bench = await Bench.start();
  const plan = canaryPlan({ weight: 5_000 });
  await failing(plan);
  const before = await untilAborted();
  await killAndRestart();
  const after = await bench.status();
  expect(after.weights).toEqual({ v1: 10_000, v2: 0 });
  expect(after.rollout.ended).toEqual(before.rollout.ended);
  expect([...(await bench.load((count) => count >= 100)).versions.keys()]).toEqual(["v1"]);

  expect((await bench.put(plan)).status).toBe(200);
  for (const again of [canaryPlan({ weight: 100 }), canaryPlan({ weight: 0, shadow: true })]) {
    expect(await bench.put(again)).toMatchObject({
      status: 409,
      json: { code: "rolloutAborted", reason: before.rollout.ended?.reason },
    });
  }
  expect((await bench.status()).weights).toEqual({ v1: 10_000, v2: 0 });
});

test("without traffic for its candidate the plan of an ended rollout is accepted, and so is the next attempt", async () => {
  bench = await Bench.start();
  await bench.accepted(canaryPlan());
  await bench.admin("/admin/abort", { method: "POST", body: '{"reason":"by hand"}', headers: auth() });
  expect((await bench.status()).rollout).toMatchObject({
    phase: "aborted",
    ended: { cause: "person", reason: "by hand" },
  });
  expect((await bench.accepted(canaryPlan({ weight: 0 }))).rollout.phase).toBe("aborted");
  expect((await bench.accepted(stablePlan())).rollout.phase).toBe("idle");
  expect((await bench.put(canaryPlan())).status).toBe(409);
  const next = await bench.accepted(canaryPlan({}, { identity: "rollout-2", attempt: "2" }));
  expect(next.rollout).toMatchObject({ phase: "progressing", identity: "rollout-2" });
  expect(next.weights).toEqual({ v1: 9_500, v2: 500 });
});

const auth = () => ({ authorization: `Bearer ${bench.token}`, "content-type": "application/json" });

test("a rollout goes on after kill -9 with its step and its evidence", async () => {
  bench = await Bench.start();
  const steps = [2_000, 6_000, 10_000].map((weight) => ({ kind: "weight", weight }) as const);
  await bench.accepted(canaryPlan({ weight: 10_000 }, { advance: "automatic", steps, bakeMs: 1_500, beta: 1e-9 }));
  let done = false;
  const load = bench.load(() => done, 4);
  await bench.until(({ rollout }) => rollout.step === 1);
  done = true;
  await load;
  const before = await bench.status();
  await killAndRestart();
  const after = await bench.status();
  expect(after.rollout).toMatchObject({ phase: "progressing", step: 1, startedAt: before.rollout.startedAt });
  expect(after.weights).toEqual({ v1: 4_000, v2: 6_000 });
  const intervals = (status: typeof before) =>
    (status.rollout.verdict as { evidence: { intervals: number } }).evidence.intervals;
  expect(intervals(after)).toBeGreaterThanOrEqual(intervals(before));
});

test("another weight of the same rollout keeps its evidence, another identity begins anew", async () => {
  bench = await Bench.start();
  const units = (status: Awaited<ReturnType<Bench["status"]>>) =>
    (status.rollout.verdict as { evidence: { intervals: number } }).evidence.intervals;
  await bench.accepted(canaryPlan());
  await bench.load((count) => count >= 100);
  const before = await bench.until((status) => units(status) >= 1);
  expect(units(await bench.accepted(canaryPlan({ weight: 2_500 })))).toBeGreaterThanOrEqual(units(before));
  expect(units(await bench.accepted(canaryPlan({}, { identity: "other" })))).toBe(0);
});

test("the same plan again changes nothing", async () => {
  bench = await Bench.start();
  const first = await bench.accepted(canaryPlan());
  const again = await bench.accepted(canaryPlan());
  expect(again.generation).toBe(first.generation);
  expect(again.events).toEqual(first.events);
});

test("after a promotion a rollback gives all traffic to the previous version, for good", async () => {
  bench = await Bench.start();
  const promoted = stablePlan({ stable: "v2", previous: "v1" });
  await bench.accepted(promoted);
  const body = '{"reason":"too bold"}';
  const status = (await bench.admin("/admin/rollback", { method: "POST", body, headers: auth() })).json;
  expect(status).toMatchObject({
    weights: { v1: 10_000, v2: 0 },
    rollout: { phase: "rolledBack", ended: { reason: "too bold" } },
  });
  await bench.admin("/admin/rollback", { method: "POST", body, headers: auth() });
  await killAndRestart();
  expect([...(await bench.load((count) => count >= 50)).versions.keys()]).toEqual(["v1"]);
  expect((await bench.put(promoted)).status).toBe(200);
  expect(await bench.put({ ...promoted, stickyHeader: "x-user" })).toMatchObject({
    status: 409,
    json: { code: "rolledBack", reason: "too bold" },
  });
  expect((await bench.accepted(stablePlan())).rollout.phase).toBe("idle");
  expect(await bench.put(promoted)).toMatchObject({ status: 409, json: { code: "rolledBack", reason: "too bold" } });
  expect((await bench.accepted({ ...promoted, override: "mended" })).weights).toEqual({ v1: 0, v2: 10_000 });
});

test("a rollback while a candidate runs is an abort, and with nothing to go back to it changes nothing", async () => {
  bench = await Bench.start();
  await bench.accepted(canaryPlan());
  const roll = () => bench.admin("/admin/rollback", { method: "POST", body: '{"reason":"r"}', headers: auth() });
  expect((await roll()).json).toMatchObject({ rollout: { phase: "aborted" }, weights: { v1: 10_000 } });
  expect((await roll()).json).toMatchObject({ rollout: { phase: "aborted" }, weights: { v1: 10_000 } });
  await bench.accepted(stablePlan());
  const answer = await roll();
  expect(answer).toMatchObject({ status: 200, json: { rollout: { phase: "idle" }, weights: { v1: 10_000 } } });
});

test("a new process takes over under load and nothing is lost", async () => {
  bench = await Bench.start();
  await bench.accepted(canaryPlan());
  let done = false;
  const load = bench.load(() => done, 8);
  for (let i = 0; i < 3; i++) {
    const old = bench.gateway;
    await bench.startGateway({ MLC_TAKEOVER: "1" });
    old.child.kill("SIGTERM");
    expect(await old.exited).toBe(0);
  }
  await sleep(200);
  done = true;
  const { lost, statuses, sent } = await load;
  expect(lost).toBe(0);
  expect([...statuses]).toEqual([[200, sent]]);
});

test("what is decided after a takeover holds for the requests that the old process still answers", async () => {
  bench = await Bench.start();
  await bench.accepted(canaryPlan({ weight: 10_000 }));
  // A kept connection stays with the process that accepted it.
  const kept = new Agent({ keepAlive: true, maxSockets: 1 });
  const ask = async () => (await bench.predict({ agent: kept })).headers["x-model-version"];
  expect(await ask()).toBe("v2");
  const old = bench.gateway;
  await bench.startGateway({ MLC_TAKEOVER: "1" });
  const body = '{"reason":"now"}';
  let aborted = false;
  while (!aborted) {
    const answer = await bench.admin("/admin/abort", { method: "POST", body, headers: auth() });
    aborted = answer.status === 200;
  }
  while ((await ask()) !== "v1") await sleep(20);
  old.child.kill("SIGTERM");
  expect(await old.exited).toBe(0);
  kept.destroy();
});

test("a port that somebody else holds is not shared: exit 98 and a clear line", async () => {
  bench = await Bench.start();
  bench.gateway.child.kill("SIGKILL");
  await bench.gateway.exited;
  const stranger = createServer().listen({ host: "127.0.0.1", port: bench.port });
  const gateway = await bench.startGateway();
  expect(await gateway.exited).toBe(98);
  expect(gateway.output()).toContain(`port ${bench.port} of 127.0.0.1 is held by another process`);
  await new Promise((closed) => stranger.close(closed));
});

test("the secrets are made once, for their owner alone", async () => {
  bench = await Bench.start();
  const { token } = bench;
  const mode = (name: string) => statSync(bench.file(name)).mode & 0o777;
  expect([mode("admin.token"), mode("feedback.key")]).toEqual([0o600, 0o600]);
  await killAndRestart();
  expect(bench.token).toBe(token);
});

test("a plan of a newer version serves as far as it is understood, and its file is kept", async () => {
  bench = await Bench.start();
  await bench.accepted(stablePlan());
  bench.gateway.child.kill("SIGKILL");
  await bench.gateway.exited;
  const newer = JSON.stringify({ ...JSON.parse(readFileSync(bench.file("route.json"), "utf8")), format: FORMAT + 1 });
  for (const name of ["route.json", "route.json.copy"]) writeFileSync(bench.file(name), newer);
  const gateway = await bench.startGateway();
  expect(gateway.output()).toContain("was written by a newer version");
  expect(readFileSync(bench.file("route.json.damaged"), "utf8")).toBe(newer);
  expect([...(await bench.load((count) => count >= 50)).versions.keys()]).toEqual(["v1"]);
});

test("without its route an endpoint serves nothing", async () => {
  bench = await Bench.start();
  await bench.accepted(stablePlan());
  expect((await bench.admin("/admin/route", { method: "DELETE", headers: auth() })).status).toBe(200);
  expect((await bench.predict()).status).toBe(503);
  expect(existsSync(bench.file("route.json"))).toBe(false);
  await killAndRestart();
  expect((await bench.predict()).status).toBe(503);
});
