import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { parse } from "yaml";
import { renderDashboard } from "../../components/monitors/prometheus/dashboard.ts";
import { renderRules } from "../../components/monitors/prometheus/rules.ts";
import { Controller } from "../../components/platforms/local/gateway/controller.ts";
import { renderMetrics } from "../../components/platforms/local/gateway/metrics.ts";
import { Persistence } from "../../components/platforms/local/gateway/persistence.ts";
import { Traffic } from "../../components/platforms/local/gateway/traffic.ts";
import { local } from "../../components/platforms/local/index.ts";
import { gatewayPaths } from "../../components/platforms/local/state-folder/paths.ts";
import { exampleTraffic } from "../../policies/subjects/traffic.ts";
import { watched } from "./watched.ts";

const directory = mkdtempSync(join(tmpdir(), "model-lifecycle-metrics-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** What a gateway says while a rollout runs: label names by metric. */
const exposedMetrics = (): ReadonlyMap<string, ReadonlySet<string>> => {
  const samples = [...exposedText().matchAll(/^(\w+)\{(.*)\} \S+$/gm)];
  return new Map(samples.map(([, name = "", labels = ""]) => [name, labelNames(labels)]));
};

function exposedText(): string {
  const traffic = new Traffic({ feedbackKey: Buffer.from("key"), startedAt: 0 });
  const paths = gatewayPaths("sentiment");
  const absolute = Object.fromEntries(Object.entries(paths).map(([name, path]) => [name, join(directory, path)]));
  const controller = new Controller({ traffic, files: new Persistence({ ...paths, ...absolute }) });
  controller.accept({ plan: exampleTraffic, servers: {} });
  traffic.feedbackCounts.set("accuracy", new Map([["v2", 1]]));
  return renderMetrics(traffic, controller);
}

test("the series that the local platform says it has are those that its gateway exposes", () => {
  const families = [...exposedText().matchAll(/^# TYPE (\w+) /gm)].map(([, name]) => name);
  expect(families.toSorted()).toEqual(local().capabilities.series.toSorted());
});

const labelNames = (labels: string): ReadonlySet<string> =>
  new Set([...labels.matchAll(/(\w+)(?:=~?|!=|!~)"/g)].map(([, name = ""]) => name));

const ruleExpressions: readonly string[] = parse(renderRules(watched("sentiment"))).groups.flatMap(
  ({ rules }: { readonly rules: readonly { readonly expr: string }[] }) => rules.map(({ expr }) => expr),
);

const dashboardExpressions: readonly string[] = JSON.parse(renderDashboard(watched("sentiment"))).panels.flatMap(
  ({ targets }: { readonly targets: readonly { readonly expr: string }[] }) => targets.map(({ expr }) => expr),
);

/** Names with a colon are the rules' own records. */
const selectorsIn = (expressions: readonly string[]) =>
  expressions.flatMap((expr) =>
    [...expr.matchAll(/(?<![\w:])(model_[a-z_]+)\{([^}]*)\}/g)].map(([, name = "", labels = ""]) => ({
      name,
      labels: labelNames(labels),
    })),
  );

test.each([
  ["rules", ruleExpressions],
  ["dashboard", dashboardExpressions],
])("the %s use no metric and no label that the gateway does not expose", (_, expressions) => {
  const exposed = exposedMetrics();
  const selectors = selectorsIn(expressions);
  expect(selectors.length).toBeGreaterThan(10);
  const unknown = selectors.filter(
    ({ name, labels }) => !exposed.has(name) || [...labels].some((label) => !exposed.get(name)?.has(label)),
  );
  expect(unknown).toEqual([]);
});

test("rules and dashboard together use these metrics", () => {
  const used = selectorsIn([...ruleExpressions, ...dashboardExpressions]).map(({ name }) => name);
  expect([...new Set(used)].sort()).toEqual([
    "model_failover_total",
    "model_feedback_total",
    "model_request_duration_seconds_bucket",
    "model_requests_total",
    "model_rollout_evalue",
    "model_rollout_phase",
    "model_rollout_step",
    "model_shadow_total",
    "model_traffic_weight",
  ]);
});

test("the records that alerts select are recorded", () => {
  const recorded = parse(renderRules(watched("sentiment"))).groups[0].rules.map(
    ({ record }: { readonly record: string }) => record,
  );
  const selected = ruleExpressions.flatMap((expr) => [...expr.matchAll(/[a-z_]+:[a-z_]+:\w+/g)].map(([name]) => name));
  expect(selected.filter((name) => !recorded.includes(name))).toEqual([]);
  expect(selected).not.toEqual([]);
});
