import { escapeRegex } from "../../../metric-sources/prometheus/index.ts";
import type { Gateway } from "./gateway.ts";

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
  latency: { metric: "envoy_cluster_upstream_rq_time", unit: "ms" },
  service: "envoy_cluster_name",
  valueOf: (namespace, { service, port }) => escapeRegex(`${namespace}_${service}_${port}`),
  backendFilters: true,
  // https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/route/v3/route_components.proto (HeaderMatcher); routes in their order
  headerPatterns: true,
  setUp: ["a cluster for each Service, called <namespace>_<service>_<port>"],
};
