import { renderGauge, type Sample } from "../../../components/traffic/exposition.ts";
import type { TableComparison } from "./comparison.ts";

/** The comparison in the Prometheus text format, for the textfile collector of a node exporter. */
export function renderMetrics({
  reference,
  current,
  features,
  drifting,
  performance,
  drifted,
}: TableComparison): string {
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

/** One metric with its samples; nothing without any. */
const family = (name: string, help: string, samples: readonly Sample[]): string =>
  samples.length === 0 ? "" : `${renderGauge(name, help, samples).join("\n")}\n`;
