import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Clock } from "../../components/platforms/local/gateway/clock.ts";
import { Controller } from "../../components/platforms/local/gateway/controller.ts";
import { countInArm } from "../../components/platforms/local/gateway/counters.ts";
import { Persistence } from "../../components/platforms/local/gateway/persistence.ts";
import { Traffic } from "../../components/platforms/local/gateway/traffic.ts";
import { type GatewayPaths, gatewayPaths } from "../../components/platforms/local/state-folder/paths.ts";
import type { TrafficPlan } from "../../components/traffic/plan.ts";
import { canaryPlan } from "../support/plans.ts";

// The wall clock set forwards and backwards under a rollout. At the level of the controller, whose clock is given to it:
// the clock of the machine that runs these tests belongs to everything else on it as well.

const startedAt = Date.parse("2026-01-01T00:00:00Z");
const hour = 3_600_000;

class TestClock implements Clock {
  #wall = startedAt;
  #monotonic = 0;
  readonly wall = (): number => this.#wall;
  readonly monotonic = (): number => this.#monotonic;

  pass(ms: number, jump = 0): void {
    this.#wall += ms + jump;
    this.#monotonic += ms;
  }
}

const inside = (directory: string, paths: GatewayPaths): GatewayPaths => ({
  directory: path.join(directory, paths.directory),
  route: path.join(directory, paths.route),
  rollout: path.join(directory, paths.rollout),
  intervals: path.join(directory, paths.intervals),
  adminToken: path.join(directory, paths.adminToken),
  feedbackKey: path.join(directory, paths.feedbackKey),
  feedbackToken: path.join(directory, paths.feedbackToken),
  gateway: path.join(directory, paths.gateway),
});

interface Bench {
  readonly traffic: Traffic;
  readonly clock: TestClock;
  controller: Controller;
  /** Another controller goes on from the files. */
  restart(): void;
}

function createBench(plan: TrafficPlan): Bench {
  const directory = mkdtempSync(path.join(tmpdir(), "mlc-clock-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const paths = inside(directory, gatewayPaths("sentiment"));
  const clock = new TestClock();
  const traffic = new Traffic({ feedbackKey: Buffer.from("key"), startedAt });
  const create = () => new Controller({ traffic, clock, files: new Persistence(paths) });
  const bench: Bench = {
    ...{ traffic, clock, controller: create() },
    restart() {
      bench.controller = create();
      bench.controller.load();
    },
  };
  bench.controller.accept({ plan, servers: { v1: "v1.sock", v2: "v2.sock" } });
  return bench;
}

/** One second with as many answers, of which the candidate's fail by this share. */
function second({ traffic, clock, controller }: Bench, jump: number, failing: number): void {
  for (let request = 0; request < 100; request++) {
    countInArm(traffic.comparison.stable, "answered", 1);
    countInArm(traffic.comparison.candidate, request < failing ? "failed" : "answered", 1);
  }
  clock.pass(1_000, jump);
  controller.tick();
}

const climbing = canaryPlan({ weight: 10_000 }, { advance: "automatic", bakeMs: 3_000, maxDurationMs: 10 * 60_000 });

/** What a rollout came to by each second, without anything that is a time of day. */
function course(jumps: Readonly<Record<number, number>>, failing = 0, restartAt = -1): readonly unknown[] {
  const bench = createBench(climbing);
  return Array.from({ length: 40 }, (_, at) => {
    if (at === restartAt) bench.restart();
    second(bench, jumps[at] ?? 0, failing);
    const { weights, rollout } = bench.controller.status();
    const { phase, step, next } = rollout;
    const verdict = bench.controller.verdict;
    return { weights, phase, step, next: next?.what, verdict: verdict?.verdict, evidence: verdict?.evidence.intervals };
  });
}

test.each([
  ["a day forwards", { 1: 24 * hour }],
  ["a day backwards", { 1: -24 * hour }],
  [
    "to and fro, each second",
    Object.fromEntries(Array.from({ length: 40 }, (_, at) => [at, at % 2 === 0 ? hour : -hour])),
  ],
])("a wall clock set %s changes no step and no verdict of a rollout", (_, jumps) => {
  const steady = course({});
  expect(course(jumps)).toEqual(steady);
  expect(steady.at(-1)).toMatchObject({ phase: "complete", weights: { v1: 0, v2: 10_000 } });
  expect(course(jumps, 50)).toEqual(course({}, 50));
});

test("nor does it when the gateway is started anew after the clock was set back", () => {
  expect(course({ 5: -24 * hour }, 0, 6)).toEqual(course({}, 0, 6));
});

test("an abort holds after the clock was set back, also in the next process", () => {
  const bench = createBench(climbing);
  for (let at = 0; at < 10; at++) second(bench, at === 1 ? -24 * hour : 0, 90);
  expect(bench.controller.status()).toMatchObject({ weights: { v1: 10_000, v2: 0 }, rollout: { phase: "aborted" } });
  bench.clock.pass(1_000, -24 * hour);
  bench.restart();
  expect(bench.controller.status()).toMatchObject({ weights: { v1: 10_000, v2: 0 }, rollout: { phase: "aborted" } });
  expect(bench.controller.accept({ plan: { ...climbing, weight: 500 }, servers: {} })?.code).toBe("rolloutAborted");
});
