import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Controller } from "../../../../components/platforms/local/gateway/controller.ts";
import { countInArm } from "../../../../components/platforms/local/gateway/counters.ts";
import { Persistence } from "../../../../components/platforms/local/gateway/persistence.ts";
import { Traffic } from "../../../../components/platforms/local/gateway/traffic.ts";
import type { GatewayPaths } from "../../../../components/platforms/local/state-folder/paths.ts";
import { canaryPlan, latencyGuard, stablePlan } from "./plans.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "mlc-controller-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

function pathsIn(root: string): GatewayPaths {
  const at = (name: string): string => join(root, name);
  return {
    directory: root,
    route: at("route.json"),
    rollout: at("rollout.json"),
    intervals: at("intervals.jsonl"),
    adminToken: at("admin.token"),
    feedbackKey: at("feedback.key"),
    gateway: at("gateway.json"),
  };
}

/** A disk that can be filled. */
class Disk extends Persistence {
  full = false;

  #check(): void {
    if (this.full) throw new Error("no space left");
  }

  override writeRoute(record: Parameters<Persistence["writeRoute"]>[0]): void {
    this.#check();
    super.writeRoute(record);
  }

  override writeRollout(record: Parameters<Persistence["writeRollout"]>[0]): void {
    this.#check();
    super.writeRollout(record);
  }

  override appendInterval(interval: Parameters<Persistence["appendInterval"]>[0]): void {
    this.#check();
    super.appendInterval(interval);
  }
}

/** A gateway without its ports, and time that only passes when a test says so. */
function setUp() {
  const time = { wall: Date.UTC(2026, 0, 1), monotonic: 0 };
  const traffic = new Traffic({ feedbackKey: Buffer.from("key"), startedAt: time.wall });
  const disk = new Disk(pathsIn(directory));
  const clock = { wall: () => time.wall, monotonic: () => time.monotonic };
  const controller = new Controller({ traffic, files: disk, clock });
  const second = (errors = 0): void => {
    for (let i = 0; i < 95; i++) countInArm(traffic.comparison.stable, 200, 5);
    for (let i = 0; i < 20; i++) countInArm(traffic.comparison.candidate, i < errors ? 500 : 200, 5);
    time.wall += 1_000;
    time.monotonic += 1_000;
    controller.tick();
  };
  return { time, traffic, disk, controller, second };
}

const SERVERS = { v1: "v1.sock", v2: "v2.sock" };

test("a wall clock that jumps an hour, either way, decides nothing and bakes nothing", () => {
  const { time, controller, second } = setUp();
  const plan = canaryPlan({ weight: 10_000 }, { advance: "automatic", bakeMs: 60_000 });
  controller.accept({ plan, servers: SERVERS });
  for (const jump of [3_600_000, -7_200_000, 0]) {
    time.wall += jump;
    second();
  }
  expect(controller.progress).toMatchObject({ phase: "progressing", step: 0, stepElapsedMs: 3_000 });
});

test("with a full disk harm is stopped all the same, and kept as soon as there is space", () => {
  const { disk, traffic, controller, second } = setUp();
  controller.accept({ plan: canaryPlan(), servers: SERVERS });
  disk.full = true;
  for (let i = 0; i < 5; i++) second(20);
  expect(controller.status().rollout.phase).toBe("aborted");
  expect(traffic.routing?.weight).toBe(0);
  disk.full = false;
  second();
  expect(Object.keys(JSON.parse(readFileSync(join(directory, "rollout.json"), "utf8")).ended)).toEqual(["rollout-1"]);
});

test("a plan that the disk does not take is not taken", () => {
  const { disk, traffic, controller } = setUp();
  controller.accept({ plan: stablePlan(), servers: SERVERS });
  disk.full = true;
  expect(() => controller.accept({ plan: canaryPlan({ weight: 5_000 }), servers: SERVERS })).toThrow("no space left");
  expect(controller.plan?.candidate).toBeUndefined();
  expect(traffic.routing?.weight).toBe(0);
});

test("a process that ended between its two files goes on with the plan at its beginning", () => {
  const first = setUp();
  first.controller.accept({ plan: canaryPlan(), servers: SERVERS });
  first.second();
  const record = first.disk.readRoute();
  if (record === undefined) throw new Error("no route");
  first.disk.writeRoute({ ...record, plan: canaryPlan({}, { identity: "rollout-2" }) });
  const { controller } = setUp();
  controller.load();
  expect(controller.progress).toMatchObject({ identity: "rollout-2", phase: "progressing", intervals: 0 });
});

test("a restart between any two seconds judges the same as none", () => {
  const whole = setUp();
  whole.controller.accept({ plan: canaryPlan(), servers: SERVERS });
  for (let i = 0; i < 40; i++) whole.second(i % 2);
  const verdict = whole.controller.trial?.verdict;
  const again = setUp();
  again.controller.load();
  expect(again.controller.trial?.verdict).toEqual(verdict);
  expect(again.controller.progress).toMatchObject({ intervals: 40, elapsedMs: 40_000 });
});

test("other guards are other questions: evidence begins anew, the share stays", () => {
  const { controller, second } = setUp();
  controller.accept({ plan: canaryPlan(), servers: SERVERS });
  for (let i = 0; i < 3; i++) second();
  controller.accept({ plan: canaryPlan({}, { alpha: 0.05 }), servers: SERVERS });
  expect(controller.trial?.verdict.evidence.intervals).toBe(0);
  expect(controller.status().weights).toEqual({ v1: 9_500, v2: 500 });
});

test("what a replaced process still counts under its old plan is no evidence for the new one", () => {
  for (const next of [
    canaryPlan({}, { guards: [latencyGuard] }),
    canaryPlan({ candidate: "v1", stable: "v2" }, { identity: "rollout-2" }),
  ]) {
    const before = setUp();
    before.controller.accept({ plan: canaryPlan(), servers: SERVERS });
    before.second();
    const after = setUp();
    after.controller.load();
    after.controller.accept({ plan: next, servers: SERVERS });
    for (let i = 0; i < 20; i++) countInArm(before.traffic.comparison.candidate, 500, 5);
    before.time.monotonic += 1_000;
    before.controller.tickReplaced();
    after.second();
    expect(after.controller.trial?.verdict.evidence.intervals).toBe(1);
    expect(after.controller.progress).toMatchObject({ phase: "progressing" });
    // Whoever starts next reads the same files.
    const again = setUp();
    again.controller.load();
    expect(again.controller.trial?.verdict.evidence.intervals).toBe(1);
    rmSync(directory, { recursive: true });
    directory = mkdtempSync(join(tmpdir(), "mlc-controller-"));
  }
});
