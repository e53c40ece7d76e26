import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { planRules, type RuleGroup } from "../../components/monitors/prometheus/rules.ts";
import type { Watched } from "../../components/monitors/prometheus/watched.ts";
import { promtool } from "./promtool.ts";
import { healthyController, LAST, type Samples, type Situation, type VersionCounts } from "./situations.ts";

/** Series by their name with its labels. */
export type SeriesByName = Readonly<Record<string, Samples>>;

/** Who counts the requests of a model, and how that looks when Prometheus scrapes it. */
export interface Counting {
  readonly watched: Watched;
  readonly shows: (version: "v1" | "v2", counts: VersionCounts) => SeriesByName;
  /** Its series begin with the first request, so one that nobody asks has none. */
  readonly beginsLate?: boolean;
}

/** What an alert's labels say beside model, owner and severity. */
const OWN_LABELS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  ModelRolloutAborted: { phase: "aborted" },
  ModelVersionFailsMore: { version: "v2" },
};

/** What promtool says of the rules in a situation. */
export function ruleTest(counting: Counting, situation: Situation): ReturnType<typeof promtool> {
  const folder = mkdtempSync(join(tmpdir(), "model-lifecycle-situation-"));
  try {
    // What an alert says to people is held elsewhere; here it is whether it speaks.
    const groups = planRules(counting.watched).map(({ name, rules }) => ({
      name,
      rules: rules.map((rule) => ({ ...rule, annotations: undefined })),
    }));
    writeFileSync(join(folder, "model.rules.yml"), stringify({ groups }));
    const path = join(folder, "test.yml");
    const tests = [planTest(counting, situation)];
    writeFileSync(path, stringify({ rule_files: ["model.rules.yml"], evaluation_interval: "2m", tests }));
    return promtool("test", "rules", path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function planTest({ watched, shows, beginsLate }: Counting, situation: Situation): object {
  const { counts, controller = {}, told, toldWithoutSeries, ratios } = situation;
  const series: SeriesByName = {
    ...ofModel(watched.model, { ...healthyController, ...controller }),
    ...(counts && { ...shows("v1", counts.v1), ...shows("v2", counts.v2) }),
  };
  return {
    interval: "1m",
    input_series: Object.entries(series).map(([name, samples]) => ({ series: name, values: renderSamples(samples) })),
    alert_rule_test: Object.entries((beginsLate && toldWithoutSeries) || told).flatMap(([minute, names]) =>
      alertsIn(planRules(watched)).map(({ alert, severity }) => ({
        eval_time: `${minute}m`,
        alertname: alert,
        exp_alerts: names
          .filter((name) => name === alert)
          .map(() => ({
            exp_labels: { model: watched.model, owner: watched.owner, severity, ...OWN_LABELS[alert] },
          })),
      })),
    ),
    promql_expr_test: [
      {
        expr: "model_version:errors:ratio5m",
        eval_time: `${LAST}m`,
        exp_samples: Object.entries(ratios).map(([version, value]) => ({
          labels: `model_version:errors:ratio5m{model="${watched.model}",version="${version}"}`,
          value,
        })),
      },
      {
        // A share is from 0 to 1, or there is none: what is not a number lies nowhere.
        expr: `count(${SHARES}) - (count(${SHARES} <= 1) or vector(0)) > 0`,
        eval_time: `${LAST}m`,
        exp_samples: [],
      },
    ],
  };
}

const SHARES = "{__name__=~'model.*:.*ratio.*'}";

const alertsIn = (groups: readonly RuleGroup[]) =>
  groups.flatMap(({ rules }) =>
    rules.flatMap((rule) => ("alert" in rule ? [{ alert: rule.alert, severity: rule.labels.severity }] : [])),
  );

const ofModel = (model: string, series: SeriesByName): SeriesByName =>
  Object.fromEntries(
    Object.entries(series).map(([name, samples]) => {
      const [metric, labels] = name.split("{");
      return [`${metric}{model="${model}"${labels === undefined ? "}" : `,${labels}`}`, samples];
    }),
  );

const renderSamples = (samples: Samples): string =>
  samples.map((value) => (value === null ? "_" : String(value))).join(" ");
