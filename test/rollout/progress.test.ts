import { expect, test } from "vitest";
import { createJudge, type Decision, type Verdict } from "../../components/analysis/index.ts";
import { judgeSettings } from "../../components/rollout/judges.ts";
import { type Observation, observe } from "../../components/rollout/observe.ts";
import { changeTarget, end, type Progress, shareOf, startRollout } from "../../components/rollout/progress.ts";
import { waitsFor } from "../../components/rollout/waits.ts";
import type { RolloutPlan, TrafficPlan } from "../../components/traffic/plan.ts";
import { canaryPlan, rolloutPlan, stablePlan } from "../support/plans.ts";

const AT = "2026-01-01T00:00:00.000Z";
const base = createJudge(judgeSettings(rolloutPlan())).verdict;
const says = (verdict: Decision): Verdict => ({ ...base, verdict });

/** Evidence of harm at this height, not yet enough to end anything. */
const doubting = (log: number): Verdict => ({
  verdict: "continue",
  evidence: {
    ...base.evidence,
    guards: base.evidence.guards.map((guard) => ({ ...guard, rollback: { ...guard.rollback, log } })),
  },
});

interface Second {
  readonly ms?: number;
  readonly verdict?: Decision;
  readonly copiesVerdict?: Decision;
  readonly n0?: number;
  readonly n1?: number;
  /** Copies, and how many of them failed. */
  readonly copies?: readonly [number, number];
}

const second = (seen: Second = {}): Observation => {
  const { ms = 1_000, verdict = "continue", copiesVerdict = "continue", n0 = 100, n1 = 5, copies } = seen;
  const when = { at: 0, seconds: ms / 1000 };
  return {
    at: AT,
    ms,
    closed: {
      live: { ...when, counts: { errorRate: { n0, x0: 0, n1, x1: 0 } } },
      ...(copies && {
        copies: { ...when, counts: { errorRate: { n0: copies[0], x0: 0, n1: copies[0], x1: copies[1] } } },
      }),
    },
    verdicts: { live: says(verdict), copies: says(copiesVerdict) },
  };
};

const after = (progress: Progress, plan: RolloutPlan, seconds: readonly Second[]): Progress =>
  seconds.reduce((state, seen) => observe(state, plan, second(seen)).progress, progress);

const times = (count: number, seen: Second = {}): readonly Second[] => Array.from({ length: count }, () => seen);

const automatic = (rollout: Partial<RolloutPlan> = {}, plan: Partial<TrafficPlan> = {}): TrafficPlan =>
  canaryPlan({ weight: 10_000, ...plan }, { advance: "automatic", bakeMs: 3_000, ...rollout });

const begin = (plan: TrafficPlan): Progress => startRollout(plan, AT);

test("without a candidate nothing runs", () => {
  expect(begin(stablePlan())).toMatchObject({ phase: "idle", step: -1, ladder: [] });
  expect(shareOf(begin(stablePlan()))).toEqual({ weight: 0, shadowing: false });
});

test("a step is left when it has baked with data on both arms", () => {
  const plan = automatic();
  expect(begin(plan).ladder).toEqual([500, 2_500, 5_000, 10_000]);
  expect(after(begin(plan), plan.rollout, times(2))).toMatchObject({ step: 0, phase: "progressing" });
  expect(after(begin(plan), plan.rollout, times(3))).toMatchObject({ step: 1, stepElapsedMs: 0, raises: 1 });
  expect(after(begin(plan), plan.rollout, times(6))).toMatchObject({ step: 2 });
});

test("a step is not left on fewer than three intervals with answers of the candidate, however short its bake", () => {
  const plan = automatic({ bakeMs: 1 });
  const waiting = after(begin(plan), plan.rollout, [...times(2, { n0: 300 }), ...times(5, { n1: 0 })]);
  expect(waiting.step).toBe(0);
  expect(waitsFor(waiting, plan.rollout)).toEqual({ what: "3 intervals with answers of the candidate" });
  expect(after(waiting, plan.rollout, times(1)).step).toBe(1);
});

test("a step is left when what the next one may spoil fits the harm budget", () => {
  const leaving = (possibleExcess: number): Verdict => ({
    verdict: "continue",
    evidence: { ...base.evidence, guards: base.evidence.guards.map((guard) => ({ ...guard, possibleExcess })) },
  });
  const plan = automatic({ harmBudget: 100 });
  const with_ = (progress: Progress, possibleExcess: number): Progress => {
    const seen = second();
    return observe(progress, plan.rollout, { ...seen, verdicts: { ...seen.verdicts, live: leaving(possibleExcess) } })
      .progress;
  };
  let progress = after(begin(plan), plan.rollout, times(2));
  progress = with_(progress, 0.0401);
  expect(progress.step).toBe(0);
  expect(waitsFor(progress, plan.rollout)).toEqual({
    what: "evidence that 25 % spoils at most 1 % of all requests: errorRate may still be 4.0 points worse, 1.0 % of them",
  });
  expect(with_(progress, 0.04).step).toBe(1);
  const { harmBudget: _, ...timed } = plan.rollout;
  expect(waitsFor(progress, timed)).toBeUndefined();
});

test("without data on one of the arms a step is not left", () => {
  const plan = automatic();
  expect(after(begin(plan), plan.rollout, times(100, { n1: 0 }))).toMatchObject({ step: 0 });
  expect(after(begin(plan), plan.rollout, times(100, { n0: 0 }))).toMatchObject({ step: 0 });
});

test("the last step is entered only when every guard is shown non-inferior", () => {
  const plan = automatic();
  const waiting = after(begin(plan), plan.rollout, times(100));
  expect(waiting).toMatchObject({ step: 2, phase: "progressing" });
  const entered = after(waiting, plan.rollout, [{ verdict: "promote" }]);
  expect(shareOf(entered)).toEqual({ weight: 10_000, shadowing: false });
});

test("at the whole traffic, where stable has no data, the bake completes what the evidence has shown", () => {
  const plan = automatic();
  const last = after(begin(plan), plan.rollout, [...times(6), ...times(3, { verdict: "promote" })]);
  expect(last).toMatchObject({ step: 3, phase: "progressing" });
  expect(after(last, plan.rollout, times(2, { n0: 0, verdict: "noData" }))).toMatchObject({ phase: "progressing" });
  expect(after(last, plan.rollout, times(3, { n0: 0, verdict: "noData" }))).toMatchObject({
    phase: "complete",
    step: 3,
  });
});

test("a weight given by hand completes on evidence and never moves by itself", () => {
  const plan = canaryPlan({ weight: 500 }, { bakeMs: 3_000 });
  expect(after(begin(plan), plan.rollout, times(100))).toMatchObject({ phase: "progressing", ladder: [500] });
  expect(after(begin(plan), plan.rollout, times(3, { verdict: "promote" }))).toMatchObject({ phase: "complete" });
});

test("where stable is held back the last step completes on evidence of its own", () => {
  const plan = automatic({ holdBack: 500 });
  const last = after(begin(plan), plan.rollout, [...times(6), ...times(3, { verdict: "promote" })]);
  expect(last).toMatchObject({ ladder: [500, 2_500, 5_000, 9_500], step: 3, phase: "progressing", proven: false });
  const unproven = after(last, plan.rollout, times(10));
  expect(unproven).toMatchObject({ step: 3, phase: "progressing" });
  expect(after(unproven, plan.rollout, times(1, { verdict: "promote" }))).toMatchObject({ phase: "complete" });
});

test("harm ends the rollout in any phase and gives the candidate nothing", () => {
  const plan = automatic();
  const phases: readonly (readonly Second[])[] = [
    times(1),
    times(4),
    [...times(6), ...times(7, { verdict: "promote" })],
    times(4, { verdict: "inconclusive" }),
  ];
  for (const seconds of phases) {
    const ended = after(begin(plan), plan.rollout, [...seconds, { verdict: "rollback" }]);
    expect(ended).toMatchObject({ phase: "aborted", ended: { cause: "guard:errorRate", lastBadMs: 0 } });
    expect(shareOf(ended)).toEqual({ weight: 0, shadowing: false });
  }
});

test("detection is timed from the interval in which the candidate's first request came", () => {
  const plan = automatic();
  const ended = after(begin(plan), plan.rollout, [...times(5, { n1: 0 }), ...times(2), { verdict: "rollback" }]);
  expect(ended.ended?.detectSeconds).toBe(3);
});

test("an ended rollout stays as it is", () => {
  const plan = automatic();
  const { progress } = end(begin(plan), AT, "person", "because");
  expect(after(progress, plan.rollout, times(100, { verdict: "promote" }))).toEqual(progress);
});

test("a shadow step is left when it has baked and the candidate answered copies", () => {
  const steps = [{ kind: "shadow" }, { kind: "weight", weight: 500 }, { kind: "weight", weight: 10_000 }] as const;
  const plan = automatic({ steps });
  expect(shareOf(begin(plan))).toEqual({ weight: 0, shadowing: true });
  const quiet = { n1: 0, verdict: "noData" } as const;
  expect(after(begin(plan), plan.rollout, times(100, quiet))).toMatchObject({ step: 0 });
  expect(after(begin(plan), plan.rollout, times(100, { ...quiet, copies: [10, 10] }))).toMatchObject({ step: 0 });
  const left = after(begin(plan), plan.rollout, times(3, { ...quiet, copies: [10, 0] }));
  expect(left).toMatchObject({ step: 1, raises: 0 });
});

test("copies end a rollout on a shadow step, and are no reason later", () => {
  const steps = [{ kind: "shadow" }, { kind: "weight", weight: 500 }, { kind: "weight", weight: 10_000 }] as const;
  const plan = automatic({ steps });
  const harm = { n1: 0, copies: [10, 5], copiesVerdict: "rollback" } as const;
  expect(after(begin(plan), plan.rollout, [harm])).toMatchObject({ phase: "aborted" });
  const live = after(begin(plan), plan.rollout, times(3, { n1: 0, copies: [10, 0] }));
  expect(after(live, plan.rollout, [{ copiesVerdict: "rollback" }])).toMatchObject({ step: 1, phase: "progressing" });
});

test.each([
  ["hold", { phase: "holding", step: 1 }],
  ["rollback", { phase: "aborted", ended: { cause: "inconclusive" } }],
  ["promote", { phase: "complete", step: 3 }],
] as const)("without a decision in time: %s", (onInconclusive, expected) => {
  const plan = automatic({ onInconclusive });
  expect(after(begin(plan), plan.rollout, [...times(3), { verdict: "inconclusive" }])).toMatchObject(expected);
});

test("a rollout that holds stays where it is, but for harm", () => {
  const plan = automatic();
  const held = after(begin(plan), plan.rollout, [...times(3), { verdict: "inconclusive" }, ...times(100)]);
  expect(held).toMatchObject({ phase: "holding", step: 1 });
  expect(after(held, plan.rollout, [{ verdict: "rollback" }])).toMatchObject({ phase: "aborted" });
});

test("time that the gateway did not run does not bake, and a long interval is one interval", () => {
  const plan = automatic();
  const paused = after(begin(plan), plan.rollout, [{ ms: 10 }, { ms: 10 }]);
  expect(paused).toMatchObject({ step: 0, stepElapsedMs: 20 });
  expect(after(paused, plan.rollout, [{ ms: 60_000 }])).toMatchObject({ step: 1 });
});

test("a block that only teaches the judge leaves no step, however long it is and however bad", () => {
  const plan = automatic();
  const taught = after(begin(plan), plan.rollout, [{ ms: 60_000, n0: 5_000, n1: 50 }]);
  expect(taught).toMatchObject({ step: 0, stepArms: { errorRate: { stable: true, candidate: true, judged: false } } });
  expect(waitsFor(taught, plan.rollout)).toEqual({ what: "the first interval in which errorRate is judged" });
  expect(after(taught, plan.rollout, times(2))).toMatchObject({ step: 1 });
});

test("a step is not left while the evidence of harm is above half of what ends the rollout", () => {
  const plan = automatic();
  const doubtful = observe(after(begin(plan), plan.rollout, times(2)), plan.rollout, {
    ...second(),
    verdicts: { live: doubting(0.6 * Math.log(1 / plan.rollout.alpha)), copies: base },
  }).progress;
  expect(doubtful).toMatchObject({ step: 0, doubt: "errorRate" });
  expect(waitsFor(doubtful, plan.rollout)).toEqual({ what: "the evidence of harm in errorRate to fall" });
  expect(after(doubtful, plan.rollout, times(1))).toMatchObject({ step: 1 });
});

test("what a candidate fails on few inputs again and again holds the rollout and does not end it", () => {
  const plan = automatic();
  const excess = { stable: { requests: 200, bad: 0 }, candidate: { requests: 40, bad: 40 } };
  const seen = second();
  const held = observe(after(begin(plan), plan.rollout, times(2)), plan.rollout, {
    ...seen,
    closed: { ...seen.closed, excess },
  }).progress;
  expect(held).toMatchObject({ step: 0, phase: "progressing", excess });
  expect(waitsFor(held, plan.rollout)?.what).toContain("the candidate failed or refused 40 of 40");
  expect(after(held, plan.rollout, times(10))).toMatchObject({ step: 0 });
});

test("a lower ceiling takes effect at once, a higher one leaves the share and goes on climbing", () => {
  const plan = automatic();
  const at25 = after(begin(plan), plan.rollout, times(3));
  const lowered = changeTarget(at25, { ...plan, weight: 1_000 }, AT);
  expect(lowered).toMatchObject({ ladder: [500, 1_000], step: 1, stepElapsedMs: 0 });
  const raised = changeTarget(at25, { ...plan, weight: 7_500 }, AT);
  expect(raised).toMatchObject({ ladder: [500, 2_500, 5_000, 7_500], step: 1, elapsedMs: at25.elapsedMs });
});

test("a weight given by hand takes effect at once; what was proven opens it, and is proven anew on it", () => {
  const plan = canaryPlan({ weight: 500 });
  const complete = after(begin(plan), plan.rollout, times(2, { verdict: "promote" }));
  const raised = changeTarget(complete, { ...plan, weight: 2_500 }, AT);
  expect(raised).toMatchObject({ phase: "progressing", ladder: [2_500], raises: 1, proven: false });
  expect(changeTarget(complete, { ...plan, weight: 10_000 }, AT)).toMatchObject({ ladder: [10_000], proven: true });
  expect(shareOf(raised)).toEqual({ weight: 2_500, shadowing: false });
});
