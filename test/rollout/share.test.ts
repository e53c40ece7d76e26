import { expect, test } from "vitest";
import {
  type Arrivals,
  type ClosedInterval,
  emptyState,
  type Input,
  judgesOf,
  type RolloutState,
  shareStatusOf,
  step,
  waitsFor,
} from "../../components/rollout/index.ts";
import type { TrafficPlan } from "../../components/traffic/plan.ts";
import { canaryPlan, errorGuard, stablePlan } from "../support/plans.ts";

const NOW = Date.UTC(2026, 0, 1);
const plan = (changes: Parameters<typeof canaryPlan>[1] = {}, weight = 500): TrafficPlan =>
  canaryPlan({ weight }, { bakeMs: 1_000, ...changes });
const inForce = (...plans: readonly TrafficPlan[]): RolloutState =>
  [stablePlan(), ...plans].reduce(
    (state, each) => step(state, { kind: "plan", plan: each, now: NOW }).state,
    emptyState("2026-01-01T00:00:00.000Z"),
  );
const seen = (state: RolloutState, ...all: readonly (Arrivals | undefined)[]): RolloutState =>
  all.reduce((before, arrivals) => step(before, intervalOf(arrivals)).state, state);

function intervalOf(arrivals: Arrivals | undefined): Input {
  const counts = { errorRate: { n0: 3_800, x0: 38, n1: 200, x1: 2 } };
  const interval: ClosedInterval = {
    live: { at: NOW, seconds: 1, step: 0, counts },
    ...(arrivals !== undefined && { arrivals }),
  };
  return { kind: "interval", interval, now: NOW };
}

const drawn = (weight: number, stable: number, candidate: number, sessionsSince?: number): Arrivals => ({
  draws: [{ weight, stable, candidate }],
  ...(sessionsSince !== undefined && { sessionsSince }),
});
const fits = drawn(500, 3_800, 200);
const wrong = drawn(500, 3_400, 600);
const SENTENCE =
  "the traffic is not divided as the weight says: the candidate got 600 of 4000 (15 %) at a weight of 5 % (p below 1e-99), so the versions are not compared on the same traffic, and the candidate does not go on. Look for what else divides it: another proxy or route in front, few replicas, names of sessions that clients choose; then start attempt 2, or abort";

test("what fits, and what nobody has counted, changes nothing: the rollout completes on evidence", () => {
  for (const arrivals of [fits, undefined]) {
    expect(seen(inForce(plan()), ...Array(12).fill(arrivals)).progress?.phase).toBe("complete");
  }
});

test("what does not fit holds the rollout, and says what was seen and what to do", () => {
  const { state, orders } = step(seen(inForce(plan()), fits), intervalOf(drawn(500, 0, 2_000)));
  expect(state.progress).toMatchObject({ phase: "holding", step: 0 });
  expect(orders.map(({ kind }) => kind)).toEqual(["divide", "note", "save"]);
  expect(state.events.at(-1)?.kind).toBe("hold");
  expect(seen(inForce(plan()), wrong).events.at(-1)?.text).toBe(SENTENCE);
});

test("it is said once, and stays though what comes later fits", () => {
  const state = seen(inForce(plan()), wrong, ...Array(12).fill(fits));
  expect(state.progress).toMatchObject({ phase: "holding", mismatch: SENTENCE });
  expect(state.events.filter(({ kind }) => kind === "hold")).toHaveLength(1);
});

test("a rollout that was complete is so no more, and its candidate is not promoted without an override", () => {
  const state = seen(inForce(plan()), ...Array(12).fill(fits), wrong);
  expect(state.progress?.phase).toBe("holding");
  const promoted = { ...stablePlan(), stable: "v2" };
  expect(step(state, { kind: "plan", plan: promoted, now: NOW }).refusal?.code).toBe("unproven");
  const complete = seen(inForce(plan()), ...Array(12).fill(fits));
  expect(step(complete, { kind: "plan", plan: promoted, now: NOW }).refusal).toBeUndefined();
});

test("the longest time neither ends nor promotes what does not fit", () => {
  for (const onInconclusive of ["rollback", "promote"] as const) {
    const short = plan({
      maxDurationMs: 2_000,
      onInconclusive,
      guards: [{ ...errorGuard, margin: { kind: "absolute", value: 0.0001 } }],
    });
    expect(seen(inForce(short), wrong, fits, fits, fits, fits).progress).toMatchObject({ phase: "holding", step: 0 });
    expect(seen(inForce(short), fits, fits, fits, fits, fits).progress?.phase).not.toBe("holding");
  }
});

test("harm ends a rollout that does not fit", () => {
  const harmful: ClosedInterval = {
    live: { at: NOW, seconds: 1, step: 0, counts: { errorRate: { n0: 3_800, x0: 38, n1: 600, x1: 300 } } },
    arrivals: wrong,
  };
  const state = step(seen(inForce(plan()), fits, wrong), { kind: "interval", interval: harmful, now: NOW }).state;
  expect(state.progress?.ended?.cause).toBe("guard:errorRate");
});

test("another attempt and other guards begin without it; another weight does not", () => {
  const held = seen(inForce(plan()), wrong);
  const under = (next: TrafficPlan): RolloutState =>
    seen(step(held, { kind: "plan", plan: next, now: NOW }).state, undefined);
  expect(under(plan({ identity: "rollout-2", attempt: "2" })).progress).toMatchObject({ phase: "progressing" });
  expect(
    under(plan({ guards: [{ ...errorGuard, margin: { kind: "absolute", value: 0.03 } }] })).progress?.phase,
  ).not.toBe("holding");
  expect(under(plan({}, 100)).progress).toMatchObject({ phase: "holding", mismatch: SENTENCE });
});

test("until the next interval an edited rollout waits for it", () => {
  const { plan: edited, progress } = step(seen(inForce(plan()), wrong), {
    kind: "plan",
    plan: plan({}, 100),
    now: NOW,
  }).state;
  if (edited === undefined || progress === undefined) throw new Error("nothing is in force");
  expect(waitsFor(progress, edited.rollout)).toEqual({ what: SENTENCE });
});

test("an interval in which the weight changed counts under both weights", () => {
  const both = { draws: [...drawn(500, 1_900, 100).draws, ...drawn(2_500, 1_500, 500).draws] };
  const { judges } = seen(inForce(plan()), fits, both);
  expect(judges?.share).toEqual({ stretch: 2, weight: 0.25, stable: 1_500, candidate: 500 });
});

test("a process that remembers sessions anew begins a stretch of its own", () => {
  const { judges } = seen(inForce(plan()), drawn(500, 950, 50, 1), drawn(500, 950, 50, 1), drawn(500, 950, 50, 2));
  expect(judges?.share).toEqual({ stretch: 2, weight: 0.05, stable: 950, candidate: 50, memory: 2 });
});

test("the design effect of the guards of requests is that of the split", () => {
  const twice = drawn(500, 1_840, 160);
  const scattering = plan({
    guards: [
      { ...errorGuard, designEffect: 3 },
      { ...errorGuard, metric: "other", source: "feedback", designEffect: 9 },
    ],
  });
  expect(seen(inForce(plan()), twice).progress?.mismatch).toBeDefined();
  expect(seen(inForce(scattering), twice).progress?.mismatch).toBeUndefined();
  expect(shareStatusOf(scattering.rollout, seen(inForce(scattering), twice).judges?.share)?.log).toBeCloseTo(
    (shareStatusOf(plan().rollout, seen(inForce(plan()), twice).judges?.share)?.log ?? 0) / 3,
  );
});

test("the status says how the traffic is divided", () => {
  const { rollout } = plan();
  expect(shareStatusOf(rollout, undefined)).toBeUndefined();
  const status = shareStatusOf(rollout, seen(inForce(plan()), fits).judges?.share);
  expect(status).toEqual({
    weight: 500,
    stable: 3_800,
    candidate: 200,
    log: expect.any(Number),
    threshold: Math.log(2_000),
  });
  expect(status?.log).toBeLessThan(0);
  expect(shareStatusOf(rollout, seen(inForce(plan()), wrong).judges?.share)?.mismatch).toBe(SENTENCE);
});

test("what is kept is read back, is absent in the files of 0.1.0, and is refused when it is damaged", () => {
  const { judges } = seen(inForce(plan()), fits);
  if (judges?.share === undefined) throw new Error("nothing was drawn");
  const { share, ...old } = judges;
  expect(judgesOf(plan().rollout, judges)).toEqual(judges);
  expect(judgesOf(plan().rollout, old)).toEqual(old);
  const damaged = { ...judges, share: JSON.parse('{"stretch":1,"weight":0.05,"stable":null,"candidate":3}') };
  expect(() => judgesOf(plan().rollout, damaged)).toThrow(RangeError);
  expect(share.stretch).toBe(1);
});
