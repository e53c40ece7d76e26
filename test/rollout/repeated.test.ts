import { expect, test } from "vitest";
import { startRollout } from "../../components/rollout/progress.ts";
import { repeatedFailures } from "../../components/rollout/waits.ts";
import type { RolloutPlan } from "../../components/traffic/plan.ts";
import { canaryPlan } from "../support/plans.ts";

const refusalGuard = (kind: "absolute" | "relative", value: number): RolloutPlan["guards"][number] => ({
  metric: "refusalRate",
  source: "requests",
  direction: "increase",
  margin: { kind, value },
  designEffect: 1,
});

/** Whether few inputs hold a rollout when so many of their 1,000 requests at each version failed or were refused. */
function holds(stable: number, candidate: number, guards: RolloutPlan["guards"]): boolean {
  const plan = canaryPlan({}, { guards });
  const excess = { stable: { requests: 1_000, bad: stable }, candidate: { requests: 1_000, bad: candidate } };
  return repeatedFailures({ ...startRollout(plan, "2026-01-01T00:00:00.000Z"), excess }, plan.rollout) !== undefined;
}

test("a margin of 20 % lets the candidate refuse a fifth more than stable, not twenty points more", () => {
  const guards = [refusalGuard("relative", 0.2)];
  expect(holds(100, 120, guards)).toBe(false);
  expect(holds(100, 121, guards)).toBe(true);
  expect(holds(0, 20, guards)).toBe(true);
});

test("a margin in points is added to stable's share, half a point without a guard", () => {
  expect(holds(100, 300, [refusalGuard("absolute", 0.2)])).toBe(false);
  expect(holds(100, 301, [refusalGuard("absolute", 0.2)])).toBe(true);
  expect(holds(100, 105, [])).toBe(false);
  expect(holds(100, 106, [])).toBe(true);
});
