import { expect, test } from "vitest";
import { emptyState, type RolloutState, step } from "../../components/rollout/index.ts";
import type { TrafficPlan } from "../../components/traffic/plan.ts";
import { canaryPlan, errorGuard } from "../support/plans.ts";

const take = (state: RolloutState, plan: TrafficPlan): RolloutState =>
  step(state, { kind: "plan", plan, now: 0 }).state;

const counted = (state: RolloutState): RolloutState => {
  const counts = { errorRate: { n0: 950, x0: 9, n1: 50, x1: 0 } };
  const interval = { live: { at: 0, seconds: 1, step: 0, counts } };
  return step(state, { kind: "interval", interval, now: 0 }).state;
};

const plan = canaryPlan();
const running = counted(take(emptyState("2026-01-01T00:00:00.000Z"), plan));
const told = ({ events }: RolloutState): readonly string[] => events.map(({ kind }) => kind);

test("another weight carries the evidence over, and another margin begins it anew, which is told", () => {
  const moved = take(running, { ...plan, weight: 1_000 });
  expect(moved.judges?.live.intervals).toBe(1);
  expect(told(moved)).toEqual(["plan", "plan"]);

  const guards = [{ ...errorGuard, margin: { kind: "absolute", value: 0.01 } as const }];
  const edited = take(running, canaryPlan({}, { guards }));
  expect(edited.judges?.live.intervals).toBe(0);
  expect(edited.progress).toMatchObject({ step: running.progress?.step, proven: false, intervals: 0 });
  expect(told(edited)).toEqual(["plan", "plan", "evidence"]);
  expect(edited.events.at(-1)?.text).toBe("judged on other terms from here on: evidence begins anew, the share stays");
});
