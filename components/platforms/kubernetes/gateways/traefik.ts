import { escapeRegex } from "../../../metric-sources/prometheus/index.ts";
import type { Gateway } from "./gateway.ts";

/**
 * Traefik 3.7. Services of the Gateway API are called `…-<namespace>-<service>-<index or port>@kubernetesgateway`; without
 * `addServicesLabels` there are no series for a service. Its histograms have four buckets.
 * https://doc.traefik.io/traefik/observability/metrics/overview/
 */
export const traefik: Gateway = {
  title: "Traefik",
  sent: { metric: "traefik_service_requests_total" },
  answers: { metric: "traefik_service_requests_total", status: "code" },
  answersAll: true,
  durations: { metric: "traefik_service_request_duration_seconds", unit: "s", bounds: [100, 300, 1_200, 5_000] },
  service: "service",
  valueOf: (namespace, { service }) => `(.*-)?${escapeRegex(`${namespace}-${service}`)}-[^-]*@kubernetesgateway`,
  backendFilters: true,
  // In the order of the rules: pkg/provider/kubernetes/gateway/httproute.go (buildHeaderRules).
  headerPatterns: true,
  setUp: ["metrics.prometheus.addServicesLabels: true"],
};
