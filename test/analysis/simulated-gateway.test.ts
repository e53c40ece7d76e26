import { performance } from "node:perf_hooks";
import { expect, test } from "vitest";
import { resolveGuards } from "../../components/guards/index.ts";
import { seeded } from "../bench/analysis/draw.ts";
import { type Course, take, type Went } from "../bench/analysis/gateway/course.ts";
import { Endpoint } from "../bench/analysis/gateway/endpoint.ts";
import { type Behaviour, usualMs } from "../bench/analysis/gateway/server.ts";
import { inWorld } from "../bench/analysis/gateway/world.ts";
import { automatic } from "../bench/analysis/ladder.ts";
import { canaryPlan } from "../support/plans.ts";

test("in a world things happen in their order, those of one moment as they were asked for, and no others", () => {
  const seen: string[] = [];
  inWorld(seeded("world", 0), (world) => {
    const note = (what: string) => (): void => void seen.push(`${what} at ${performance.now()}`);
    setTimeout(note("late"), 300);
    for (const name of ["a", "b", "c"]) world.after(100, note(name));
    clearTimeout(setTimeout(note("taken back"), 50));
    const interval = setInterval(() => {
      note("interval")();
      if (world.now >= 240) clearInterval(interval);
    }, 120).unref();
    world.pass(250);
    expect([world.now, Math.random()]).toEqual([250, seeded("world", 0)()]);
    world.pass(1_000);
  });
  expect(seen).toEqual(["a at 100", "b at 100", "c at 100", "interval at 120", "interval at 240", "late at 300"]);
});

test("after a world, also after one that failed, clock, timers and chance are the machine's", () => {
  const before = [globalThis.setTimeout, globalThis.clearInterval, performance.now, Math.random];
  const failed = (): void =>
    inWorld(seeded("world", 1), () => {
      throw new Error("failed");
    });
  expect(failed).toThrow("failed");
  expect([globalThis.setTimeout, globalThis.clearInterval, performance.now, Math.random]).toEqual(before);
});

const answers =
  (status: number, ms: number): Behaviour =>
  () => ({ status, ms });

test("the gateway draws 5 of 100 requests for the candidate, and counts each answer in the second in which it came", () => {
  const counted = inWorld(seeded("endpoint", 0), (world) => {
    const endpoint = new Endpoint(world, { v1: answers(200, 20), v2: answers(500, 1_500) });
    endpoint.deploy(canaryPlan({ weight: 500 }, { bakeMs: 1e9 }));
    for (let i = 0; i < 10_000; i++) endpoint.ask({ input: String(i), source: `address-${i}` });
    world.pass(2_000);
    const { intervals } = endpoint.controller.evidence();
    endpoint.end();
    return intervals.map(({ counts }) => counts.errorRate);
  });
  expect(counted).toEqual([
    { n0: 9_500, x0: 0, n1: 0, x1: 0 },
    { n0: 0, x0: 0, n1: 500, x1: 500 },
  ]);
});

const guards = (metric: string, value: number, maturesMs?: number) =>
  resolveGuards([
    {
      ...({ metric, margin: { kind: "absolute", value }, designEffect: 1 } as const),
      ...(maturesMs !== undefined && ({ direction: "either", maturesMs } as const)),
    },
  ]);

const course = (seed: number, changes: Partial<Course> & Pick<Course, "plan">): Went => {
  const random = seeded("course", seed);
  const good: Behaviour = () => ({ status: 200, ms: usualMs(random) });
  return take(random, { servers: () => ({ v1: good, v2: good }), perSecond: 20, seconds: 3_600, ...changes });
};

test("a seed repeats a whole rollout, and another one has a rollout of its own", () => {
  const plan = automatic({ guards: guards("errorRate", 0.05) });
  const failing = (seed: number): Went => {
    const random = seeded("failing", seed);
    const behaviour: Behaviour = () => ({ status: random() < 0.1 ? 500 : 200, ms: usualMs(random) });
    return course(seed, { plan, servers: () => ({ v1: behaviour, v2: behaviour }) });
  };
  const first = failing(1);
  expect(failing(1)).toEqual(first);
  expect(failing(2).seconds).not.toBe(first.seconds);
});

test("a candidate that always fails is stopped by the guard of failures", () => {
  const servers = () => ({ v1: answers(200, 20), v2: answers(500, 20) });
  const went = course(3, { plan: automatic(), servers });
  expect(went).toMatchObject({ complete: false, stopped: true, reason: expect.stringContaining("errorRate is worse") });
  expect(went.seconds).toBeLessThan(20);
});

/** Value 1 comes back after a minute, 0 after 5 s. */
function lateFeedback(seed: number, plan: Course["plan"]): Went {
  const random = seeded("late", seed);
  return course(seed, {
    plan,
    answered: (predictionId, endpoint, world) => {
      const value = Number(random() < 0.5);
      world.after(value === 1 ? 60_000 : 5_000, () => endpoint.feedBack(predictionId, "positiveRate", value));
    },
  });
}

test("feedback that was counted on arrival stops equal versions, what matures does not: the simulation tells the two apart", () => {
  const matured = automatic({ guards: guards("positiveRate", 0.1, 60_000) });
  const onArrival = automatic({ guards: matured.rollout.guards.map(({ maturesMs: _, ...guard }) => guard) });
  expect([1, 2].map((seed) => lateFeedback(seed, onArrival).stopped)).toEqual([true, true]);
  expect([1, 2].map((seed) => lateFeedback(seed, matured).complete)).toEqual([true, true]);
});
