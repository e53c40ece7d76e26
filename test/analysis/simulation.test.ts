import { describe, expect, test } from "vitest";
import { createJudge, type Guard, type JudgeSettings } from "../../components/analysis/index.ts";
import { binomial, drawMinute, type Minute, seeded } from "./random-traffic.ts";

const errors = (margin: number, designEffect = 1): Guard => ({
  name: "errors",
  kind: "proportion",
  direction: "increase",
  margin: { kind: "absolute", value: margin },
  baseline: 0.01,
  designEffect,
});

interface Outcome {
  readonly rollbacks: number;
  readonly promotions: number;
  /** Candidate units until the decision, sorted. */
  readonly units: readonly number[];
}

/** Judges many rollouts, looking after every minute and stopping at the first decision. */
function simulate(
  runs: number,
  minutes: number,
  requests: number,
  settings: JudgeSettings,
  traffic: (minute: number) => Minute,
): Outcome {
  let [rollbacks, promotions] = [0, 0];
  const units: number[] = [];
  for (let run = 0; run < runs; run++) {
    const random = seeded(1000 + run);
    const judge = createJudge(settings);
    let candidate = 0;
    for (let i = 0; i < minutes; i++) {
      const interval = drawMinute(random, i, requests, "errors", traffic(i));
      candidate += interval.counts.errors?.n1 ?? 0;
      const { verdict } = judge.add(interval);
      if (verdict !== "rollback" && verdict !== "promote") continue;
      if (verdict === "rollback") rollbacks++;
      else promotions++;
      units.push(candidate);
      break;
    }
  }
  return { rollbacks, promotions, units: units.sort((a, b) => a - b) };
}

const median = (sorted: readonly number[]): number => sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
const same = (): Minute => ({ weight: 0.05, stableRate: 0.01, candidateRate: 0.01 });

describe("a rollout looked at every minute with alpha 5 %", () => {
  test("is rolled back without cause in at most 5 % of the cases", () => {
    const { rollbacks, promotions } = simulate(300, 120, 6000, { guards: [errors(0)], alpha: 0.05 }, same);
    expect(rollbacks).toBeLessThanOrEqual(15);
    expect(promotions).toBe(0);
  });

  test("is rolled back without cause in at most 5 % of the cases at one request a second", () => {
    const { rollbacks } = simulate(300, 120, 60, { guards: [errors(0)], alpha: 0.05 }, same);
    expect(rollbacks).toBeLessThanOrEqual(15);
  });

  test("survives an incident that hits both arms", () => {
    const incident = (i: number): Minute => {
      const rate = i >= 30 && i < 45 ? 0.06 : 0.01;
      return { weight: 0.05, stableRate: rate, candidateRate: rate };
    };
    expect(simulate(200, 90, 6000, { guards: [errors(0)], alpha: 0.05 }, incident).rollbacks).toBeLessThanOrEqual(10);
  });

  test("survives weights that climb while the error rate of both versions rises (Simpson's paradox)", () => {
    const climb = (i: number): Minute => {
      const step = Math.floor(i / 30);
      const rate = 0.005 + 0.015 * (i / 120);
      return { weight: [0.01, 0.05, 0.25, 0.5][step] ?? 0.5, stableRate: rate, candidateRate: rate, step };
    };
    const settings = { guards: [errors(0)], alpha: 0.05, steps: 4 };
    expect(simulate(200, 120, 6000, settings, climb).rollbacks).toBeLessThanOrEqual(10);
  });

  test("is rolled back for 5 points more errors, nearly always within the first minute", () => {
    const harm = (): Minute => ({ ...same(), candidateRate: 0.06 });
    const { rollbacks, units } = simulate(200, 30, 6000, { guards: [errors(0.005)], alpha: 0.05 }, harm);
    expect(rollbacks).toBe(200);
    expect(median(units)).toBeLessThan(340);
  });

  test("is rolled back for 1 point more errors within 1.9 times the units an oracle would need", () => {
    const harm = (): Minute => ({ ...same(), candidateRate: 0.02 });
    const { rollbacks, units } = simulate(200, 60, 6000, { guards: [errors(0)], alpha: 0.05 }, harm);
    expect(rollbacks).toBeGreaterThanOrEqual(199);
    // ln(20) / information of a candidate unit, for a test that knows both rates: 817 units.
    expect(median(units)).toBeLessThanOrEqual(1.9 * 817);
  });

  test("is promoted when there is no difference, in a quarter of an hour with a margin of half a point", () => {
    const { rollbacks, promotions, units } = simulate(200, 60, 6000, { guards: [errors(0.005)], alpha: 0.05 }, same);
    expect(rollbacks).toBe(0);
    expect(promotions).toBeGreaterThanOrEqual(198);
    expect(median(units)).toBeLessThanOrEqual(15 * 300);
  });

  test("is promoted in at most 5 % of the cases when the candidate is exactly at the margin", () => {
    const atMargin = (): Minute => ({ ...same(), candidateRate: 0.015 });
    const { promotions, rollbacks } = simulate(300, 120, 6000, { guards: [errors(0.005)], alpha: 0.05 }, atMargin);
    expect(promotions).toBeLessThanOrEqual(15);
    expect(rollbacks).toBeLessThanOrEqual(15);
  });

  test("needs the design effect when requests are not independent, and keeps its promise with it", () => {
    // Retries: every request counts three times, with one outcome.
    const falseRollbacks = (designEffect: number): number => {
      let rollbacks = 0;
      for (let run = 0; run < 150; run++) {
        const random = seeded(run);
        const judge = createJudge({ guards: [errors(0, designEffect)], alpha: 0.05 });
        for (let i = 0; i < 100; i++) {
          const [n0, n1] = [1900, 100];
          const [x0, x1] = [binomial(random, n0, 0.01), binomial(random, n1, 0.01)];
          const counts = { errors: { n0: 3 * n0, x0: 3 * x0, n1: 3 * n1, x1: 3 * x1 } };
          if (judge.add({ at: 60_000 * i, seconds: 60, counts }).verdict === "rollback") {
            rollbacks++;
            break;
          }
        }
      }
      return rollbacks;
    };
    expect(falseRollbacks(1)).toBeGreaterThan(20);
    expect(falseRollbacks(3)).toBeLessThanOrEqual(7);
  });
});

test("five guards together are rolled back without cause in at most 5 % of the cases", () => {
  const guards = ["a", "b", "c", "d", "e"].map((name) => ({ ...errors(0), name }));
  let rollbacks = 0;
  for (let run = 0; run < 100; run++) {
    const random = seeded(run);
    const judge = createJudge({ guards, alpha: 0.05 });
    for (let i = 0; i < 60; i++) {
      const counts = Object.assign({}, ...guards.map(({ name }) => drawMinute(random, i, 6000, name, same()).counts));
      if (judge.add({ at: 60_000 * i, seconds: 60, counts }).verdict === "rollback") {
        rollbacks++;
        break;
      }
    }
  }
  expect(rollbacks).toBeLessThanOrEqual(5);
});
