import { bucketBound, LATENCY_BUCKETS } from "../../../analysis/index.ts";
import type { RolloutPhase } from "../../../traffic/status.ts";
import type { Controller } from "./controller.ts";
import type { VersionCounter } from "./counters.ts";
import type { Traffic } from "./traffic.ts";

const PHASES: readonly RolloutPhase[] = ["idle", "progressing", "holding", "complete", "aborted", "rolledBack"];
/** Each doubling is 35 fine buckets; a Prometheus bucket is half of one doubling or so, from 0.16 ms to 41 s. */
const EXPOSED: readonly number[] = Array.from({ length: 37 }, (_, i) => Math.round((i + 2) * 17.5)).filter(
  (bucket) => bucket < LATENCY_BUCKETS - 1,
);

type Labels = Readonly<Record<string, string>>;

/** The gateway's numbers in the Prometheus text format. Every label set of a deployed version is there from the start, at 0. */
export function renderMetrics(traffic: Traffic, controller: Controller): string {
  const lines: string[] = [];
  const family = (name: string, type: string, help: string): void => {
    lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`);
  };
  const sample = (name: string, labels: Labels, value: number): void => {
    lines.push(`${name}${renderLabels(labels)} ${value}`);
  };
  const model = controller.plan?.model ?? "";
  const counters = [...traffic.counters];

  family("model_requests_total", "counter", "Requests by version and status; code 0 is a request without an answer.");
  for (const [version, { codes }] of counters) {
    for (const [code, count] of codes) sample("model_requests_total", { model, version, code: String(code) }, count);
  }
  family(
    "model_request_duration_seconds",
    "histogram",
    "From sending a request to a version to the end of its answer.",
  );
  for (const [version, counter] of counters) renderHistogram(sample, { model, version }, counter);
  const each = (name: string, help: string, read: (counter: VersionCounter) => number): void => {
    family(name, "counter", help);
    for (const [version, counter] of counters) sample(name, { model, version }, read(counter));
  };
  each("model_failover_total", "Requests the version failed and stable answered.", ({ failedOver }) => failedOver);
  each("model_shadow_total", "Copies sent to the version while shadowing.", ({ shadowed }) => shadowed);
  each("model_pinned_total", "Requests that named the version themselves.", ({ pinned }) => pinned);
  family(
    "model_metadata_requests_total",
    "counter",
    "Requests that are no predictions: what clients read about the model.",
  );
  sample("model_metadata_requests_total", { model }, traffic.metadataRequests);
  family("model_shadow_dropped_total", "counter", "Copies not sent because too many were under way.");
  sample("model_shadow_dropped_total", { model }, traffic.copiesDropped);
  family("model_feedback_total", "counter", "Feedback joined to a prediction, by metric and version.");
  for (const [metric, versions] of traffic.feedbackCounts) {
    for (const [version, count] of versions) sample("model_feedback_total", { model, metric, version }, count);
  }
  renderRollout(controller, family, sample, model);
  return `${lines.join("\n")}\n`;
}

function renderRollout(
  controller: Controller,
  family: (name: string, type: string, help: string) => void,
  sample: (name: string, labels: Labels, value: number) => void,
  model: string,
): void {
  if (controller.plan === undefined) return;
  const { plan, weights, rollout, losses = [] } = controller.status();
  family("model_traffic_weight", "gauge", "Share of the traffic, 0 to 1.");
  for (const [version, weight] of Object.entries(weights))
    sample("model_traffic_weight", { model, version }, weight / 10_000);
  family("model_rollout_phase", "gauge", "1 for the phase the rollout is in.");
  for (const phase of PHASES) sample("model_rollout_phase", { model, phase }, Number(rollout.phase === phase));
  family("model_rollout_step", "gauge", "Index into the ladder of steps; -1 without a rollout.");
  sample("model_rollout_step", { model }, rollout.step);
  family("model_override_info", "gauge", "1 while a version serves unproven, by an override of the document.");
  if (plan.override !== undefined)
    sample("model_override_info", { model, version: plan.stable, reason: plan.override }, 1);
  family("model_state_losses", "gauge", "What was lost with damaged files and is still to be looked at.");
  sample("model_state_losses", { model }, losses.length);
  family(
    "model_rollout_evalue",
    "gauge",
    "Natural logarithm of a guard's e-value: for harm (rollback), for no harm (promote).",
  );
  for (const guard of controller.verdict?.evidence.guards ?? []) {
    sample("model_rollout_evalue", { model, metric: guard.name, side: "rollback" }, guard.rollback.log);
    sample("model_rollout_evalue", { model, metric: guard.name, side: "promote" }, guard.promote.log);
  }
}

function renderHistogram(
  sample: (name: string, labels: Labels, value: number) => void,
  labels: Labels,
  { latency, latencySumMs }: VersionCounter,
): void {
  let count = 0;
  let next = 0;
  for (const bucket of EXPOSED) {
    for (; next <= bucket; next++) count += latency[next] ?? 0;
    sample("model_request_duration_seconds_bucket", { ...labels, le: String(bucketBound(bucket) / 1000) }, count);
  }
  for (; next < latency.length; next++) count += latency[next] ?? 0;
  sample("model_request_duration_seconds_bucket", { ...labels, le: "+Inf" }, count);
  sample("model_request_duration_seconds_sum", labels, latencySumMs / 1000);
  sample("model_request_duration_seconds_count", labels, count);
}

const renderLabels = (labels: Labels): string =>
  `{${Object.entries(labels)
    .map(
      ([name, value]) => `${name}="${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`,
    )
    .join(",")}}`;
