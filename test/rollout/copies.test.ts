import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type ClosedInterval,
  judgeSettings,
  type RolloutState,
  step,
  waitsFor,
} from "../../components/rollout/index.ts";
import type { RolloutPlan, TrafficPlan } from "../../components/traffic/plan.ts";
import { canaryPlan, errorGuard } from "../support/plans.ts";
import { from, interval, NOW } from "./inputs.ts";

const weights = [500, 2_500, 5_000, 10_000].map((weight) => ({ kind: "weight", weight }) as const);
const guarded = (rollout: Partial<RolloutPlan> = {}): TrafficPlan =>
  canaryPlan(
    { weight: 10_000 },
    { advance: "automatic", bakeMs: 1_000, harmBudget: 100, steps: [{ kind: "shadow" }, ...weights], ...rollout },
  );

/** Copies of requests, and how many of them failed at the candidate; stable failed none. */
function copied(copies: number, failed = 0): ClosedInterval {
  const { live } = interval({ n0: copies });
  const counts = {
    errorRate: { n0: copies, x0: 0, n1: copies, x1: failed },
    refusalRate: { n0: copies, x0: 0, n1: copies, x1: 0 },
  };
  return { live, copies: { ...live, counts } };
}

const after = (state: RolloutState, ...intervals: readonly ClosedInterval[]): RolloutState =>
  intervals.reduce((before, each) => step(before, { kind: "interval", interval: each, now: NOW }).state, state);
const waitOf = ({ progress, plan }: RolloutState): string | undefined =>
  progress && plan && waitsFor(progress, plan.rollout)?.what;
const clean = interval({ n0: 95, n1: 5 });
const copies = (state: RolloutState, each: number): RolloutState =>
  after(state, copied(each), copied(each), copied(each));

test("what the first share may spoil is what the copies leave possible", () => {
  const few = after(from(guarded()), copied(5), copied(5), copied(5));
  expect(few.progress?.step).toBe(0);
  expect(waitOf(few)).toContain("evidence that 5 % spoils at most 1 % of all requests: errorRate may still be");
  expect(after(few, copied(2)).progress?.step).toBe(1);
});

test("clean copies let the middle steps be left sooner than live requests alone", () => {
  const three = [clean, clean, clean];
  const shadowed = after(copies(from(guarded()), 200), ...three);
  expect(shadowed.progress).toMatchObject({ step: 2, possibleHarm: { guard: "errorRate" } });
  expect(shadowed.progress?.possibleHarm?.excess).toBeLessThan(0.01);

  const alone = after(from(guarded({ steps: weights })), interval({ seconds: 0, n0: 300 }), ...three);
  expect(alone.progress?.step).toBe(0);
  expect(waitOf(alone)).toContain("evidence that 25 % spoils at most 1 % of all requests");
});

test("what people have seen is not ruled out by copies", () => {
  const state = after(copies(from(guarded()), 2_000), interval({ n0: 380, x0: 4, n1: 20, x1: 2 }), clean, clean);
  expect(state.progress?.step).toBe(1);
  expect(state.progress?.possibleHarm?.excess).toBeGreaterThan(0.03);
  expect(waitOf(state)).toContain("evidence that 25 % spoils");
});

test("copies open neither the last step nor the end: these need what live requests of that step have shown", () => {
  let state = copies(from(guarded()), 20_000);
  for (let i = 0; i < 20; i++) state = after(state, clean);
  expect(state.progress).toMatchObject({ step: 3, ladder: ["shadow", 500, 2_500, 5_000, 10_000], proven: false });
  expect(waitOf(state)).toBe("every guard to be shown non-inferior");
});

test("of a business metric copies show nothing", () => {
  const approved = { ...errorGuard, metric: "approved", source: "feedback", direction: "either" } as const;
  const state = after(copies(from(guarded({ guards: [errorGuard, approved] })), 2_000), clean, clean, clean);
  expect(state.progress?.step).toBe(1);
  expect(waitOf(state)).toBe("data on both versions for approved");
});

test("with copies alpha is shared by two judges, and what is possible is told at half of beta; without a budget it is not told", () => {
  expect(judgeSettings(guarded().rollout)).toMatchObject({ alpha: 0.005, beta: 0.05, excessBeta: 0.025 });
  expect(judgeSettings(guarded({ steps: weights }).rollout)).toMatchObject({ alpha: 0.01, excessBeta: 0.05 });
  expect(judgeSettings(guarded({ harmBudget: 10_000 }).rollout)).not.toHaveProperty("excessBeta");
  const { harmBudget: _, ...earlier } = guarded().rollout;
  expect(judgeSettings(earlier)).not.toHaveProperty("excessBeta");
});

test("whatever the copies were, the harm that is left possible is never less than what live requests have shown", () => {
  const counted = fc.record({ n1: fc.integer({ min: 1, max: 50 }), bad: fc.integer({ min: 0, max: 3 }) });
  fc.assert(
    fc.property(
      fc.integer({ min: 19, max: 5_000 }),
      fc.array(counted, { minLength: 1, maxLength: 5 }),
      (each, seen) => {
        const live = seen.map(({ n1, bad }) => interval({ n0: 400, n1, x1: Math.min(n1, bad) }));
        const { progress, judges } = after(copies(from(guarded()), each), ...live);
        if (progress?.possibleHarm === undefined || judges === undefined) throw new Error("nothing is judged");
        const { compared } = judges.live.guards[0]?.comparisons[0] ?? {};
        if (compared === undefined || compared.weight === 0) return;
        const shown = (compared.candidate - compared.stable) / compared.weight;
        expect(progress.possibleHarm.excess).toBeGreaterThanOrEqual(shown - 1e-12);
      },
    ),
    { numRuns: 60 },
  );
});
