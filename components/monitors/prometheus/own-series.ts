import type { VersionSeries } from "../monitor.ts";

/** A gateway's own failures: 5xx, and code 0 for a request that got no answer. */
const FAILED = 'code=~"5..|0"';

/** How our own gateway counts: docs/metrics.md. */
export function ownSeries(model: string): VersionSeries {
  const rate = (by: string, window: string, metric: string, ...labels: readonly string[]): string =>
    `sum by (${by}) (rate(${metric}{${[`model=${JSON.stringify(model)}`, ...labels].join(",")}}[${window}]))`;
  return {
    requests: (window) => rate("model, version", window, "model_requests_total"),
    failures: (window) => rate("model, version", window, "model_requests_total", FAILED),
    latency: (share, window) =>
      `histogram_quantile(${share}, ${rate("model, version, le", window, "model_request_duration_seconds_bucket")})`,
    answeredInstead: (window) => rate("model", window, "model_failover_total"),
  };
}
