import { describe, expect, test } from "vitest";
import {
  type Action,
  adviseOn,
  type ModelFacts,
  type Pillar,
  type QuarterFacts,
  renderReason,
  scoreModel,
  scorePortfolio,
} from "../../components/scorecard/index.ts";
import { healthy, idle, modelOf } from "./models.ts";

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

describe("a portfolio", () => {
  const old: ModelFacts = { model: "old", quarters: [{ quarter: "2025Q4", ...healthy, ...idle }] };
  const portfolio = [
    modelOf("fine", [300, 300], { owner: "growth" }),
    modelOf("idle", [30, 30], idle),
    modelOf("costly", [60, 60], { ownerActive: false, validationInDate: false, ageDays: 400 }),
    modelOf("costlier", [30, 30]),
    old,
  ];
  const { quarter, models, totals } = scorePortfolio(portfolio);

  test("is sorted by what is urgent, then by health", () => {
    expect(quarter).toBe("2026Q3");
    expect(models.map(({ model, advice }) => [advice.action, model])).toEqual([
      ["retire", "idle"],
      ["deprecate", "costlier"],
      ["deprecate", "costly"],
      ["insufficientData", "old"],
      ["keep", "fine"],
    ]);
  });

  test("a model without its newest quarter is not advised on", () => {
    const row = models.find(({ model }) => model === "old");
    expect(row?.advice.reasons).toEqual([{ rule: "outdated", last: "2025Q4", newest: "2026Q3" }]);
  });

  test("adds up", () => {
    expect(totals).toEqual({
      models: 5,
      value: 720,
      cost: 500,
      valuePerCost: 1.44,
      valueAtRisk: 420,
      savingPerMonth: 100,
      valueLostPerMonth: 40,
      byAction: { retire: 1, deprecate: 2, consolidate: 0, fix: 0, insufficientData: 1, keep: 1 },
      coverage: expect.closeTo((3 + (1 - 0.105) + (1 - 0.105 - 0.16)) / 5, 12),
      orphaned: ["costly"],
      validationOverdue: ["costly"],
      tooOld: ["costly"],
      owners: [
        { owner: "risk", models: 4, cost: 400 },
        { owner: "growth", models: 1, cost: 100 },
      ],
    });
  });

  test("without models, or with one twice, is refused", () => {
    expect(() => scorePortfolio([])).toThrow("models: saw none; allowed is at least one, each once");
    expect(() => scorePortfolio([old, old])).toThrow('models: saw "old" twice; allowed is at least one, each once');
  });
});

test("every reason is a sentence with its evidence", () => {
  const overlap = { into: "b", overlap: 0.85, valuePerCostApart: 1.234, valuePerCostTogether: 2 };
  const decline = { falls: [0.08, 0.0761, 0.1059], totalFall: 0.24, p: 1 / 24, quarters: 4, confirmed: true };
  expect([
    renderReason({ rule: "noRequests", quarter: "2026Q3" }),
    renderReason({ rule: "superseded", by: "v2" }),
    renderReason({ rule: "costsTwiceItsValue", valuePerCost: [0.4, 0.3] }),
    renderReason({ rule: "declining", ...decline }),
    renderReason({ rule: "costsMoreThanItsValue", valuePerCost: [0.9, 0.85] }),
    renderReason({ rule: "doneBetter", ...overlap }),
    renderReason({ rule: "valuableButSick", business: 81.2, technical: 44.9 }),
    renderReason({ rule: "ungoverned", governance: 40, failing: ["ownerActive", "modelCard", "validationInDate"] }),
    renderReason({ rule: "tooLittleKnown", coverage: 0.405, missing: ["driftShare", "utilisation"] }),
    renderReason({ rule: "outdated", last: "2025Q4", newest: "2026Q3" }),
  ]).toEqual([
    "No request in 2026Q3.",
    "Superseded by v2, and nothing depends on it.",
    "Costs more than twice its value for two quarters (value/cost 0.40, 0.30).",
    "Value fell by 8 %, 7.6 %, 10.6 % in three quarters, 24 % together; chance does that over 4 quarters with p 0.042.",
    "Costs more than its value for two quarters (value/cost 0.90, 0.85).",
    "b does 85 % of the same: value/cost 1.23 with both, 2.00 with b alone.",
    "Valuable but sick: business 81, technical 45.",
    "Governance 40: not met ownerActive, modelCard, validationInDate.",
    "Only 40.5 % of the score is known; missing driftShare; utilisation.",
    "Nothing is known since 2025Q4; the portfolio is at 2026Q3.",
  ]);
});
