import { describe, expect, test } from "vitest";
import { scorePortfolio } from "../../../../components/scorecard/index.ts";
import { drawHealth, drawTrend, drawValue } from "../../../../stacks/cli/scorecard/charts.ts";
import { renderPage } from "../../../../stacks/cli/scorecard/render-page.ts";
import { renderScorecard } from "../../../../stacks/cli/scorecard/render-table.ts";
import { renderAmount, renderShare } from "../../../../stacks/cli/scorecard/wording.ts";
import { plain } from "../../../../stacks/cli/terminal.ts";
import { idle, modelOf } from "../../../scorecard/models.ts";

const evil = `<script>alert("x")</script>\u001b[2J`;

const card = scorePortfolio([
  modelOf("fine", [300, 305, 300, 310]),
  modelOf("falling", [300, 270, 240, 210], { cost: 90, owner: "growth", validationInDate: false }),
  modelOf("idle", [300, 300], { ...idle, cost: 3600 }),
  modelOf("cheap", [300, 300], { ...idle, cost: 30, ownerActive: false }),
  modelOf(evil, [300, 300], { supersededBy: evil, dependents: 0, owner: evil }),
]);

describe("the page", () => {
  const page = renderPage(card, "EUR");

  test("is one file: no script, and nothing is loaded", () => {
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
    expect(page).not.toMatch(/<script|\bsrc=|\bhref=|url\(|@import/);
  });

  test("shows no name as markup, and none that moves a cursor", () => {
    expect(page).not.toContain("\u001b");
    expect(page).toContain("&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;\\u{1b}[2J");
    expect(page).toContain("Superseded by &lt;script&gt;");
  });

  test("lists each advice's models by what they save, with their reasons", () => {
    const retire = page.slice(page.indexOf("</span>retire: 3"), page.indexOf("</span>deprecate: 1"));
    const names = [...retire.matchAll(/<tr><td>([^<]*)<\/td>/g)].map(([, name]) => name);
    expect(names).toEqual(["idle", "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;\\u{1b}[2J", "cheap"]);
    expect(retire).toContain("<td>1,200 EUR</td>");
    expect(page).toContain("Value fell by 10 %, 11.1 %, 12.5 % in three quarters, 30 % together");
    expect(page).not.toContain('<h2><span class="key fix">');
  });

  test("names what has to be looked after, and each owner's models", () => {
    expect(page).toContain("<li>Without an owner: cheap</li>");
    expect(page).toContain("<li>Validation overdue: falling</li>");
    expect(page).toContain("<tr><td>growth</td><td>1</td><td>90 EUR</td></tr>");
  });

  test("says the same totals as the table", () => {
    const table = renderScorecard(card, "EUR", plain);
    for (const amount of ["1,273 EUR", "3,920 EUR"]) {
      expect(page).toContain(`<strong>${amount}</strong>`);
      expect(table).toContain(amount);
    }
    expect(table).not.toContain("\u001b");
  });
});

describe("charts", () => {
  test("health has a bar for each ten points, divided by what is advised", () => {
    const drawn = drawHealth(card.models);
    expect(drawn).toContain('aria-label="health of 5 models"');
    const counts = [...drawn.matchAll(/<title>health \d+–\d+, (\w+): (\d+)<\/title>/g)].map(([, action, count]) => [
      action,
      Number(count),
    ]);
    expect(counts.filter(([action]) => action === "retire").reduce((sum, [, count]) => sum + Number(count), 0)).toBe(3);
    expect(counts.reduce((sum, [, count]) => sum + Number(count), 0)).toBe(5);
  });

  test("a full health stands in the last bar, and what is not known in none", () => {
    const row = card.models[0];
    if (row === undefined) throw new Error("no model");
    expect(drawHealth([{ ...row, health: 100 }])).toContain("<title>health 90–100, retire: 1</title>");
    expect(drawHealth([{ ...row, health: null }])).not.toContain("<rect");
  });

  test("value and cost are drawn for models that have both, from the least amount to the largest", () => {
    const drawn = drawValue(card.models, null);
    expect(drawn.match(/<circle/g)).toHaveLength(5);
    expect(drawn).toContain("cost a quarter, from 30<");
    expect(drawn).toContain(">to 3,600<");
    expect(drawValue([], null)).toBe("");
    const [one] = scorePortfolio([modelOf("one", [100])]).models;
    if (one === undefined) throw new Error("no model");
    expect(drawValue([one], null)).toContain('cx="40" cy="330"');
  });

  test("a trend has a gap where a value is not known", () => {
    const point = (value: number | null) => ({ quarter: "2026Q1", value, health: null });
    expect(drawTrend([point(0), point(10), point(null), point(5)])).toContain('d="M3 19L31 3M87 11"');
  });
});

test.each([
  [null, "EUR", "–"],
  [1234567.8, null, "1,234,568"],
  [12.345, "EUR", "12.35 EUR"],
  [-250.4, "EUR", "-250 EUR"],
])("an amount of %s %s is written %s", (amount, currency, written) => {
  expect(renderAmount(amount, currency)).toBe(written);
});

test("a share that rounds to nothing has no sign", () => {
  expect([renderShare(-0.001), renderShare(0.847), renderShare(null)]).toEqual(["0 %", "85 %", "–"]);
});
