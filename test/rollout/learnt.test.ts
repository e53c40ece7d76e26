import fc from "fast-check";
import { expect, test } from "vitest";
import { createJudge } from "../../components/analysis/index.ts";
import {
  type ClosedInterval,
  emptyState,
  judgeSettings,
  judgesOf,
  type Learnt,
  learn,
  type PairedHistory,
  type RolloutState,
  step,
  verdictOf,
} from "../../components/rollout/index.ts";
import { addPaired, isPairedWindows, type PairedWindows } from "../../components/rollout/paired.ts";
import type { TrafficPlan } from "../../components/traffic/plan.ts";
import { seeded } from "../bench/analysis/draw.ts";
import { drawCounts } from "../bench/analysis/judged.ts";
import { canaryPlan, errorGuard, latencyGuard, stablePlan } from "../support/plans.ts";
import { interval, NOW } from "./inputs.ts";

/** Minutes of a rollout whose versions both wander between 0.5 and 1.5 %, each on its own for five minutes. */
function wandering(minutes: number): readonly ClosedInterval[] {
  const random = seeded("learnt", 1);
  const rates = Array.from({ length: minutes }, () => [0.005 + 0.01 * random(), 0.005 + 0.01 * random()] as const);
  return Array.from({ length: minutes }, (_, minute) => {
    const [stableRate, candidateRate] = rates[Math.floor(minute / 5)] ?? [0.01, 0.01];
    const counts = drawCounts(random, { requests: 6000, weight: 0.25, stableRate, candidateRate });
    return interval({ seconds: 60, ...counts });
  });
}

const pairedOf = (intervals: readonly ClosedInterval[]): PairedWindows =>
  intervals.reduce<PairedWindows | undefined>((paired, { live }) => addPaired(paired, live), undefined) ?? {
    span: 60,
    windows: [],
  };
const history = (minutes: number): PairedHistory => ({ unit: "request", ...pairedOf(wandering(minutes)) });

const plan = canaryPlan({}, { maxDurationMs: 1e12 });
const begin = (learnt?: Learnt, asked: TrafficPlan = plan): RolloutState =>
  step(emptyState(new Date(NOW).toISOString()), { kind: "plan", plan: asked, learnt, now: NOW }).state;

test("a promoted rollout records its counts side by side, and they teach the next one", () => {
  let state = step(begin(), { kind: "plan", plan: canaryPlan({ weight: 10_000 }), now: NOW }).state;
  for (const each of wandering(200)) state = step(state, { kind: "interval", interval: each, now: NOW }).state;
  expect(state.progress?.phase).toBe("complete");
  const { orders } = step(state, { kind: "plan", plan: stablePlan({ stable: "v2", previous: "v1" }), now: NOW });
  const [record] = orders.flatMap((order) => (order.kind === "record" ? [order.ending] : []));
  expect(record).toMatchObject({ how: "promoted", paired: { unit: "request", span: 60 } });
  expect(record?.paired?.windows).toHaveLength(200);

  const learnt = learn(plan, record?.paired === undefined ? [] : [record.paired]);
  expect(learnt).toEqual({ effects: { errorRate: expect.any(Number) }, rollouts: 1 });
  const effect = learnt?.effects.errorRate ?? Number.NaN;
  expect(effect).toBeGreaterThan(3);
  const next = begin(learnt, canaryPlan({}, { identity: "rollout-2" }));
  expect(next.judges?.effects).toEqual({ errorRate: effect });
  expect(next.events.at(-1)).toMatchObject({
    kind: "evidence",
    text: `in the last rollout that was promoted the versions differed from moment to moment by more than chance explains, so evidence weighs less: that of errorRate is divided by ${effect}`,
  });
});

test("a rollout that was ended teaches nothing", () => {
  let state = begin();
  for (const each of wandering(20)) state = step(state, { kind: "interval", interval: each, now: NOW }).state;
  const { orders } = step(state, { kind: "abort", reason: "by hand", now: NOW });
  const [record] = orders.flatMap((order) => (order.kind === "record" ? [order.ending] : []));
  expect(record?.how).toBe("aborted");
  expect(record?.paired).toBeUndefined();
});

test("without a history a rollout is judged as written, and nothing is told", () => {
  expect(learn(plan, [])).toBeUndefined();
  expect(learn(plan, [history(6)])).toBeUndefined();
  const state = begin(learn(plan, []));
  expect(state.judges?.effects).toBeUndefined();
  expect(state.events.map(({ kind }) => kind)).toEqual(["plan"]);
  expect(judgeSettings(plan.rollout, state.judges?.effects)).toEqual(judgeSettings(plan.rollout));
});

test("counts of sessions teach nothing of requests", () => {
  const sticky = canaryPlan({ stickyHeader: "x-user" });
  expect(learn(sticky, [history(200)])).toBeUndefined();
  expect(learn(sticky, [{ ...history(200), unit: "session" }])?.rollouts).toBe(1);
});

test("what was learnt never lowers what is written", () => {
  const effect = fc.double({ min: 1, max: 500, noNaN: true });
  fc.assert(
    fc.property(fc.option(effect, { nil: undefined }), effect, (learnt, written) => {
      const { rollout } = canaryPlan({}, { guards: [{ ...errorGuard, designEffect: written }] });
      const [judged] = judgeSettings(rollout, learnt === undefined ? {} : { errorRate: learnt }).guards;
      expect(judged?.designEffect).toBe(Math.max(written, learnt ?? 1));
    }),
  );
});

test("of latency nothing is learnt: its windows are not kept", () => {
  const tails = { n0: 10, x0: [3, 1], n1: 10, x1: [2] };
  const { live } = interval({ n0: 10, n1: 10 });
  const paired = addPaired(undefined, { ...live, counts: { ...live.counts, latency: tails } });
  expect(paired.windows.map(({ counts }) => Object.keys(counts))).toEqual([["errorRate"]]);
  const guards = [errorGuard, latencyGuard];
  expect(Object.keys(learn(canaryPlan({}, { guards }), [history(200)])?.effects ?? {})).toEqual(["errorRate"]);
});

test("with a larger effect no evidence is stronger, of harm or of harmlessness", () => {
  fc.assert(
    fc.property(fc.double({ min: 1, max: 100, noNaN: true }), fc.double({ min: 1, max: 100, noNaN: true }), (a, b) => {
      const [small, large] = [Math.min(a, b), Math.max(a, b)];
      const after = (effect: number) => {
        const judge = createJudge(judgeSettings(plan.rollout, { errorRate: effect }));
        for (const { live } of wandering(3)) judge.add(live);
        return judge.verdict.evidence.guards[0]?.promote.log ?? Number.NaN;
      };
      expect(Math.abs(after(large))).toBeLessThanOrEqual(Math.abs(after(small)) + 1e-9);
    }),
    { numRuns: 40 },
  );
});

test("what was learnt stays over weights, lost evidence and JSON, and other terms learn anew", () => {
  const learnt = { effects: { errorRate: 3 }, rollouts: 2 };
  const state = begin(learnt);
  const plain = JSON.parse(JSON.stringify(state)) as RolloutState;
  expect(judgesOf(plan.rollout, plain.judges)).toEqual(state.judges);
  const moved = step(plain, { kind: "plan", plan: { ...plan, weight: 1_000 }, now: NOW }).state;
  expect(moved.judges?.effects).toEqual(learnt.effects);
  const lost = step(moved, { kind: "evidenceLost", now: NOW }).state;
  expect(lost.judges?.effects).toEqual(learnt.effects);
  const edited = canaryPlan({}, { beta: 0.1, maxDurationMs: 1e12 });
  const anew = step(lost, { kind: "plan", plan: edited, learnt: { effects: { errorRate: 4 }, rollouts: 3 }, now: NOW });
  expect(anew.state.judges?.effects).toEqual({ errorRate: 4 });
  expect(anew.state.events.at(-1)?.text).toContain("in the last 3 rollouts that were promoted");
  if (lost.judges === undefined) throw new Error("nothing is judged");
  expect(verdictOf(plan.rollout, lost.judges).evidence.guards[0]?.designEffect).toBe(3);
});

test("a written effect that is larger is kept, and nothing is told of a smaller one", () => {
  const guards = [{ ...errorGuard, designEffect: 5 }];
  const state = begin({ effects: { errorRate: 3 }, rollouts: 2 }, canaryPlan({}, { guards }));
  expect(state.events.map(({ kind }) => kind)).toEqual(["plan"]);
});

const anyInterval = fc
  .record({
    seconds: fc.constantFrom(0, 1, 10, 60, 3600),
    step: fc.integer({ min: 0, max: 3 }),
    n0: fc.integer({ min: 0, max: 100 }),
    n1: fc.integer({ min: 0, max: 100 }),
  })
  .map(({ step: raises, ...counted }) => {
    const { live } = interval({ ...counted, x0: Math.floor(counted.n0 / 3), x1: counted.n1 });
    return { ...live, step: raises };
  });

test("windows lose no unit, cross no step and stay few", () => {
  fc.assert(
    fc.property(fc.array(anyInterval, { maxLength: 600 }), (all) => {
      const sorted = all.toSorted((a, b) => a.step - b.step);
      const paired = sorted.reduce<PairedWindows | undefined>(addPaired, undefined) ?? { span: 60, windows: [] };
      expect(isPairedWindows(JSON.parse(JSON.stringify(paired)))).toBe(true);
      expect(paired.windows.length).toBeLessThanOrEqual(240);
      for (const each of [0, 1, 2, 3]) {
        const units = (list: readonly { readonly step: number; readonly n1: number }[]): number =>
          list.filter((one) => one.step === each).reduce((sum, { n1 }) => sum + n1, 0);
        const counted = sorted.flatMap(({ step: raises, seconds, counts }) =>
          seconds > 0 ? [{ step: raises, n1: counts.errorRate?.n1 ?? 0 }] : [],
        );
        const kept = paired.windows.map(({ step: raises, counts }) => ({
          step: raises,
          n1: counts.errorRate?.n1 ?? 0,
        }));
        expect(units(kept)).toBe(units(counted));
      }
    }),
    { numRuns: 30 },
  );
});

test("what cannot be the counts of a rollout is none", () => {
  const damaged = {
    span: 60,
    windows: [{ step: 0, seconds: 60, counts: { errorRate: { n0: "1", x0: 0, n1: 1, x1: 0 } } }],
  };
  for (const kept of [undefined, null, [], {}, { span: 60 }, { span: -1, windows: [] }, damaged]) {
    expect(isPairedWindows(kept)).toBe(false);
  }
  const { judges } = begin();
  if (judges === undefined) throw new Error("nothing is judged");
  expect(() => judgesOf(plan.rollout, { ...judges, paired: damaged as unknown as PairedWindows })).toThrow(RangeError);
});
