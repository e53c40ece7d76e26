import { describe, expect, test } from "vitest";
import { createJudge, type PlannedStep, type PlanSettings, planRollout } from "../../components/analysis/index.ts";
import { binomial, type Random, seeded } from "./random-traffic.ts";

const RUNS = 100;
const INTERVALS = 20;

/** Of 100 cases, 90 less three standard deviations of chance. */
const MOST = 81;

/** Three standard deviations of chance in half of them. */
const SPREAD = 15;

/** Counts of `units` requests that the plan's step divides; with a design effect each is counted so many times. */
function draw(random: Random, { guard }: PlanSettings, weight: number, units: number, excess: number) {
  const clump = guard.designEffect ?? 1;
  const drawn = Math.round(units / clump);
  const n1 = binomial(random, drawn, weight);
  const n0 = drawn - n1;
  const sign = guard.direction === "decrease" ? -1 : 1;
  const x0 = binomial(random, n0, guard.baseline);
  const x1 = binomial(random, n1, Math.min(1, Math.max(0, guard.baseline + sign * excess)));
  return { n0: clump * n0, x0: clump * x0, n1: clump * n1, x1: clump * x1 };
}

type Stay = readonly [step: PlannedStep, index: number, seconds: number, excess: number];

/** How many of the runs the judge decides so while they climb a plan. */
function decided(settings: PlanSettings, decision: "rollback" | "promote", stays: readonly Stay[]): number {
  const { guard, unitsPerSecond } = settings;
  const steps = planRollout(settings).steps.length;
  const cases = Array.from({ length: RUNS }, (_, run) => {
    const random = seeded(1 + 7 * run);
    const judge = createJudge({ guards: [guard], alpha: settings.alpha ?? 0.01, steps });
    return stays.some(([{ weight }, step, stay, excess]) =>
      Array.from({ length: INTERVALS }).some((_each, i) => {
        const seconds = stay / INTERVALS;
        const counts = { [guard.name]: draw(random, settings, weight, unitsPerSecond * seconds, excess) };
        return judge.add({ at: i, seconds, step, counts }).verdict === decision;
      }),
    );
  });
  return cases.filter(Boolean).length;
}

/** What the judge leaves possible at the end of a climb, run by run. */
function excessLeft(settings: PlanSettings, stays: readonly Stay[]): readonly number[] {
  const { guard, unitsPerSecond } = settings;
  return Array.from({ length: RUNS }, (_, run) => {
    const random = seeded(3 + 11 * run);
    const judge = createJudge({ guards: [guard], steps: stays.length, excessBeta: 0.05 });
    for (const [{ weight }, step, seconds, excess] of stays) {
      const counts = { [guard.name]: draw(random, settings, weight, unitsPerSecond * seconds, excess) };
      judge.add({ at: step, seconds, step, counts });
    }
    return judge.verdict.evidence.guards[0]?.possibleExcess ?? 1;
  });
}

const guard: PlanSettings["guard"] = {
  ...{ name: "errorRate", kind: "proportion", direction: "increase", baseline: 0.01 },
  margin: { kind: "absolute", value: 0.005 },
};

const plans: readonly (readonly [string, PlanSettings])[] = [
  ["a climb from 2 %", { guard, unitsPerSecond: 100, reactionSeconds: 90, burst: 200 }],
  [
    "few requests",
    { guard: { ...guard, baseline: 0.05, margin: { kind: "absolute", value: 0.02 } }, unitsPerSecond: 5 },
  ],
  ["requests that come in threes", { guard: { ...guard, designEffect: 3 }, unitsPerSecond: 60 }],
  [
    "a share that may not fall",
    {
      guard: { ...guard, direction: "decrease", baseline: 0.6, margin: { kind: "absolute", value: 0.05 } },
      ...{ unitsPerSecond: 10, harmBudget: 1 },
    },
  ],
];

describe.each(plans)("the judge keeps what is planned for %s", (_what, settings) => {
  const { steps } = planRollout(settings);
  const climb = (excess: (step: number) => number): readonly Stay[] =>
    steps.map((step, index) => [step, index, step.usual, excess(index)] as const);

  test.each(steps.map((step, index) => ({ ...step, index })))(
    "on its step at $weight nine of ten candidates are out that are as bad as the step finds, and few that are half as bad",
    ({ index, finds, findsNew }) => {
      const from = climb(() => finds ?? 0).slice(0, index + 1);
      expect(decided(settings, "rollback", from)).toBeGreaterThanOrEqual(MOST);
      const begins = climb((step) => (step === index ? (findsNew ?? 0) : 0)).slice(0, index + 1);
      expect(decided(settings, "rollback", begins)).toBeGreaterThanOrEqual(MOST);
      const half = climb(() => (finds ?? 0) / 2).slice(0, index + 1);
      expect(decided(settings, "rollback", half)).toBeLessThanOrEqual(RUNS / 2);
    },
  );

  const gates = steps.flatMap((step, index) => {
    const next = steps[index + 1];
    return step.leftOn === "possibleHarm" && next !== undefined ? [{ ...step, index, next: next.weight }] : [];
  });

  test.each(gates)(
    "its step at $weight leaves so little possible on the next in nine of ten cases, and in half in the usual time",
    ({ index, next, usual, promised }) => {
      const fits = (seconds: number): number => {
        const before = climb(() => 0).slice(0, index);
        const last = climb(() => 0).slice(index, index + 1);
        const stays = [...before, ...last.map(([step, at, , excess]) => [step, at, seconds, excess] as const)];
        return excessLeft(settings, stays).filter((excess) => excess * next <= 0.01).length;
      };
      expect(fits(promised)).toBeGreaterThanOrEqual(MOST);
      expect(fits(usual)).toBeGreaterThanOrEqual(RUNS / 2 - SPREAD);
    },
  );

  test.each(steps.flatMap((step, index) => (step.leftOn === "proof" ? [{ ...step, index }] : [])))(
    "its step at $weight is left in time by nine of ten candidates that are as good as stable, and by half in the usual time",
    ({ index, usual, promised, ...step }) => {
      const proven = (seconds: number): number =>
        decided(settings, "promote", [[{ ...step, usual, promised }, index, seconds, 0]]);
      expect(proven(promised)).toBeGreaterThanOrEqual(MOST);
      expect(proven(usual)).toBeGreaterThanOrEqual(RUNS / 2);
      expect(proven(usual / 4)).toBeLessThanOrEqual(RUNS / 2);
    },
  );
});
