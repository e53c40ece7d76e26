import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { renderRules } from "../../components/monitors/prometheus/rules.ts";
import { hasPromtool, promtool, promtoolNeeded } from "./promtool.ts";
import { watched } from "./watched.ts";

interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

const directory = mkdtempSync(join(tmpdir(), "model-lifecycle-rules-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const groupsOf = (text: string): readonly { readonly name: string; readonly rules: readonly Rule[] }[] =>
  parse(text).groups;
const rulesOf = (text: string): readonly Rule[] => groupsOf(text).flatMap(({ rules }) => rules);
const alertNamed = (name: string, text = renderRules(watched("sentiment"))): Rule | undefined =>
  rulesOf(text).find(({ alert }) => alert === name);

test("rules record by version what a rollout compares, and by model what clients get", () => {
  const records = rulesOf(renderRules(watched("sentiment"))).flatMap(({ record }) => record ?? []);
  expect(records).toEqual([
    "model_version:requests:rate5m",
    "model_version:errors:ratio5m",
    "model_version:errors_above_best:ratio5m",
    "model_version:errors_above_others:score5m",
    "model_version:latency_seconds:quantile5m",
    "model_version:latency_seconds:quantile5m",
    "model_version:latency_seconds:quantile5m",
    "model:requests:rate5m",
    "model:requests:rate30m",
    "model:client_errors:ratio5m",
    "model:client_errors:ratio30m",
    "model:client_errors:ratio1h",
    "model:client_errors:ratio6h",
  ]);
});

test("every alert says what is wrong, what it means and which command to run", () => {
  const alerts = rulesOf(renderRules(watched("sentiment"))).filter(({ alert }) => alert !== undefined);
  expect(new Set(alerts.map(({ labels }) => labels?.owner))).toEqual(new Set(["nlp-platform"]));
  expect(alerts.map(({ alert, labels }) => [alert, labels?.severity])).toEqual([
    ["ModelGatewayDown", "critical"],
    ["ModelNoTraffic", "warning"],
    ["ModelErrorBudgetBurnsFast", "critical"],
    ["ModelErrorBudgetBurnsSlowly", "warning"],
    ["ModelRolloutAborted", "warning"],
    ["ModelRolledBack", "warning"],
    ["ModelEvidenceOfHarm", "warning"],
    ["ModelVersionFailsMore", "warning"],
  ]);
  for (const { annotations } of alerts) {
    expect(Object.keys(annotations ?? {})).toEqual(["summary", "description", "runbook"]);
    expect(annotations?.runbook).toMatch(/^mlc status /);
  }
});

test("rules of two models share no group and select no series of each other", () => {
  const [one, two] = [renderRules(watched("sentiment")), renderRules(watched("fraud"))];
  expect(groupsOf(one).map(({ name }) => name)).toEqual(["sentiment-records", "sentiment-alerts"]);
  expect(two).toBe(one.replaceAll("sentiment", "fraud"));
  const selectors = rulesOf(one).flatMap(({ expr }) => [...expr.matchAll(/\{([^}]*)\}/g)].map(([, labels]) => labels));
  expect(selectors.filter((labels) => !labels?.startsWith('model="sentiment"'))).toEqual([]);
});

test("evidence of harm is told halfway to the threshold of the rollout's own alpha", () => {
  const expression = (chances: object) => alertNamed("ModelEvidenceOfHarm", renderRules(watched("m", chances)))?.expr;
  expect(expression({})).toContain(" > 2.3026 and ");
  expect(expression({ alpha: 0.05 })).toContain(" > 1.49785 and ");
});

test.skipIf(!hasPromtool)(`promtool accepts the rules${promtoolNeeded}`, () => {
  expect(promtool("check", "rules", writeRules())).toMatchObject({
    code: 0,
    output: expect.stringContaining("21 rules found"),
  });
});

test.skipIf(!hasPromtool)(`promtool refuses rules that are broken, so its yes means something${promtoolNeeded}`, () => {
  const path = join(directory, "broken.rules.yml");
  writeFileSync(path, renderRules(watched("sentiment")).replace("rate(", "rat("));
  expect(promtool("check", "rules", path).code).not.toBe(0);
});

test.skipIf(!hasPromtool)(`an aborted rollout alerts at once and until the phase changes${promtoolNeeded}`, () => {
  const alerts = [
    expected("ModelRolloutAborted", "2m", []),
    expected("ModelRolloutAborted", "3m", [{ labels: { model: "sentiment", phase: "aborted" } }]),
    expected("ModelRolloutAborted", "7m", []),
  ];
  runUnitTest({ 'model_rollout_phase{model="sentiment",phase="aborted"}': "0 0 0 1 1 1 1 0 0" }, alerts);
});

test.skipIf(!hasPromtool)(`a fast burn alerts when clients get errors${promtoolNeeded}`, () => {
  const series = {
    'model_requests_total{model="sentiment",version="v1",code="200"}': "0+900x90",
    'model_requests_total{model="sentiment",version="v1",code="503"}': "0+100x90",
    'model_failover_total{model="sentiment",version="v1"}': "0x90",
  };
  const firing = { labels: { model: "sentiment" }, value: "10%" };
  runUnitTest(series, [expected("ModelErrorBudgetBurnsFast", "90m", [firing])]);
});

test.skipIf(!hasPromtool)(
  `a candidate that fails behind a failover burns no budget, and is named${promtoolNeeded}`,
  () => {
    const series = {
      'model_requests_total{model="sentiment",version="v1",code="200"}': "0+1000x90",
      'model_requests_total{model="sentiment",version="v2",code="200"}': "0+0x90",
      'model_requests_total{model="sentiment",version="v2",code="500"}': "0+500x90",
      'model_failover_total{model="sentiment",version="v1"}': "0x90",
      'model_failover_total{model="sentiment",version="v2"}': "0+500x90",
      'model_traffic_weight{model="sentiment",version="v1"}': "0.5x90",
      'model_traffic_weight{model="sentiment",version="v2"}': "0.5x90",
    };
    runUnitTest(series, [
      expected("ModelErrorBudgetBurnsFast", "90m", []),
      expected("ModelErrorBudgetBurnsSlowly", "90m", []),
      expected("ModelVersionFailsMore", "90m", [{ labels: { model: "sentiment", version: "v2" }, value: "100%" }]),
    ]);
  },
);

test.skipIf(!hasPromtool)(
  `a version without traffic is not compared, and a silent model is told${promtoolNeeded}`,
  () => {
    const series = {
      'model_requests_total{model="sentiment",version="v1",code="200"}': "5x30",
      'model_traffic_weight{model="sentiment",version="v1"}': "1x30",
      'model_requests_total{model="sentiment",version="v2",code="500"}': "0+500x30",
      'model_traffic_weight{model="sentiment",version="v2"}': "0x30",
    };
    const { 'model_requests_total{model="sentiment",version="v2",code="500"}': _, ...silent } = series;
    runUnitTest(series, [expected("ModelVersionFailsMore", "30m", []), expected("ModelNoTraffic", "30m", [])]);
    runUnitTest(silent, [expected("ModelNoTraffic", "30m", [{ labels: { model: "sentiment" } }])]);
  },
);

test.skipIf(!hasPromtool)(
  `evidence over all guards alerts while the rollout runs, not after it${promtoolNeeded}`,
  () => {
    // ln of the mean of e^4 and e^0 is 3.3: past half of ln(100), which neither e^2 alone nor their mean would be.
    const series = {
      'model_rollout_evalue{model="sentiment",metric="errorRate",side="rollback"}': "2 4 4 4",
      'model_rollout_evalue{model="sentiment",metric="latency",side="rollback"}': "0 0 0 0",
      'model_rollout_phase{model="sentiment",phase="progressing"}': "1 1 0 0",
      'model_rollout_phase{model="sentiment",phase="aborted"}': "0 0 1 1",
    };
    runUnitTest(series, [
      expected("ModelEvidenceOfHarm", "0m", []),
      expected("ModelEvidenceOfHarm", "1m", [{ labels: { model: "sentiment" }, value: "3.325" }]),
      expected("ModelEvidenceOfHarm", "2m", []),
    ]);
  },
);

test.skipIf(!hasPromtool)(`a gateway without metrics alerts after a minute${promtoolNeeded}`, () => {
  const series = { 'model_traffic_weight{model="sentiment",version="v1"}': "1x5 stale _x10" };
  runUnitTest(series, [
    expected("ModelGatewayDown", "5m", []),
    expected("ModelGatewayDown", "8m", [{ labels: { model: "sentiment" } }]),
  ]);
});

function writeRules(): string {
  const path = join(directory, "sentiment.rules.yml");
  writeFileSync(path, renderRules(watched("sentiment")));
  return path;
}

interface Firing {
  readonly labels: Readonly<Record<string, string>>;
  /** The alert's value as its annotations write it. */
  readonly value?: string;
}

function expected(alertname: string, eval_time: string, firing: readonly Firing[]): object {
  const { labels: ruleLabels, annotations = {} } = alertNamed(alertname) ?? {};
  const filled = ({ labels, value = "" }: Firing) =>
    Object.fromEntries(
      Object.entries(annotations).map(([name, template]) => [
        name,
        template
          .replace(/\{\{ \$labels\.(\w+) \}\}/g, (_, label: string) => labels[label] ?? "")
          .replace(/\{\{ \$value \| \w+ \}\}/g, value),
      ]),
    );
  const exp_alerts = firing.map((each) => ({
    exp_labels: { ...ruleLabels, ...each.labels },
    exp_annotations: filled(each),
  }));
  return { alertname, eval_time, exp_alerts };
}

/** One sample a minute of each series, from minute 0. */
function runUnitTest(series: Readonly<Record<string, string>>, alert_rule_test: readonly object[]): void {
  const input_series = Object.entries(series).map(([name, values]) => ({ series: name, values }));
  const path = join(directory, "unit.yml");
  const tests = [{ interval: "1m", input_series, alert_rule_test }];
  writeFileSync(path, stringify({ rule_files: [writeRules()], evaluation_interval: "1m", tests }));
  expect(promtool("test", "rules", path)).toMatchObject({ code: 0 });
}
