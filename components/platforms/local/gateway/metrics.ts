import { bucketBound, bucketOf, LATENCY_BUCKETS, LATENCY_LADDER } from "../../../analysis/index.ts";
import { evaluesOf } from "../../../rollout/index.ts";
import { type Labels, renderRollouts, renderSample } from "../../../traffic/exposition.ts";
import { WHOLE } from "../../../traffic/ladder.ts";
import type { Controller } from "./controller.ts";
import type { VersionCounter } from "./counters.ts";
import type { Traffic } from "./traffic.ts";

/** Each doubling is 35 fine buckets: half of one, or so. */
const COARSE: readonly number[] = Array.from({ length: 37 }, (_, i) => Math.round((i + 2) * 17.5)).filter(
  (bucket) => bucket < LATENCY_BUCKETS - 1,
);

/** A seventh of a doubling, which is 10 %. */
const SEVENTH = 5;

/** From half of the judge's lowest rung to twice its highest. */
const [FINE_FROM, FINE_TO] = [bucketOf((LATENCY_LADDER[0] ?? 0) / 2), bucketOf((LATENCY_LADDER.at(-1) ?? 0) * 2)];
const FINE: readonly number[] = Array.from(
  { length: (FINE_TO - FINE_FROM) / SEVENTH + 1 },
  (_, i) => FINE_FROM + i * SEVENTH,
);

/** What a Prometheus is told: seven buckets to a doubling where latency is judged, so that it can show margins of 10 %; two elsewhere, from 0.16 ms to 41 s. */
const EXPOSED: readonly number[] = [
  ...COARSE.filter((bucket) => bucket < FINE_FROM),
  ...FINE,
  ...COARSE.filter((bucket) => bucket > FINE_TO),
];

/** Their bounds, in ms. */
export const DURATION_BOUNDS: readonly number[] = EXPOSED.map(bucketBound);

/** The gateway's numbers in the Prometheus text format. Every label set of a deployed version is there from the start, at 0. */
export function renderMetrics(traffic: Traffic, controller: Controller): string {
  const lines: string[] = [];
  const family = (name: string, type: string, help: string): void => {
    lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`);
  };
  const sample = (name: string, labels: Labels, value: number): void => {
    lines.push(renderSample(name, labels, value));
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
  lines.push(...rolloutLines(controller, model));
  return `${lines.join("\n")}\n`;
}

function rolloutLines(controller: Controller, model: string): readonly string[] {
  if (controller.plan === undefined) return [];
  const { plan, weights, rollout, losses = [] } = controller.status();
  return renderRollouts([
    {
      model,
      shares: Object.fromEntries(Object.entries(weights).map(([version, weight]) => [version, weight / WHOLE])),
      phase: rollout.phase,
      step: rollout.step,
      override: plan.override === undefined ? undefined : { version: plan.stable, reason: plan.override },
      losses: losses.length,
      evalues: evaluesOf(controller.verdict),
    },
  ]);
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
