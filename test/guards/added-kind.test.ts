import { expect, test } from "vitest";
import { createJudge } from "../../components/analysis/index.ts";
import { type GuardKind, guardKinds, kindOf, resolveGuards } from "../../components/guards/index.ts";
import { closeInterval } from "../../components/platforms/local/gateway/close-interval.ts";
import { countInArm, createComparedCounts } from "../../components/platforms/local/gateway/counters.ts";
import { checkGuards } from "../../components/release/guard-checks.ts";
import { judgeSettings } from "../../components/rollout/judges.ts";
import type { RolloutPlan } from "../../components/traffic/plan.ts";

/** Refusals and failures together: a kind that the house does not have. */
const unanswered: GuardKind = {
  metric: "unanswered",
  source: "requests",
  directions: ["increase"],
  margins: ["relative"],
  aliases: "noanswers?",
  harm: ({ candidate, stable }) => `${candidate.events} against ${stable.events}`,
  judged: ({ metric, direction, margin, designEffect }) => ({
    kind: "proportion",
    name: metric,
    direction,
    margin,
    designEffect,
  }),
  counts: (_guard, stable, candidate) => ({
    n0: stable.requests,
    x0: stable.errors + stable.refusals,
    n1: candidate.requests,
    x1: candidate.errors + candidate.refusals,
  }),
};
const kinds = [...guardKinds, unanswered];

function problemsOf(guard: object): readonly string[] {
  const seen: string[] = [];
  const draft = { rollout: { guards: [guard] }, versions: {}, retirement: {} };
  checkGuards(
    draft as unknown as Parameters<typeof checkGuards>[0],
    (path, saw, allowed, cure) => seen.push([path.join("."), saw, allowed, cure].join(" | ")),
    kinds,
  );
  return seen;
}

test("a kind that is added to the list is checked by what it allows", () => {
  expect(problemsOf({ metric: "unanswered", margin: "20%", source: "requests" })).toEqual([]);
  expect(problemsOf({ metric: "unanswered", margin: "1pp", direction: "either", source: "feedback" })).toEqual([
    'rollout.guards.0.source | "feedback" | requests for unanswered | Remove source.',
    'rollout.guards.0.direction | "either" | increase for unanswered | Remove direction.',
    'rollout.guards.0.margin | "1pp" | a ratio to stable for unanswered, such as "20%" | Write, for example: margin: "20%"',
  ]);
  expect(problemsOf({ metric: "no_answers", margin: "20%" })).toEqual([
    'rollout.guards.0.metric | "no_answers" | errorRate, refusalRate, latency, unanswered, accuracy, or a business metric that is named otherwise | Did you mean unanswered? For a business metric of this name, which arrives as feedback, add: source: feedback',
  ]);
});

test("it is resolved, counted and judged", () => {
  const guards = resolveGuards(
    [{ metric: "unanswered", margin: { kind: "relative", value: 0.2 }, designEffect: 1 }],
    kinds,
  );
  expect(guards).toEqual([
    {
      metric: "unanswered",
      source: "requests",
      direction: "increase",
      margin: { kind: "relative", value: 0.2 },
      designEffect: 1,
    },
  ]);

  const plan: RolloutPlan = {
    identity: "unanswered",
    attempt: "1",
    guards,
    alpha: 0.01,
    beta: 0.05,
    maxDurationMs: 60_000,
    bakeMs: 0,
    steps: [],
    advance: "automatic",
    onInconclusive: "hold",
  };
  const settings = judgeSettings(plan, {}, kinds);
  const comparison = createComparedCounts();
  for (let request = 0; request < 1000; request++) {
    countInArm(comparison.stable, request % 10 === 0 ? "refused" : "answered", 1);
    countInArm(comparison.candidate, request % 2 === 0 ? "failed" : request % 3 === 0 ? "refused" : "answered", 1);
  }
  const { live } = closeInterval(comparison, guards, { at: 60, seconds: 60, step: 0 }, kinds);
  expect(live.counts).toEqual({ unanswered: { n0: 1000, x0: 100, n1: 1000, x1: 667 } });

  const judge = createJudge(settings);
  judge.add(live);
  expect(judge.add({ ...live, at: 120 })).toMatchObject({
    verdict: "rollback",
    evidence: { culprit: { guard: "unanswered" } },
  });
});

test("a metric that no kind claims needs a kind of business metrics", () => {
  expect(kindOf({ metric: "revenue" }, kinds)).toBe(kindOf({ metric: "revenue" }));
  expect(() => kindOf({ metric: "revenue" }, [unanswered])).toThrow(
    new RangeError("saw the metric revenue; no kind of guard takes it"),
  );
});
