import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Controller } from "../../../../components/platforms/local/gateway/controller.ts";
import { countInArm } from "../../../../components/platforms/local/gateway/counters.ts";
import { Persistence } from "../../../../components/platforms/local/gateway/persistence.ts";
import { refusalFromFiles } from "../../../../components/platforms/local/gateway/refusal-from-files.ts";
import { Traffic } from "../../../../components/platforms/local/gateway/traffic.ts";
import { openStateFolder } from "../../../../components/platforms/local/state-folder/folder.ts";
import { type GatewayPaths, gatewayPaths } from "../../../../components/platforms/local/state-folder/paths.ts";
import type { TrafficPlan } from "../../../../components/traffic/plan.ts";
import { canaryPlan, errorGuard, latencyGuard, stablePlan } from "../../../support/plans.ts";

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
    feedbackToken: at("feedback.token"),
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
    for (let i = 0; i < 95; i++) countInArm(traffic.comparison.stable, "answered", 5);
    for (let i = 0; i < 20; i++) countInArm(traffic.comparison.candidate, i < errors ? "failed" : "answered", 5);
    time.wall += 1_000;
    time.monotonic += 1_000;
    controller.tick();
  };
  return { time, traffic, disk, controller, second };
}

const SERVERS = { v1: "v1.sock", v2: "v2.sock" };
const THREE = Object.fromEntries(["1", "2", "3"].map((name) => [`v${name}`, { content: name.repeat(64) }]));

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
  const verdict = whole.controller.verdict;
  const again = setUp();
  again.controller.load();
  expect(again.controller.verdict).toEqual(verdict);
  expect(again.controller.progress).toMatchObject({ intervals: 40, elapsedMs: 40_000 });
});

test("other guards are other questions: evidence begins anew, the share stays", () => {
  const { controller, second } = setUp();
  controller.accept({ plan: canaryPlan(), servers: SERVERS });
  for (let i = 0; i < 3; i++) second();
  controller.accept({ plan: canaryPlan({}, { alpha: 0.05 }), servers: SERVERS });
  expect(controller.verdict?.evidence.intervals).toBe(0);
  expect(controller.status().weights).toEqual({ v1: 9_500, v2: 500 });
});

test("what stable answered before the rollout teaches its judge: a dead candidate is out after its first interval", () => {
  const seconds = (known: number): number => {
    rmSync(directory, { recursive: true, force: true });
    const { controller, traffic, second } = setUp();
    controller.accept({ plan: stablePlan(), servers: SERVERS });
    for (let i = 0; i < known; i++) traffic.recent.add("v1", `10.0.0.${i % 50}`, { outcome: "answered", ms: 5 });
    controller.accept({ plan: canaryPlan(), servers: SERVERS });
    for (let passed = 1; ; passed++) {
      second(20);
      if (controller.progress?.ended !== undefined) return passed;
    }
  };
  expect(seconds(0)).toBe(4);
  expect(seconds(150)).toBe(2);
  expect(seconds(250)).toBe(1);
});

test("what taught the judge is an interval that anybody can read; latency and sessions are not taught", () => {
  const { controller, traffic, second } = setUp();
  controller.accept({ plan: stablePlan(), servers: SERVERS });
  for (let i = 0; i < 250; i++) {
    traffic.recent.add("v1", `10.0.0.${i % 50}`, { outcome: i % 50 === 0 ? "refused" : "answered", ms: 5 });
  }
  const guards = [errorGuard, { ...errorGuard, metric: "refusalRate" }, latencyGuard];
  controller.accept({ plan: canaryPlan({}, { guards }), servers: SERVERS });
  second();
  const [taught, first] = controller.evidence().intervals;
  expect(taught).toEqual({
    at: expect.any(Number),
    seconds: 0,
    step: 0,
    counts: { errorRate: { n0: 250, x0: 0, n1: 0, x1: 0 }, refusalRate: { n0: 250, x0: 5, n1: 0, x1: 0 } },
  });
  expect(first).toMatchObject({ seconds: 1, step: 0, counts: { errorRate: { n0: 95, x0: 0, n1: 20, x1: 0 } } });
  expect(Object.keys(first?.counts ?? {})).toEqual(["errorRate", "refusalRate", "latency"]);
  controller.accept({
    plan: canaryPlan({ stickyHeader: "x-user" }, { identity: "rollout-2", attempt: "2" }),
    servers: SERVERS,
  });
  second();
  expect(controller.evidence().intervals).toMatchObject([{ seconds: 1 }]);
});

test("what a replaced process still counts under its old plan is no evidence for the new one", () => {
  for (const next of [
    canaryPlan({}, { guards: [latencyGuard] }),
    canaryPlan({ candidate: "v3", versions: THREE }, { identity: "rollout-2" }),
  ]) {
    const before = setUp();
    before.controller.accept({ plan: canaryPlan(), servers: SERVERS });
    before.second();
    const after = setUp();
    after.controller.load();
    after.controller.accept({ plan: next, servers: SERVERS });
    for (let i = 0; i < 20; i++) countInArm(before.traffic.comparison.candidate, "failed", 5);
    before.time.monotonic += 1_000;
    before.controller.tickReplaced();
    after.second();
    expect(after.controller.verdict?.evidence.intervals).toBe(1);
    expect(after.controller.progress).toMatchObject({ phase: "progressing" });
    // Whoever starts next reads the same files.
    const again = setUp();
    again.controller.load();
    expect(again.controller.verdict?.evidence.intervals).toBe(1);
    rmSync(directory, { recursive: true });
    directory = mkdtempSync(join(tmpdir(), "mlc-controller-"));
  }
});

/** v1, then v2 by promotion, then v3 by promotion. */
function setUpThree() {
  const stage = setUp();
  const servers = { ...SERVERS, v3: "v3.sock" };
  const accept = (plan: TrafficPlan) => stage.controller.accept({ plan, servers });
  const serves = (stable: string, previous?: string) =>
    stablePlan({ stable, versions: THREE, ...(previous !== undefined && { previous }) });
  const promote = (stable: string, candidate: string): void => {
    accept(canaryPlan({ stable, candidate, versions: THREE, weight: 10_000 }, { identity: candidate, bakeMs: 0 }));
    for (let i = 0; i < 200 && stage.controller.progress?.phase !== "complete"; i++) stage.second();
    expect(accept(serves(candidate, stable))).toBeUndefined();
  };
  accept(serves("v1"));
  promote("v1", "v2");
  promote("v2", "v3");
  const now = () => Object.entries(stage.controller.status().weights).find(([, weight]) => weight === 10_000)?.[0];
  return { ...stage, accept, serves, now };
}

test("a rollback twice is once; further back goes who names the version", () => {
  const { controller, now } = setUpThree();
  controller.rollBack("slow", { by: "ann@host" });
  controller.rollBack("slow", { by: "ann@host" });
  expect(now()).toBe("v2");
  expect(controller.status().rollout.ended).toMatchObject({ reason: "slow", by: "ann@host" });
  controller.rollBack("still slow", { to: "v1" });
  expect(now()).toBe("v1");
  expect(controller.rollBack("no", { to: "v3" })).toMatchObject({ code: "rolledBack", reason: "slow" });
  expect(controller.rollBack("no", { to: "v9" })).toMatchObject({ code: "unproven" });
  expect(now()).toBe("v1");
  const again = setUp();
  again.controller.load();
  expect(again.controller.status().weights).toEqual({ v1: 10_000, v2: 0, v3: 0 });
  for (const stable of ["v2", "v3"]) {
    const plan = { ...controller.status().plan, stable, stickyHeader: "x" };
    expect(again.controller.refusalOf({ plan })).toMatchObject({ code: "rolledBack" });
  }
});

test("a rollback that ended a canary does not take stable out when it is pressed again, also once the plan says the same", () => {
  const { controller, accept, serves, now } = setUpThree();
  const versions = { ...THREE, v4: { content: "4".repeat(64) } };
  accept(canaryPlan({ stable: "v3", candidate: "v4", previous: "v2", versions }, { identity: "v4" }));
  controller.rollBack("bad");
  controller.rollBack("bad");
  expect(controller.status().weights).toEqual({ v1: 0, v2: 0, v3: 10_000, v4: 0 });
  accept(serves("v3", "v2"));
  controller.rollBack("bad");
  expect(now()).toBe("v3");
  controller.rollBack("worse", { to: "v2" });
  expect(now()).toBe("v2");
});

test("what was rolled back stays so after the plan says the same, after a restart, and after the route was removed", () => {
  const { controller, accept, serves } = setUpThree();
  controller.rollBack("slow");
  expect(accept({ ...serves("v3", "v2"), stickyHeader: "x-user" })).toMatchObject({ code: "rolledBack" });
  expect(accept(serves("v2", "v1"))).toBeUndefined();
  expect(accept(serves("v3", "v2"))).toMatchObject({ code: "rolledBack", reason: "slow" });
  const again = setUp();
  again.controller.load();
  const plan = serves("v3", "v2");
  expect(again.controller.refusalOf({ plan })).toMatchObject({ code: "rolledBack" });
  again.controller.remove();
  expect(again.controller.refusalOf({ plan })).toMatchObject({ code: "rolledBack" });
  expect(again.controller.refusalOf({ plan: serves("v2") })).toBeUndefined();
});

test("an aborted candidate does not become stable, and an override lets it in once", () => {
  const { controller, accept } = setUpThree();
  const versions = { ...THREE, v4: { content: "4".repeat(64) } };
  const canary = canaryPlan({ stable: "v3", candidate: "v4", versions }, { identity: "v4" });
  accept(canary);
  controller.abort("by hand", "ann@host");
  const stable = stablePlan({ stable: "v4", versions, previous: "v3" });
  expect(accept(stable)).toMatchObject({ code: "rolledBack", reason: "by hand" });
  expect(accept({ ...stable, override: "urgent" })).toBeUndefined();
  expect(controller.status().events.at(-1)).toMatchObject({ kind: "override", text: "v4 serves unproven: urgent" });
  controller.rollBack("as feared");
  expect(accept({ ...stable, override: "urgent", stickyHeader: "x" })).toMatchObject({ code: "rolledBack" });
  expect(accept({ ...stable, override: "mended elsewhere", stickyHeader: "x" })).toBeUndefined();
});

test("a reason that stood beside a version counts as used, also when the version needed none", () => {
  const { controller, accept, serves } = setUpThree();
  accept({ ...serves("v3", "v2"), override: "just in case" });
  controller.rollBack("slow");
  const again = { ...serves("v3", "v2"), override: "just in case", stickyHeader: "x" };
  expect(accept(again)).toMatchObject({ code: "rolledBack", error: expect.stringContaining("was used before") });
});

test("an older file that tries what serves is refused", () => {
  const { accept } = setUpThree();
  expect(accept(canaryPlan({ stable: "v2", candidate: "v3", versions: THREE }, { identity: "v3" }))).toMatchObject({
    code: "stale",
  });
});

test("without the gateway its files judge the same, and files that cannot be read let nothing pass", () => {
  const root = join(directory, "state");
  const folder = openStateFolder(root);
  const paths = gatewayPaths("e");
  const inFolder = Object.fromEntries(
    Object.entries(paths).map(([name, path]) => [name, folder.path(path)]),
  ) as unknown as GatewayPaths;
  const traffic = new Traffic({ feedbackKey: Buffer.from("key"), startedAt: 0 });
  const controller = new Controller({ traffic, files: new Persistence(inFolder) });
  expect(refusalFromFiles(folder, "e", canaryPlan())).toBeUndefined();
  controller.accept({ plan: stablePlan(), servers: SERVERS });
  controller.accept({ plan: canaryPlan(), servers: SERVERS });
  controller.abort("by hand");
  expect(refusalFromFiles(folder, "e", canaryPlan({ weight: 100 }))).toEqual(
    controller.refusalOf({ plan: canaryPlan({ weight: 100 }) }),
  );
  rmSync(inFolder.rollout);
  mkdirSync(inFolder.rollout);
  expect(refusalFromFiles(folder, "e", canaryPlan({ weight: 100 }))).toMatchObject({ code: "rolloutAborted" });
  writeFileSync(`${inFolder.rollout}.copy`, "");
  expect(() => refusalFromFiles(folder, "e", canaryPlan({ weight: 100 }))).toThrow(/rollout.json: it cannot be read/);
});

test("the files of version 0.1.0 are read: what was aborted stays so under any name, and what serves is proven", () => {
  const first = setUp();
  first.controller.accept({ plan: canaryPlan(), servers: SERVERS });
  first.controller.abort("by hand");
  const { contents: _, serving: __, ...old } = JSON.parse(readFileSync(join(directory, "rollout.json"), "utf8"));
  writeFileSync(join(directory, "rollout.json"), JSON.stringify(old));
  for (const name of ["route", "rollout"]) rmSync(join(directory, `${name}.json.copy`));
  const { controller } = setUp();
  controller.load();
  expect(controller.status().losses).toBeUndefined();
  expect(controller.status().rollout.phase).toBe("aborted");
  const renamed = canaryPlan(
    { candidate: "v9", versions: { v1: { content: "1".repeat(64) }, v9: { content: "2".repeat(64) } } },
    { identity: "another" },
  );
  expect(controller.refusalOf({ plan: renamed })).toMatchObject({ code: "rolloutAborted", reason: "by hand" });
  expect(controller.refusalOf({ plan: stablePlan({ stable: "v2" }) })).toMatchObject({ code: "rolledBack" });
  expect(controller.refusalOf({ plan: stablePlan() })).toBeUndefined();
});

test("when nobody knows any more whether a candidate was stopped, it is, and its next attempt is open", () => {
  setUp().controller.accept({ plan: canaryPlan(), servers: SERVERS });
  for (const name of ["rollout.json", "rollout.json.copy"]) writeFileSync(join(directory, name), "");
  const { controller } = setUp();
  controller.load();
  const { weights, losses, rollout } = controller.status();
  expect(weights).toEqual({ v1: 10_000, v2: 0 });
  expect(losses).toEqual([{ at: expect.any(String), what: expect.stringContaining("rollout.json is lost") }]);
  expect(rollout).toMatchObject({ phase: "aborted", ended: { cause: "damage" } });
  expect(controller.refusalOf({ plan: canaryPlan({ weight: 600 }) })).toMatchObject({ code: "rolloutAborted" });
  expect(controller.refusalOf({ plan: canaryPlan({}, { identity: "next", attempt: "2" }) })).toBeUndefined();
});
