/** What the series of a rollout are called, and which labels tell what. */
export interface SeriesNames {
  /** The counter of requests. @default the histogram of durations counts them */
  readonly requests?: string;
  /** The histogram of how long answers take, in seconds: its name without `_bucket`. Classic or native. @default none: latency cannot be guarded */
  readonly durations?: string;
  /** The label that holds the version. */
  readonly version: string;
  /** The label that holds the status of HTTP, or the first digit of it. A value that is neither is a request without an answer. */
  readonly status?: string;
  /** The label that is there when a request failed; a value from 400 to 499 is a refusal. */
  readonly error?: string;
  /** The label that holds the model's name. @default the series are not told apart by model */
  readonly model?: string;
}

/** Names that are known, by what people call them. */
export const seriesNames: Readonly<Record<"gateway" | "envoy" | "istio" | "otel-http" | "otel-gen-ai", SeriesNames>> = {
  /** The local gateway's own, as docs/metrics.md has them. */
  gateway: {
    requests: "model_requests_total",
    durations: "model_request_duration_seconds",
    version: "version",
    status: "code",
    model: "model",
  },
  /**
   * Envoy's clusters, one for each version. Answers that it makes itself are in them; its times are in milliseconds.
   * https://www.envoyproxy.io/docs/envoy/latest/configuration/upstream/cluster_manager/cluster_stats
   */
  envoy: {
    requests: "envoy_cluster_upstream_rq_xx",
    version: "envoy_cluster_name",
    status: "envoy_response_code_class",
  },
  /**
   * Istio's proxies, a Service for each version; `reporter` is to be selected, or each request counts twice. Its times are
   * in milliseconds. https://istio.io/latest/docs/reference/config/metrics/
   */
  istio: { requests: "istio_requests_total", version: "destination_service_name", status: "response_code" },
  /** OpenTelemetry's HTTP servers. The version of the service is an attribute of the resource: promote `service.version` to a label. */
  "otel-http": {
    durations: "http_server_request_duration_seconds",
    version: "service_version",
    status: "http_response_status_code",
    error: "error_type",
  },
  /** OpenTelemetry's generative AI, as a model server sees it. */
  "otel-gen-ai": {
    durations: "gen_ai_server_request_duration_seconds",
    version: "gen_ai_response_model",
    error: "error_type",
  },
};
