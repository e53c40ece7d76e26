import { expect, test } from "vitest";
import { emptyState, guardsToCount, type RolloutState, step, waitsFor } from "../../components/rollout/index.ts";
import { startRollout } from "../../components/rollout/progress.ts";
import { canaryPlan, errorGuard, latencyGuard } from "../support/plans.ts";

const plan = canaryPlan({}, { guards: [errorGuard, latencyGuard], warmUpMs: 30_000, bakeMs: 1_000 });
const start = startRollout(plan, "2026-01-01T00:00:00.000Z");
const metrics = (changes: { candidateFromMs?: number; elapsedMs: number }, isReached: boolean): readonly string[] =>
  guardsToCount({ ...start, ...changes }, plan.rollout, isReached).map(({ metric }) => metric);

test("latency is left out from the candidate's first request on, for as long as a version is slow at first", () => {
  expect(metrics({ elapsedMs: 600_000 }, false)).toEqual(["errorRate", "latency"]);
  expect(metrics({ elapsedMs: 600_000 }, true)).toEqual(["errorRate"]);
  expect(metrics({ elapsedMs: 601_000, candidateFromMs: 600_000 }, false)).toEqual(["errorRate"]);
  expect(metrics({ elapsedMs: 629_999, candidateFromMs: 600_000 }, true)).toEqual(["errorRate"]);
  expect(metrics({ elapsedMs: 630_000, candidateFromMs: 600_000 }, true)).toEqual(["errorRate", "latency"]);
});

test("a plan that says nothing of it leaves nothing out", () => {
  const { warmUpMs: _, ...silent } = plan.rollout;
  expect(guardsToCount(start, silent, true)).toEqual(silent.guards);
});

test("a rollout waits for the candidate to be warm, and says for how long", () => {
  const both = { stable: true, candidate: true, judged: true };
  const waiting = {
    ...start,
    ...{ elapsedMs: 12_000, stepElapsedMs: 12_000, candidateFromMs: 2_000 },
    stepArms: { errorRate: both, latency: both },
  };
  expect(waitsFor(waiting, plan.rollout)).toEqual({ what: "the candidate to warm up", ms: 20_000 });
});

test("a candidate that is watched by latency alone warms up as well, from the interval in which it is drawn", () => {
  const alone = canaryPlan({}, { guards: [latencyGuard], warmUpMs: 2_000 });
  const begun = step(emptyState("2026-01-01T00:00:00.000Z"), { kind: "plan", plan: alone, now: 0 }).state;
  const second = (state: RolloutState, candidate: number): RolloutState => {
    const interval = {
      live: { at: 0, seconds: 1, step: 0, counts: {} },
      arrivals: { draws: [{ weight: 500, stable: 19, candidate }] },
    };
    return step(state, { kind: "interval", interval, now: 0 }).state;
  };
  const unreached = second(begun, 0);
  const reached = second(unreached, 1);
  const warm = second(reached, 1);
  expect([unreached, reached, warm].map(({ progress }) => progress?.candidateFromMs)).toEqual([
    undefined,
    1_000,
    1_000,
  ]);
  const counted = ({ progress }: RolloutState) => progress && guardsToCount(progress, alone.rollout, true);
  expect([reached, warm].map(counted)).toEqual([[], [latencyGuard]]);
});
