import { expect, test } from "vitest";
import { createJudge, type GuardCounts, type Verdict } from "../../components/analysis/index.ts";
import { type Guard, resolveGuards, type WrittenGuard } from "../../components/guards/index.ts";
import { judgeSettings } from "../../components/rollout/judges.ts";
import { rolloutPlan } from "../support/plans.ts";

const approved: WrittenGuard = { metric: "approved", margin: { kind: "absolute", value: 0.03 }, designEffect: 1 };
const paid: WrittenGuard = { ...approved, metric: "paid" };

const verdictOf = (guards: readonly Guard[], counts: Readonly<Record<string, GuardCounts>>, seconds = 60): Verdict => {
  const judge = createJudge(judgeSettings(rolloutPlan({ guards })));
  for (let second = 0; second < seconds; second++) judge.add({ at: second * 1000, seconds: 1, counts });
  return judge.verdict;
};

const counts = (share: number) => ({ n0: 100, x0: 50, n1: 100, x1: 100 * share });
const harmed = counts(0.3);
const alike = counts(0.5);

test("groups are guards of their own, with the margin and the time of their metric, beside all", () => {
  const guards = resolveGuards([{ ...approved, groups: ["young", "old"], maturesMs: 5_000 }]);
  expect(guards.map(({ metric }) => metric)).toEqual(["approved", "approved/young", "approved/old"]);
  for (const guard of guards) {
    expect(guard).toMatchObject({ source: "feedback", direction: "either", margin: approved.margin, maturesMs: 5_000 });
  }
});

test("groups that cancel out in the share of all are found, and named", () => {
  const guards = resolveGuards([{ ...approved, groups: ["young", "old"] }]);
  const { verdict, evidence } = verdictOf(guards, {
    approved: alike,
    "approved/young": counts(0.3),
    "approved/old": counts(0.7),
  });
  expect(verdict).toBe("rollback");
  expect(["approved/young", "approved/old"]).toContain(evidence.culprit?.guard);
});

test("a group without data is none that passes", () => {
  const guards = resolveGuards([{ ...approved, groups: ["young", "old"] }]);
  const { verdict, evidence } = verdictOf(guards, { approved: alike, "approved/young": alike }, 600);
  expect(verdict).toBe("noData");
  expect(evidence.missing).toEqual([
    { guard: "approved/old", arm: "stable" },
    { guard: "approved/old", arm: "candidate" },
  ]);
});

test("what informs only is judged and shown, and neither stops a candidate nor keeps it waiting", () => {
  const guards = resolveGuards([paid, { ...approved, importance: "information" }]);
  const bad = verdictOf(guards, { paid: alike, approved: harmed }, 600);
  expect(bad.verdict).toBe("promote");
  expect(bad.evidence.guards[1]?.rollback.log).toBeGreaterThan(bad.evidence.thresholds.rollback);
  expect(verdictOf(guards, { paid: alike }, 600).verdict).toBe("promote");
});

test("what is critical weighs as four others", () => {
  const logOf = (importance: "critical" | undefined): number => {
    const guards = resolveGuards([paid, { ...approved, ...(importance && { importance }) }]);
    return verdictOf(guards, { paid: alike, approved: harmed }, 20).evidence.combined.log;
  };
  expect(logOf("critical") - logOf(undefined)).toBeCloseTo(Math.log(4 / 5 / (1 / 2)), 6);
});

test("a judge without a guard that decides is refused", () => {
  const guards = resolveGuards([{ ...approved, importance: "information" }]);
  expect(() => createJudge(judgeSettings(rolloutPlan({ guards })))).toThrow("at least one guard with a stake above 0");
});
