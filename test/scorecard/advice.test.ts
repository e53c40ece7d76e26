import { describe, expect, test } from "vitest";
import {
  type Action,
  adviseOn,
  type ModelFacts,
  type Pillar,
  type QuarterFacts,
  scoreModel,
  scorePortfolio,
} from "../../components/scorecard/index.ts";
import { idle, modelOf } from "./models.ts";

/** What is advised of a model alone: the action, and the rules that are met. */
function advised(
  values: readonly number[],
  facts?: Partial<Omit<QuarterFacts, "quarter">>,
  unknown?: Parameters<typeof modelOf>[3],
): readonly unknown[] {
  const { advice } = adviceOf([modelOf("m", values, facts, unknown)], "m");
  return [advice.action, ...advice.reasons.map(({ rule }) => rule)];
}

function adviceOf(portfolio: readonly ModelFacts[], model: string) {
  const row = scorePortfolio(portfolio).models.find((each) => each.model === model);
  if (row === undefined) throw new Error(`no row of ${model}`);
  return row;
}

const falling = [100, 92, 85, 76];

describe("a model alone", () => {
  test.each<{
    says: readonly [Action, ...string[]];
    values: readonly number[];
    facts?: Partial<QuarterFacts>;
    unknown?: Parameters<typeof modelOf>[3];
    why: string;
  }>([
    { says: ["keep"], values: [300, 310, 300, 305], why: "nothing speaks against it" },
    { says: ["retire", "noRequests"], values: [300, 300], facts: idle, why: "a quarter without requests" },
    {
      says: ["retire", "superseded"],
      values: [300, 300],
      facts: { supersededBy: "v2", dependents: 0 },
      why: "superseded, and nothing depends on it",
    },
    { says: ["keep"], values: [300, 300], facts: { supersededBy: "v2" }, why: "superseded, and two depend on it" },
    {
      says: ["keep"],
      values: [300, 300],
      facts: { supersededBy: "v2" },
      unknown: ["dependents"],
      why: "superseded, and nobody knows who depends on it",
    },
    {
      says: ["retire", "costsTwiceItsValue", "declining"],
      values: falling,
      facts: { cost: 200 },
      why: "less than half its cost for two quarters, and falling",
    },
    {
      says: ["deprecate", "costsMoreThanItsValue"],
      values: [76, 80, 76, 78],
      facts: { cost: 200 },
      why: "less than half its cost without a trend",
    },
    { says: ["deprecate", "declining"], values: falling, facts: { cost: 20 }, why: "falling, and worth its cost" },
    {
      says: ["deprecate", "declining", "costsMoreThanItsValue"],
      values: falling,
      facts: { cost: 90 },
      why: "falling, and no longer worth its cost",
    },
    { says: ["keep"], values: [92, 85, 76], facts: { cost: 20 }, why: "three quarters cannot show a decline" },
    { says: ["keep"], values: [110, 90], facts: { cost: 100 }, why: "not worth its cost for one quarter only" },
    {
      says: ["fix", "valuableButSick"],
      values: [300, 300],
      facts: { errors: 1000, slow: 0, quality: 0.45, driftShare: 0.3 },
      why: "valuable but sick",
    },
    {
      says: ["fix", "ungoverned"],
      values: [300, 300],
      facts: { modelCard: false, ownerActive: false, rollbackDrillPassed: false },
      why: "three of five not met",
    },
    {
      says: ["keep"],
      values: [300, 300],
      facts: { modelCard: false, ownerActive: false },
      why: "two of five not met is a governance of 60",
    },
  ])("$why: $says", ({ says, values, facts, unknown }) => {
    expect(advised(values, facts, unknown)).toEqual(says);
  });

  test.each<{ pillars: Partial<Record<Pillar, number>>; action: Action }>([
    { pillars: { business: 60, technical: 49.9 }, action: "fix" },
    { pillars: { business: 60, technical: 50 }, action: "keep" },
    { pillars: { business: 59.9, technical: 10 }, action: "keep" },
    { pillars: { governance: 59.9 }, action: "fix" },
    { pillars: { governance: 60 }, action: "keep" },
  ])("with $pillars: $action", ({ pillars, action }) => {
    const score = scoreModel(modelOf("m", [300, 300]));
    const advice = adviseOn([{ ...score, pillars: { ...score.pillars, ...pillars } }]);
    expect(advice.get("m")?.action).toBe(action);
  });

  test("is not to be fixed for a pillar of which less than .6 is known", () => {
    const old = { ageDays: 365 };
    const rest = ["requests", "errors", "slow", "slo", "quality", "driftShare"] as const;
    expect(advised([300, 300], old, [...rest])).toEqual(["keep"]);
    expect(advised([300, 300], { errors: 2000, slow: 0, ...old }, ["quality"])).toEqual(["fix", "valuableButSick"]);
    const carded = ["ownerActive", "validationInDate", "dependentsRegistered"] as const;
    expect(advised([300, 300], { modelCard: false }, [...carded])).toEqual(["keep"]);
    expect(advised([300, 300], { modelCard: false, rollbackDrillPassed: false }, [carded[0], carded[1]])).toEqual([
      ...["fix", "ungoverned"],
    ]);
  });

  test("is not advised on while less than .6 of its score is known, and is from there on", () => {
    const quarters = (facts: Partial<QuarterFacts>) => [
      { quarter: "2026Q2", value: 1 },
      { quarter: "2026Q3", value: 1, target: 2, requests: 0, ...facts },
    ];
    const known: Partial<QuarterFacts> = { cost: 3, utilisation: 0.1 };
    expect(adviceOf([{ model: "m", quarters: quarters({ cost: 3 }) }], "m").advice).toMatchObject({
      action: "insufficientData",
      reasons: [{ rule: "tooLittleKnown", coverage: expect.closeTo(0.54, 12) }],
      savingPerMonth: 0,
      noticeDays: null,
      tier: "low",
    });
    expect(adviceOf([{ model: "m", quarters: quarters(known) }], "m").advice).toMatchObject({
      action: "retire",
      savingPerMonth: 1,
      confidence: expect.closeTo(0.6, 12),
    });
  });

  test("what ends saves its cost and loses its value a month; dependents have half a year's notice", () => {
    const { advice } = adviceOf([modelOf("m", falling, { cost: 90 })], "m");
    expect(advice).toMatchObject({ savingPerMonth: 30, valueLostPerMonth: 76 / 3, noticeDays: 180 });
    expect(adviceOf([modelOf("m", falling, { dependents: 0 })], "m").advice.noticeDays).toBe(0);
    expect(adviceOf([modelOf("m", [300, 300])], "m").advice).toMatchObject({ savingPerMonth: 0, noticeDays: null });
  });

  test("an advice that rests on a trend alone is as certain as the trend is no chance", () => {
    const confidence = (facts: Partial<QuarterFacts>, unknown: Parameters<typeof modelOf>[3] = []) =>
      adviceOf([modelOf("m", falling, facts, unknown)], "m").advice;
    expect(confidence({ cost: 20 })).toMatchObject({ confidence: expect.closeTo(23 / 24, 12), tier: "high" });
    expect(confidence({ cost: 200 })).toMatchObject({ confidence: expect.closeTo(23 / 24, 12), tier: "high" });
    expect(confidence({ cost: 90 }).confidence).toBeCloseTo(1, 12);
    expect(confidence({ cost: 20 }, ["driftShare", "quality"])).toMatchObject({
      confidence: expect.closeTo((0.85 * 23) / 24, 12),
      tier: "medium",
    });
  });
});

describe("two models that do the same", () => {
  const same = { task: "churn", inputSchema: "customer/3" };
  const strong = modelOf("strong", [300, 300], same);
  const weak = (facts: Partial<Omit<QuarterFacts, "quarter">> = {}) =>
    modelOf("weak", [120, 120], { ...same, overlapsWith: "strong", overlap: 0.9, ...facts });

  test("the weaker is folded into the healthier, with what both and the one alone bring for their cost", () => {
    expect(adviceOf([weak(), strong], "weak").advice).toMatchObject({
      action: "consolidate",
      reasons: [
        { rule: "doneBetter", into: "strong", overlap: 0.9, valuePerCostApart: 2.1, valuePerCostTogether: 4.08 },
      ],
      savingPerMonth: 100 / 3,
      valueLostPerMonth: expect.closeTo(4, 12),
      noticeDays: 180,
    });
    expect(adviceOf([weak(), strong], "strong").advice.action).toBe("keep");
  });

  test.each([
    { why: "another task", facts: { task: "credit" } },
    { why: "another input", facts: { inputSchema: "customer/2" } },
    { why: "too little in common", facts: { overlap: 0.79 } },
    { why: "another overlap", facts: { overlapsWith: "other" } },
    { why: "better for its cost than both would be", facts: { cost: 1 } },
  ])("not with $why", ({ facts }) => {
    expect(adviceOf([weak(facts), strong], "weak").advice.action).toBe("keep");
  });

  test("not where both together are no better than one alone", () => {
    const rich = modelOf("strong", [360, 360], same);
    expect(adviceOf([weak({ value: 50, cost: 2.5, overlap: 0.8 }), rich], "weak").advice.action).toBe("keep");
    expect(adviceOf([weak({ value: 50, cost: 2.6, overlap: 0.8 }), rich], "weak").advice.action).toBe("consolidate");
  });

  test("whichever of both says it", () => {
    const silent = modelOf("weak", [120, 120], same);
    const telling = modelOf("strong", [300, 300], { ...same, overlapsWith: "weak", overlap: 0.8 });
    expect(adviceOf([silent, telling], "weak").advice.action).toBe("consolidate");
    expect(adviceOf([silent, telling], "strong").advice.action).toBe("keep");
  });

  test("nothing is folded into a model that goes", () => {
    const going = modelOf("strong", [300, 300], { ...same, ...idle });
    expect(adviceOf([weak(), going], "weak").advice.action).toBe("keep");
    const chain = [strong, weak(), modelOf("weakest", [110, 110], { ...same, overlapsWith: "weak", overlap: 1 })];
    expect(adviceOf(chain, "weak").advice.action).toBe("consolidate");
    expect(adviceOf(chain, "weakest").advice.action).toBe("keep");
  });

  test("of twins one stays", () => {
    const twins = ["b", "a"].map((name, i) =>
      modelOf(name, [300, 300], { ...same, overlapsWith: ["a", "b"][i] ?? "", overlap: 1 }),
    );
    expect(scorePortfolio(twins).models.map(({ model, advice }) => [model, advice.action])).toEqual([
      ["b", "consolidate"],
      ["a", "keep"],
    ]);
  });
});
