import { describe, expect, test } from "vitest";
import { columnOf, type Value } from "../../../../components/drift/index.ts";
import { compareTables } from "../../../../stacks/cli/drift/compare-tables.ts";
import type { TableComparison } from "../../../../stacks/cli/drift/comparison.ts";
import { distributionOf } from "../../../../stacks/cli/drift/distribution.ts";
import { renderMetrics } from "../../../../stacks/cli/drift/render-metrics.ts";
import { renderPage } from "../../../../stacks/cli/drift/render-page.ts";
import { renderComparison } from "../../../../stacks/cli/drift/render-table.ts";
import { plain } from "../../../../stacks/cli/terminal.ts";

const sides = (reference: readonly Value[], current: readonly Value[], kind: "number" | "category") => ({
  before: columnOf(reference, kind),
  now: columnOf(current, kind),
});

describe("distributions", () => {
  test("numbers lie in twenty cells of one width, and the current values beyond them in the outer ones", () => {
    const values = Array.from({ length: 1001 }, (_, i) => i);
    const bars = distributionOf(sides(values, [-500, 500, 5000, 5000], "number"));
    expect(bars).toHaveLength(20);
    expect(bars.map(({ current }) => current).filter((share) => share > 0)).toEqual([0.25, 0.25, 0.5]);
    expect(bars[0]?.current).toBe(0.25);
    expect(bars.at(-1)).toMatchObject({ label: "> 946", current: 0.5 });
    expect(bars.reduce((sum, { reference }) => sum + reference, 0)).toBeCloseTo(1, 12);
  });

  test("of many categories the eleven most frequent have bars of their own, and the others one", () => {
    const names = Array.from({ length: 30 }, (_, i) => Array.from({ length: 40 - i }, () => `c${i}`)).flat();
    const bars = distributionOf(sides(names, names, "category"));
    expect(bars.map(({ label }) => label)).toEqual([...Array.from({ length: 11 }, (_, i) => `c${i}`), "19 others"]);
    expect(bars.reduce((sum, { current }) => sum + current, 0)).toBeCloseTo(1, 12);
  });

  test("numbers of few values are drawn as categories, and a column without values has no bars", () => {
    expect(distributionOf(sides([0, 0, 1], [1, 2, 2, 2], "number"))).toEqual([
      { label: "2", reference: 0, current: 0.75 },
      { label: "0", reference: 2 / 3, current: 0 },
      { label: "1", reference: 1 / 3, current: 0.25 },
    ]);
    expect(distributionOf(sides([null], [null], "category"))).toEqual([]);
  });
});

/** Four rows of labels each, a hundred times: a quarter of the reference is wrong, half of the current window. */
function compare(): TableComparison {
  const table = (path: string, predictions: readonly Value[]) => ({
    path,
    content: path.padEnd(64, "0"),
    rows: 400,
    untyped: false,
    placeOf: (row: number) => `row ${row}`,
    columns: new Map([
      ["said", Array.from({ length: 400 }, (_, i) => predictions[i % 4] ?? null)],
      ["true", Array.from({ length: 400 }, (_, i) => (i % 2 === 0 ? "a" : "b"))],
    ]),
  });
  const asked = { categories: [], ignored: [], alpha: 0.05, prediction: "said", label: "true" };
  const compared = compareTables(table("then", ["a", "b", "a", "a"]), table("now", ["a", "a", "a", "a"]), asked);
  if ("problems" in compared) throw new Error(JSON.stringify(compared.problems));
  return compared.comparison;
}

test("the metrics of a comparison with labels are these", () => {
  expect(
    renderMetrics(compare())
      .split("\n")
      .filter((line) => !line.startsWith("#")),
  ).toEqual([
    "model_drift_detected 1",
    'model_drift_feature_drifting{feature="said"} 1',
    expect.stringMatching(/^model_drift_effect\{feature="said",measure="jensenShannon"\} 0\.30/),
    expect.stringMatching(/^model_drift_p_value\{feature="said",measure="jensenShannon"\} \d\.\d+e-26$/),
    'model_drift_rows{window="reference"} 400',
    'model_drift_rows{window="current"} 400',
    `model_drift_reference_info{content="then${"0".repeat(60)}"} 1`,
    "model_drift_labels 400",
    "model_drift_labels_needed 1197",
    'model_drift_error_rate{window="reference"} 0.25',
    'model_drift_error_rate{window="current"} 0.5',
    expect.stringMatching(/^model_drift_performance_evalue \d+\.\d+$/),
    "model_drift_performance_drifted 1",
    "",
  ]);
});

test("a page and a table say the same of the features and of the performance", () => {
  const comparison = compare();
  const [page, table] = [renderPage(comparison), renderComparison(comparison, plain)];
  for (const said of [
    "1 of 1 features has drifted: said.",
    "wrong answers: 25 % on the reference, 50 % in 400 labelled rows",
  ]) {
    expect(page).toContain(said);
    expect(table).toContain(said);
  }
  expect(page).toContain("said (prediction)");
  expect(page).not.toContain("<script");
});

test("without labels nothing is said of the performance, in any of them", () => {
  const comparison: TableComparison = { ...compare(), performance: null };
  expect(renderMetrics(comparison)).not.toContain("model_drift_labels");
  expect(renderPage(comparison)).not.toContain("Performance");
  expect(renderComparison(comparison, plain)).not.toContain("Performance");
});
