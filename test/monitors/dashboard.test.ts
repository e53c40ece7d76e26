import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { stringify } from "yaml";
import { renderDashboard } from "../../components/monitors/prometheus/dashboard.ts";
import { hasPromtool, promtool, promtoolNeeded } from "./promtool.ts";
import { watched } from "./watched.ts";

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets: readonly { readonly refId: string; readonly expr: string; readonly legendFormat: string }[];
}

const directory = mkdtempSync(join(tmpdir(), "model-lifecycle-dashboard-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const dashboard = JSON.parse(renderDashboard(watched("sentiment")));
const panels: readonly Panel[] = dashboard.panels;

test("the dashboard shows who serves, how well, and what the judge sees", () => {
  expect(panels.map(({ title }) => title)).toEqual([
    "Traffic split",
    "Rollout phase",
    "Requests",
    "Errors",
    "Latency",
    "Rollout step",
    "Evidence of harm",
    "Evidence of no harm",
    "Failovers and copies",
    "Feedback",
  ]);
});

test("panels have ids of their own, lie in the grid and do not overlap", () => {
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  for (const [index, { gridPos: a }] of panels.entries()) {
    expect(a.x + a.w).toBeLessThanOrEqual(24);
    for (const { gridPos: b } of panels.slice(index + 1)) {
      expect(a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y).toBe(true);
    }
  }
});

test("evidence stands against the thresholds of the rollout's own alpha and beta", () => {
  const thresholdsOf = (text: string) => [...text.matchAll(/vector\(([\d.]+)\)/g)].map(([, bound]) => Number(bound));
  expect(thresholdsOf(renderDashboard(watched("m")))).toEqual([4.6052, 2.9957]);
  expect(thresholdsOf(renderDashboard(watched("m", { alpha: 0.05, beta: 0.2 })))).toEqual([2.9957, 1.6094]);
});

test("the dashboards of two models differ in their name and their address", () => {
  const other = JSON.parse(renderDashboard(watched("fraud")));
  expect([dashboard.title, other.title]).toEqual(["Model sentiment", "Model fraud"]);
  expect(other.uid).not.toBe(dashboard.uid);
  expect(dashboard.uid).toMatch(/^[\w-]{1,40}$/);
  expect(JSON.stringify(other.panels)).toBe(JSON.stringify(panels).replaceAll("sentiment", "fraud"));
});

test.skipIf(!hasPromtool)(`promtool accepts every query of the dashboard${promtoolNeeded}`, () => {
  const queries = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
  // Grafana fills the window in; as records of a rule file the queries can be checked without a server.
  const rules = queries.map((expr, index) => ({
    record: `query:${index}`,
    expr: expr.replaceAll("$__rate_interval", "1m"),
  }));
  const path = join(directory, "queries.rules.yml");
  writeFileSync(path, stringify({ groups: [{ name: "dashboard", rules }] }));
  expect(promtool("check", "rules", path)).toMatchObject({
    code: 0,
    output: expect.stringContaining(`${queries.length} rules found`),
  });
});
