import { createHash } from "node:crypto";
import { planQueries, planThresholds, type Queries } from "./queries.ts";
import { isTold, type Watched } from "./watched.ts";

const COLUMNS = 2;
const PANEL = { w: 24 / COLUMNS, h: 8 };
const DATASOURCE = { type: "prometheus", uid: "$datasource" };
const WINDOW = "$__rate_interval";

interface Panel {
  readonly title: string;
  readonly description: string;
  readonly type: "timeseries" | "state-timeline";
  /** As Grafana names units. */
  readonly unit: "percentunit" | "reqps" | "s" | "none";
  readonly stacked?: boolean;
  /** Query by legend. */
  readonly queries: Readonly<Record<string, string>>;
}

/** A Grafana dashboard for a model, as JSON to import. The text depends on the arguments alone. */
export function renderDashboard(watched: Watched): string {
  const { model, versionSeries } = watched;
  const dashboard = {
    // Grafana takes at most 40 characters, and finds the dashboard again by them.
    uid: `model-${createHash("sha256").update(model).digest("hex").slice(0, 16)}`,
    title: `Model ${model}`,
    tags: ["model-lifecycle"],
    schemaVersion: 39,
    editable: false,
    refresh: "10s",
    time: { from: "now-1h", to: "now" },
    templating: {
      list: [{ name: "datasource", label: "Data source", type: "datasource", query: "prometheus" }],
    },
    panels: planPanels(planQueries(model, versionSeries), watched)
      .flatMap((panel) => toldOf(panel, watched))
      .map(renderPanel),
  };
  return `${JSON.stringify(dashboard, null, 2)}\n`;
}

/** A panel with those of its queries for which there are series; none without any. */
function toldOf(panel: Panel, watched: Watched): readonly Panel[] {
  const told = Object.entries(panel.queries).filter(([, expr]) => isTold(expr, watched));
  const isMore = told.some(([, expr]) => !expr.startsWith("vector("));
  return isMore ? [{ ...panel, queries: Object.fromEntries(told) }] : [];
}

function planPanels(queries: Queries, chances: Watched): readonly Panel[] {
  const { select, requestRate, errorRatio, clientErrorRatio, latency, evidenceOfHarm } = queries;
  const thresholds = planThresholds(chances);
  const ofVersions = (metric: string): string => `sum by (version) (rate(${select(metric)}[${WINDOW}]))`;
  return [
    {
      title: "Traffic split",
      description: "Who serves: each version's share of the traffic.",
      type: "timeseries",
      unit: "percentunit",
      stacked: true,
      queries: { "{{version}}": select("model_traffic_weight") },
    },
    {
      title: "Rollout phase",
      description: "What the rollout is doing.",
      type: "state-timeline",
      unit: "none",
      queries: { "{{phase}}": select("model_rollout_phase") },
    },
    {
      title: "Requests",
      description: "Requests sent to each version, per second.",
      type: "timeseries",
      unit: "reqps",
      queries: { "{{version}}": requestRate(WINDOW) },
    },
    {
      title: "Errors",
      description:
        "Share of each version's requests that it failed, and of clients that got an error: stable answers for a candidate that fails.",
      type: "timeseries",
      unit: "percentunit",
      queries: { "{{version}}": errorRatio(WINDOW), clients: clientErrorRatio(WINDOW) },
    },
    {
      title: "Latency",
      description: "From sending a request to a version to the end of its answer.",
      type: "timeseries",
      unit: "s",
      queries:
        latency === undefined
          ? {}
          : {
              "{{version}} p50": latency(0.5, WINDOW),
              "{{version}} p95": latency(0.95, WINDOW),
              "{{version}} p99": latency(0.99, WINDOW),
            },
    },
    {
      title: "Rollout step",
      description: "Index into the ladder of steps; -1 without a rollout.",
      type: "timeseries",
      unit: "none",
      queries: { step: select("model_rollout_step") },
    },
    {
      title: "Evidence of harm",
      description: "ln of the e-values. The candidate is stopped when all guards together reach the threshold.",
      type: "timeseries",
      unit: "none",
      queries: {
        "{{metric}}": select("model_rollout_evalue", 'side="rollback"'),
        "all guards": evidenceOfHarm,
        threshold: `vector(${thresholds.rollback})`,
      },
    },
    {
      title: "Evidence of no harm",
      description: "ln of the e-values. A guard at the threshold is shown non-inferior; a promotion needs all of them.",
      type: "timeseries",
      unit: "none",
      queries: {
        "{{metric}}": select("model_rollout_evalue", 'side="promote"'),
        threshold: `vector(${thresholds.promote})`,
      },
    },
    {
      title: "Failovers and copies",
      description:
        "Requests the version failed and stable answered, and copies sent to it while shadowing, per second.",
      type: "timeseries",
      unit: "reqps",
      queries: {
        "{{version}} failed over": ofVersions("model_failover_total"),
        "{{version}} copies": ofVersions("model_shadow_total"),
      },
    },
    {
      title: "Feedback",
      description: "Feedback joined to a version's predictions, per second.",
      type: "timeseries",
      unit: "reqps",
      queries: {
        "{{version}} {{metric}}": `sum by (metric, version) (rate(${select("model_feedback_total")}[${WINDOW}]))`,
      },
    },
  ];
}

function renderPanel({ title, description, type, unit, stacked, queries }: Panel, index: number): object {
  const custom = stacked === true ? { fillOpacity: 60, stacking: { mode: "normal" } } : {};
  return {
    id: index + 1,
    title,
    description,
    type,
    datasource: DATASOURCE,
    gridPos: { ...PANEL, x: (index % COLUMNS) * PANEL.w, y: Math.floor(index / COLUMNS) * PANEL.h },
    fieldConfig: { defaults: { unit, custom }, overrides: [] },
    targets: Object.entries(queries).map(([legendFormat, expr], target) => ({
      refId: String.fromCharCode("A".charCodeAt(0) + target),
      datasource: DATASOURCE,
      legendFormat,
      expr,
    })),
  };
}
