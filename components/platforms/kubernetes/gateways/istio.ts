import { escapeRegex } from "../../../metric-sources/prometheus/index.ts";
import { ENVOY_BOUNDS } from "./envoy.ts";
import type { Gateway } from "./gateway.ts";

/**
 * Istio's ingress gateway. Status 0 is a request without an answer.
 * https://istio.io/latest/docs/reference/config/metrics/
 */
export const istio: Gateway = {
  title: "Istio",
  sent: { metric: "istio_requests_total", labels: { reporter: "source" } },
  answers: { metric: "istio_requests_total", labels: { reporter: "source" }, status: "response_code" },
  answersAll: true,
  durations: {
    metric: "istio_request_duration_milliseconds",
    labels: { reporter: "source" },
    unit: "ms",
    bounds: ENVOY_BOUNDS,
  },
  service: "destination_service_name",
  valueOf: (_, { service }) => escapeRegex(service),
  beside: (namespace) => ({ destination_service_namespace: namespace }),
  backendFilters: true,
  // In the order of the rules: pilot/pkg/config/kube/gateway/conversion.go (createHeadersMatch, sortHTTPRoutes).
  headerPatterns: true,
  setUp: ["the telemetry of the gateway scraped (reporter source)"],
};
