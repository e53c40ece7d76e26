import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { largestExcess } from "../../components/analysis/excess.ts";
import { smallestFound, unitsToExclude, unitsToFind, unitsToProve } from "../../components/analysis/foresight.ts";
import { addGrowth, growthOf, NO_GROWTH, stands, unitsToStand } from "../../components/analysis/growth.ts";
import { type PlanSettings, planRollout } from "../../components/analysis/index.ts";
import { normalQuantile } from "../../components/analysis/normal.ts";
import { blockLogE } from "../../components/analysis/proportion.ts";
import { binomial, seeded } from "./random-traffic.ts";

const errors = (baseline: number, margin: number): PlanSettings["guard"] => ({
  ...{ name: "errorRate", kind: "proportion", direction: "increase", baseline },
  margin: { kind: "absolute", value: margin },
});

const percent = (weight: number): string => `${Number((weight * 100).toPrecision(4))}%`;
const shape = (settings: PlanSettings): readonly string[] =>
  planRollout(settings).steps.map(({ weight, bake, leftOn }) => `${percent(weight)} ${bake} s ${leftOn}`);

describe("what evidence grows by", () => {
  test.each([
    { candidate: 0.02, nats: 0.00366516 },
    { candidate: 0.03, nats: 0.0121834 },
    { candidate: 0.06, nats: 0.0529409 },
  ])("a candidate's unit at 5 % brings the nats of the reference vector: rate $candidate", ({ candidate, nats }) => {
    const truth = { stable: 0.01, candidate };
    const traffic = { boundary: { ratio: 1, offset: 0 }, weight: 0.05, designEffect: 1 };
    expect(growthOf(truth, candidate, traffic).mean / 0.05).toBeCloseTo(nats, 7);
  });

  test("mean and variance are those of blocks that are drawn", () => {
    const [weight, stable, candidate, bet, units] = [0.2, 0.05, 0.12, 0.1, 2000];
    const boundary = { ratio: 1, offset: 0.01 };
    const random = seeded(11);
    const logs = Array.from({ length: 4000 }, () => {
      const n1 = binomial(random, units, weight);
      const [n0, x1] = [units - n1, binomial(random, n1, candidate)];
      return blockLogE({ n0, n1, x1, x0: binomial(random, n0, stable) }, stable, bet, boundary);
    });
    const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length;
    const variance = logs.reduce((sum, log) => sum + (log - mean) ** 2, 0) / logs.length;
    const each = growthOf({ stable, candidate }, bet, { boundary, weight, designEffect: 1 });
    expect(mean / (units * each.mean)).toBeCloseTo(1, 1);
    expect(variance / (units * each.variance)).toBeCloseTo(1, 1);
  });

  test("a design effect divides mean and variance", () => {
    const traffic = { boundary: { ratio: 1, offset: 0 }, weight: 0.5 };
    const [one, four] = [1, 4].map((designEffect) =>
      growthOf({ stable: 0.01, candidate: 0.05 }, 0.05, { ...traffic, designEffect }),
    );
    expect(four?.mean).toBeCloseTo((one?.mean ?? 0) / 4, 12);
    expect(four?.variance).toBeCloseTo((one?.variance ?? 0) / 4, 12);
  });

  test("the units that are foretold reach the line, and a hundredth fewer do not", () => {
    const positive = fc.double({ min: 0.001, max: 5, noNaN: true });
    const before = fc.record({ mean: fc.double({ min: -5, max: 2, noNaN: true }), variance: positive });
    fc.assert(
      fc.property(
        before,
        fc.record({ mean: positive, variance: positive }),
        fc.double({ min: 0, max: 3, noNaN: true }),
        (had, each, deviations) => {
          const units = unitsToStand(3, had, each, deviations);
          expect(stands(3 - 1e-6, addGrowth(had, each, units), deviations)).toBe(true);
          if (units > 1e-3) expect(stands(3, addGrowth(had, each, units * 0.99), deviations)).toBe(false);
        },
      ),
    );
  });

  test("evidence that stands already needs no units, and a bet that loses never stands", () => {
    expect(unitsToStand(3, { mean: 4, variance: 0 }, { mean: 1, variance: 1 }, 1)).toBe(0);
    expect(unitsToStand(3, NO_GROWTH, { mean: -1, variance: 1 }, 0)).toBe(Number.POSITIVE_INFINITY);
  });

  test("quantiles are those of the normal distribution", () => {
    expect([0.5, 0.9, 0.975, 0.999].map((chance) => normalQuantile(chance).toFixed(5))).toEqual([
      "0.00000",
      "1.28155",
      "1.95996",
      "3.09023",
    ]);
  });
});

describe("what traffic shows", () => {
  const question = { guard: errors(0.01, 0.005), alpha: 0.01, beta: 0.05, stakeShare: 1, deviations: 1 };

  test("the smallest excess found with twenty times the traffic is smaller, and above the margin", () => {
    const found = [1_000, 20_000].map((units) => smallestFound(question, [{ weight: 0.5, units }], 0.8) ?? 1);
    expect(found[1]).toBeLessThan(found[0] ?? 0);
    expect(found[1]).toBeGreaterThan(0.005);
  });

  test("the units to find an excess are those with which it is the smallest found", () => {
    const side = { boundary: { ratio: 1, offset: 0.005 }, stable: 0.01, limit: 0.015 };
    const before = [{ weight: 0.05, units: 3_000 }];
    const units = unitsToFind(question, side, 0.02, 0.25, before, 0.8);
    expect(smallestFound(question, [...before, { weight: 0.25, units }], 0.8)).toBeCloseTo(0.02, 6);
  });

  test("harm that begins on a later step has a smaller stake, and is found later", () => {
    const traffic = [{ weight: 0.25, units: 20_000 }];
    expect(smallestFound(question, traffic, 0.05)).toBeGreaterThan(smallestFound(question, traffic, 0.8) ?? 1);
  });

  test("a version is compared at 95 % as slowly as at 5 %, and five times sooner at half", () => {
    const [few, half, most] = [0.05, 0.5, 0.95].map((weight) => unitsToProve({ ...question, deviations: 0 }, weight));
    expect((few ?? 0) / (half ?? 1)).toBeGreaterThan(5);
    expect((most ?? 0) / (half ?? 1)).toBeGreaterThan(3);
  });
});

describe("what evidence leaves possible", () => {
  const question = { guard: errors(0.01, 0.005), alpha: 0.01, beta: 0.05, stakeShare: 1, deviations: 0 };
  const side = { boundary: { ratio: 1, offset: 0.005 }, stable: 0.01, limit: 0.015 };

  test("fits after the units of which the judge says the same", () => {
    const units = unitsToExclude(question, side, 0.02, 0.1, []);
    const counts = { n0: 0.9 * units, x0: 0.009 * units, n1: 0.1 * units, x1: 0.001 * units };
    expect(largestExcess(counts, Math.log(20))).toBeCloseTo(0.02, 6);
  });

  test("fits by the rule of three where stable fails nowhere: 4 points after 75 units", () => {
    const never = { ...question, guard: errors(0, 0.005) };
    const units = unitsToExclude(never, { ...side, stable: 0 }, 0.04, 0.01, []);
    expect(0.01 * units).toBeCloseTo(3 / 0.04, -1);
  });

  test("fits sooner after traffic that has shown something, and at once where everything may be", () => {
    const alone = unitsToExclude(question, side, 0.02, 0.25, []);
    expect(unitsToExclude(question, side, 0.02, 0.25, [{ weight: 0.05, units: 5_000 }])).toBeLessThan(alone);
    expect(unitsToExclude(question, side, 1, 0.25, [])).toBe(0);
  });
});

describe("a planned rollout", () => {
  const busy: PlanSettings = { guard: errors(0.01, 0.005), unitsPerSecond: 100, stakeShare: 0.5 };

  test("begins with what may fail, grows fivefold at most, passes half and ends at what is not held back", () => {
    expect(shape(busy)).toEqual(["7% 60 s possibleHarm", "30% 60 s possibleHarm", "50% 60 s proof", "95% 60 s proof"]);
  });

  test("begins lower where it takes 90 s to take a candidate out", () => {
    expect(shape({ ...busy, reactionSeconds: 90, burst: 200 })).toEqual([
      "2% 60 s possibleHarm",
      "10% 60 s possibleHarm",
      "50% 60 s proof",
      "95% 60 s proof",
    ]);
  });

  test("bakes until what would be too bad for the next step is out; or as long as the longest on all steps alike", () => {
    const careful = { ...busy, guard: errors(0.05, 0.005), reactionSeconds: 90, burst: 100 };
    const each = planRollout(careful).steps.map(({ bake }) => bake);
    expect(each).toEqual([68, 143, 273, 60, 60]);
    expect(planRollout({ ...careful, bakes: "same" }).steps.map(({ bake }) => bake)).toEqual([273, 273, 273, 273, 273]);
  });

  test("stays on a step until what the next may harm fits the harm budget", () => {
    const usual = (harmBudget: number) =>
      planRollout({ ...busy, guard: errors(0.05, 0.05), harmBudget }).steps.map((step) => Math.round(step.usual));
    expect([1, 0.01, 0.005].map(usual)).toEqual([
      [60, 60, 60, 60],
      [62, 60, 60, 60],
      [215, 75, 226, 60],
    ]);
    expect(planRollout({ ...busy, harmBudget: 1 }).steps[0]?.leftOn).toBe("bake");
  });

  test("says what each step finds, the later the less", () => {
    const { steps, usual, promised } = planRollout(busy);
    expect(steps.map(({ finds }) => finds?.toFixed(4))).toEqual(["0.0503", "0.0232", "0.0146", "0.0129"]);
    expect(steps.map(({ findsNew }) => findsNew?.toFixed(4))).toEqual(["0.0503", "0.0291", "0.0193", "0.0225"]);
    expect(steps.map(({ harm }) => Math.round(harm ?? 0))).toEqual([20, 68, 110, 338]);
    expect(steps.map(({ candidateUnits }) => candidateUnits)).toEqual([420, 1800, 6012, 40777]);
    expect([Math.round(usual), Math.round(promised)]).toEqual([669, 2272]);
  });

  test("gives only the shares that the platform has", () => {
    expect(shape({ ...busy, limits: { weights: [0.1, 0.5, 1] }, burst: 40 })).toEqual([
      "10% 60 s proof",
      "50% 60 s proof",
    ]);
    expect(shape({ ...busy, limits: { smallestStep: 1 / 30 } })[0]).toBe("6.667% 60 s possibleHarm");
  });

  test("makes up for steps that the platform does not have by a longer jump", () => {
    const weights = (mostSteps: number) => shape({ ...busy, limits: { mostSteps } }).map((step) => step.split(" ")[0]);
    expect([1, 2, 3, 4].map(weights)).toEqual([
      ["95%"],
      ["7%", "95%"],
      ["7%", "50%", "95%"],
      ["7%", "30%", "50%", "95%"],
    ]);
  });

  test("compares nothing at 100 %: the last step is left when it has baked", () => {
    expect(planRollout({ ...busy, holdBack: 0 }).steps.at(-1)).toMatchObject({
      ...{ weight: 1, leftOn: "bake", usual: 60, promised: 60 },
      ...{ finds: null, findsNew: null, harm: null },
    });
  });

  test("goes no further than its target", () => {
    expect(shape({ ...busy, target: 0.25 })).toEqual(["7% 60 s proof", "25% 60 s proof"]);
  });
});

describe("a plan that is not feasible", () => {
  const slow: PlanSettings = { guard: errors(0.05, 0.005), unitsPerSecond: 10, stakeShare: 0.5 };

  test("says why, and what alone would make it feasible", () => {
    const { feasible, reasons, cures } = planRollout(slow);
    expect({ feasible, reasons }).toEqual({
      feasible: false,
      reasons: ["90 % of the candidates that are as good as stable are through after 30.3 h; allowed are 24 h"],
    });
    expect(cures).toEqual([
      { change: "margin", from: 0.005, to: 0.0057 },
      { change: "maxDuration", from: 86_400, to: 110_000 },
      { change: "unitsPerSecond", from: 10, to: 14 },
      { change: "holdBack", from: 0.05, to: 0.068 },
    ]);
  });

  test("a platform whose smallest share costs more than may fail needs another budget", () => {
    const coarse = { ...slow, unitsPerSecond: 1000, guard: errors(0.01, 0.005), limits: { smallestStep: 0.1 } };
    const { reasons, cures } = planRollout(coarse);
    expect(reasons).toEqual([
      "at 10 %, the smallest first share, a candidate that fails at everything harms 204 units until it is out; allowed are 20",
    ]);
    expect(cures).toEqual([{ change: "burst", from: 20, to: 210 }]);
  });

  test("a margin of nothing can never be shown", () => {
    const { reasons, cures } = planRollout({ ...slow, guard: errors(0.01, 0) });
    expect(reasons).toEqual(["no amount of traffic shows that errorRate is within a margin of 0 %"]);
    expect(cures.map(({ change }) => change)).toEqual(["margin"]);
  });

  test("a platform without a share that leaves what is held back has no step", () => {
    expect(planRollout({ ...slow, limits: { weights: [1] } })).toMatchObject({ feasible: false, steps: [] });
  });
});

test("all settings that make no sense are told at once", () => {
  const wrong = { unitsPerSecond: 0, alpha: 1, promise: 0.4, holdBack: 1, limits: { mostSteps: 1.5, weights: [2] } };
  expect(() => planRollout({ guard: errors(1.5, 0.005), ...wrong })).toThrow('guard "errorRate" baseline: saw 1.5');
  expect(() => planRollout({ guard: errors(0.01, 0.005), ...wrong })).toThrow(
    [
      "plan unitsPerSecond: saw 0; allowed is above 0",
      "plan alpha: saw 1; allowed is above 0, below 1",
      "plan promise: saw 0.4; allowed is 0.5 up to 1, without 1",
      "plan holdBack: saw 1; allowed is 0 up to 1, without 1",
      "plan limits.weights: saw [2]; allowed is shares above 0, at most 1",
      "plan limits.mostSteps: saw 1.5; allowed is a whole number from 1",
    ].join("\n"),
  );
});

test("every plan climbs within its limits and budget, and each of its cures cures it", () => {
  const settings = fc.record({
    unitsPerSecond: fc.double({ min: 0.1, max: 2_000, noNaN: true }),
    baseline: fc.double({ min: 0, max: 0.3, noNaN: true }),
    margin: fc.double({ min: 0.001, max: 0.05, noNaN: true }),
    burst: fc.integer({ min: 5, max: 500 }),
    harmBudget: fc.constantFrom(0.002, 0.01, 1),
    reactionSeconds: fc.constantFrom(0, 2, 90),
    holdBack: fc.constantFrom(0.02, 0.05, 0.2),
    limits: fc.record({ mostSteps: fc.integer({ min: 1, max: 8 }), smallestStep: fc.constantFrom(0.0001, 0.01, 0.05) }),
  });
  fc.assert(
    fc.property(settings, ({ baseline, margin, ...rest }) => {
      const plan: PlanSettings = { guard: errors(baseline, margin), ...rest };
      const { feasible, reasons, cures, steps, usual, promised } = planRollout(plan);
      const { smallestStep, mostSteps } = rest.limits;
      expect(steps.length).toBeLessThanOrEqual(mostSteps);
      for (const [i, { weight, bake, ...step }] of steps.entries()) {
        expect(weight).toBeGreaterThan(steps[i - 1]?.weight ?? 0);
        expect(weight).toBeLessThanOrEqual(1 - rest.holdBack + 1e-9);
        expect(weight / smallestStep).toBeCloseTo(Math.round(weight / smallestStep), 6);
        expect(bake).toBeGreaterThanOrEqual(60);
        expect(step.promised).toBeGreaterThanOrEqual(step.usual);
        expect(step.finds ?? 1).toBeGreaterThan(margin);
      }
      expect(feasible).toBe(reasons.length === 0);
      expect(feasible).toBe(promised <= 86_400 && (steps[0]?.harm ?? 0) <= rest.burst);
      expect(usual).toBeLessThanOrEqual(promised);
      for (const { change, to } of cures) {
        const cured = change === "margin" ? { guard: errors(baseline, to) } : { [change]: to };
        expect(planRollout({ ...plan, ...cured }).feasible).toBe(true);
      }
    }),
    { numRuns: 40 },
  );
});
