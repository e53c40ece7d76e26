import { describe, expect, test } from "vitest";
import { type ModelFacts, renderReason, scorePortfolio } from "../../components/scorecard/index.ts";
import { healthy, idle, modelOf } from "./models.ts";

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
