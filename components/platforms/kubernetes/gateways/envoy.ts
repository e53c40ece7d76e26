import { escapeRegex } from "../../../metric-sources/prometheus/index.ts";
import type { Gateway } from "./gateway.ts";

/**
 * Envoy's buckets, in ms.
 * https://github.com/envoyproxy/envoy/blob/v1.40.0/source/common/stats/histogram_impl.cc (HistogramSettingsImpl::defaultBuckets)
 */
export const ENVOY_BOUNDS: readonly number[] = [
  0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 300_000, 600_000, 1_800_000,
  3_600_000,
];

/**
 * Envoy by itself, with a cluster for each service that is called `<namespace>_<service>_<port>`. `upstream_rq_completed`
 * and the classes count what Envoy answers itself for a service that refuses, resets or has no endpoint;
 * `upstream_rq_total` does not (seen with Envoy 1.40: 98 of 212).
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/upstream/cluster_manager/cluster_stats
 */
export const envoy: Gateway = {
  title: "Envoy",
  sent: { metric: "envoy_cluster_upstream_rq_completed" },
  answers: { metric: "envoy_cluster_upstream_rq_xx", status: "envoy_response_code_class" },
  answersAll: true,
  underWay: { metric: "envoy_cluster_upstream_rq_active" },
  durations: { metric: "envoy_cluster_upstream_rq_time", unit: "ms", bounds: ENVOY_BOUNDS },
  service: "envoy_cluster_name",
  valueOf: (namespace, { service, port }) => escapeRegex(`${namespace}_${service}_${port}`),
  backendFilters: true,
  // https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/route/v3/route_components.proto (HeaderMatcher); routes in their order
  headerPatterns: true,
  setUp: ["a cluster for each Service, called <namespace>_<service>_<port>"],
};
