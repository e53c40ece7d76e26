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

interface Repeated {
  /** Failed or refused of so many requests of few inputs, at each version. */
  readonly stable: number;
  readonly candidate: number;
  readonly requests?: number;
  /** Requests of other inputs at each version. */
  readonly others?: number;
}

function holds({ stable, candidate, requests = 1e6, others = 0 }: Repeated, guards: RolloutPlan["guards"]): boolean {
  const plan = canaryPlan({}, { guards });
  const progress = {
    ...startRollout(plan, "2026-01-01T00:00:00.000Z"),
    excess: { stable: { requests, bad: stable }, candidate: { requests, bad: candidate } },
    compared: { stable: others, candidate: others },
  };
  return repeatedFailures(progress, plan.rollout) !== undefined;
}

test("a margin of 20 % lets the candidate refuse a fifth more than stable, not twenty points more", () => {
  const guards = [refusalGuard("relative", 0.2)];
  expect(holds({ stable: 100_000, candidate: 120_000 }, guards)).toBe(false);
  expect(holds({ stable: 100_000, candidate: 122_000 }, guards)).toBe(true);
  expect(holds({ stable: 0, candidate: 19 }, guards)).toBe(false);
  expect(holds({ stable: 0, candidate: 20 }, guards)).toBe(true);
});

test("a margin in points is added to stable's share, half a point without a guard", () => {
  expect(holds({ stable: 100_000, candidate: 300_000 }, [refusalGuard("absolute", 0.2)])).toBe(false);
  expect(holds({ stable: 100_000, candidate: 303_000 }, [refusalGuard("absolute", 0.2)])).toBe(true);
  expect(holds({ stable: 100_000, candidate: 105_000 }, [])).toBe(false);
  expect(holds({ stable: 100_000, candidate: 107_000 }, [])).toBe(true);
});

test("what chance alone may show of so few holds nothing", () => {
  expect(holds({ stable: 30, candidate: 45, requests: 1_000 }, [])).toBe(false);
  expect(holds({ stable: 30, candidate: 70, requests: 1_000 }, [])).toBe(true);
});

test("the failures of few inputs are held against all requests of a version", () => {
  const few = { stable: 0, candidate: 40, requests: 40 };
  expect(holds(few, [])).toBe(true);
  expect(holds({ ...few, others: 4_000 }, [])).toBe(true);
  expect(holds({ ...few, others: 8_000 }, [])).toBe(false);
});
