import { expect, test } from "vitest";
import {
  createJudge,
  type Interval,
  LATENCY_BUCKETS,
  tailBounds,
  tailCounts,
} from "../../components/analysis/index.ts";
import type { Guard } from "../../components/guards/index.ts";
import { createComparedCounts } from "../../components/platforms/local/gateway/counters.ts";
import { judgeSettings } from "../../components/rollout/judges.ts";
import { observe } from "../../components/rollout/observe.ts";
import { startRollout } from "../../components/rollout/progress.ts";
import { canaryPlan, errorGuard, latencyGuard } from "../support/plans.ts";

const AT = "2026-01-01T00:00:00.000Z";
const FIGURES = /; p = \S+, alpha = 0\.01$/;

/** Why a rollout under this guard ends, of which this was counted, second after second, after stable's first 1,000 units. */
function reasonOf(guard: Guard, taught: Interval["counts"], counts: Interval["counts"]): string {
  const plan = canaryPlan({}, { guards: [guard] });
  const judge = createJudge(judgeSettings(plan.rollout));
  judge.add({ at: 0, seconds: 1, counts: taught });
  const copies = createJudge(judgeSettings(plan.rollout)).verdict;
  let progress = startRollout(plan, AT);
  for (let second = 1; second < 60 && progress.ended === undefined; second++) {
    const live = { at: 1_000 * second, seconds: 1, counts };
    const verdicts = { live: judge.add(live), copies };
    progress = observe(progress, plan.rollout, { at: AT, ms: 1_000, closed: { live }, verdicts }).progress;
  }
  return (progress.ended?.reason ?? "it goes on").replace(FIGURES, "");
}

test("a share is told in per cent", () => {
  const reason = reasonOf(
    errorGuard,
    { errorRate: { n0: 1_000, x0: 10, n1: 0, x1: 0 } },
    { errorRate: { n0: 1_000, x0: 10, n1: 200, x1: 60 } },
  );
  expect(reason).toBe("errorRate is worse than its margin allows (candidate 30.00 % of 200, stable 1.00 % of 2000)");
});

test("latency is told by how many answers took longer than which time", () => {
  const { stable, candidate } = createComparedCounts();
  const bounds = tailBounds(0.5);
  // 2 % of stable's answers and half of the candidate's are the slowest there are.
  stable.latency[0] = 980;
  stable.latency[LATENCY_BUCKETS - 1] = 20;
  candidate.latency[0] = 100;
  candidate.latency[LATENCY_BUCKETS - 1] = 100;
  const taught = tailCounts(stable.latency, new Float64Array(LATENCY_BUCKETS), bounds);
  const reason = reasonOf(
    latencyGuard,
    { latency: taught },
    { latency: tailCounts(stable.latency, candidate.latency, bounds) },
  );
  expect(reason).toBe(
    "latency is worse than its margin allows (50.00 % of 1000 answers took longer than 15 ms, 2.00 % of 6000 at stable longer than 10 ms)",
  );
});

test("a mean is told in the metric's own units", () => {
  const revenue: Guard = {
    ...{ metric: "revenue", source: "feedback", direction: "decrease", designEffect: 1 },
    margin: { kind: "absolute", value: 2.5 },
    range: { least: 100, most: 500 },
  };
  const reason = reasonOf(
    revenue,
    { revenue: { n0: 1_000, x0: 500, n1: 0, x1: 0 } },
    { revenue: { n0: 1_000, x0: 500, n1: 400, x1: 100 } },
  );
  expect(reason).toBe(
    "revenue is worse than its margin allows (candidate a mean of 200 over 400 values, stable 300 over 2000)",
  );
});
