import type { Comparison } from "./comparison.ts";

type Labels = Readonly<Record<string, string>>;
type Sample = readonly [labels: Labels, value: number];

/** The comparison in the Prometheus text format, for the textfile collector of a node exporter. */
export function renderMetrics({ reference, current, features, drifting, performance, drifted }: Comparison): string {
  const findings = features.flatMap(({ feature, findings: all }) =>
    all.map((finding) => ({ ...finding, labels: { feature, measure: finding.measure } })),
  );
  return [
    family("model_drift_detected", "1 when a feature or the performance drifts.", [[{}, Number(drifted)]]),
    family(
      "model_drift_feature_drifting",
      "1 when the feature drifts.",
      features.map(({ feature }) => [{ feature }, Number(drifting.includes(feature))]),
    ),
    family(
      "model_drift_effect",
      "Size of the change, in the measure's own unit; 0 is none.",
      findings.map(({ labels, effect }) => [labels, effect]),
    ),
    family(
      "model_drift_p_value",
      "Chance of such a change without drift, corrected for all measurements (Holm).",
      findings.map(({ labels, adjustedP }) => [labels, adjustedP]),
    ),
    family("model_drift_rows", "Rows of the window.", [
      [{ window: "reference" }, reference.rows],
      [{ window: "current" }, current.rows],
    ]),
    family("model_drift_reference_info", "1; the label is the content of the reference.", [
      [{ content: reference.content }, 1],
    ]),
    ...(performance === null
      ? []
      : [
          family("model_drift_labels", "Labelled rows so far.", [[{}, performance.labels]]),
          family("model_drift_labels_needed", "Labelled rows from which a rise can be shown.", [
            [{}, performance.labelsNeeded],
          ]),
          family("model_drift_error_rate", "Share of errors, or mean score, by window.", [
            [{ window: "reference" }, performance.referenceRate],
            ...(performance.currentRate === null ? [] : [[{ window: "current" }, performance.currentRate] as const]),
          ]),
          family("model_drift_performance_evalue", "Natural logarithm of the e-value against steady performance.", [
            [{}, performance.logE],
          ]),
          family("model_drift_performance_drifted", "1 when the performance has drifted.", [
            [{}, Number(performance.verdict === "drifted")],
          ]),
        ]),
  ].join("");
}

/** One metric with its samples; nothing without any. All are gauges. */
function family(name: string, help: string, samples: readonly Sample[]): string {
  if (samples.length === 0) return "";
  const lines = samples.map(([labels, value]) => `${name}${renderLabels(labels)} ${value}\n`);
  return `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${lines.join("")}`;
}

function renderLabels(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

/** As the text format asks: backslash, quote and line feed. */
const escapeLabel = (value: string): string =>
  value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
