import { allMetrics, type Capabilities } from "../../../capabilities/index.ts";

/** What this machine can do. */
export const localCapabilities: Capabilities = {
  maxVariants: 16,
  shadow: true,
  sticky: true,
  weights: { kind: "exact" },
  climbs: "dataPlane",
  guards: allMetrics,
  feedback: true,
  pinning: true,
  notices: true,
  gone: true,
  abortSeconds: 1,
  series: [
    "model_requests_total",
    "model_request_duration_seconds",
    "model_failover_total",
    "model_shadow_total",
    "model_pinned_total",
    "model_metadata_requests_total",
    "model_shadow_dropped_total",
    "model_feedback_total",
    "model_traffic_weight",
    "model_rollout_phase",
    "model_rollout_step",
    "model_override_info",
    "model_state_losses",
    "model_rollout_evalue",
  ],
};
