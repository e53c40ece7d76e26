import { gateways } from "../../components/platforms/kubernetes/gateways/index.ts";
import { versionSeries } from "../../components/platforms/kubernetes/monitoring/version-series.ts";
import type { GatewayKind } from "../../components/platforms/kubernetes/route/gateway-kind.ts";
import { shows } from "./gateway-texts.ts";
import type { Counting } from "./rule-tests.ts";
import { watched } from "./watched.ts";

const variants = {
  v1: { service: "sentiment-v1-0a1b2c3d", port: 8080 },
  v2: { service: "sentiment-v2-4e5f6a7b", port: 8080 },
};

/** What the controller of a cluster shows. */
const controllerSeries: readonly string[] = [
  "model_traffic_weight",
  "model_rollout_phase",
  "model_rollout_step",
  "model_override_info",
  "model_rollout_evalue",
  "model_rollout_last_pass_timestamp_seconds",
  "model_rollout_stopped",
];

/** A model in a cluster, behind a gateway of this kind. */
export const countingBehind = (kind: GatewayKind, selector?: string): Counting => ({
  watched: watched("sentiment", {
    series: controllerSeries,
    versionSeries: versionSeries(gateways[kind], { model: "sentiment", namespace: "models", variants, selector }),
  }),
  shows: (version, counts) => shows[kind](variants[version].service, counts),
  beginsLate: kind === "istio" || kind === "traefik",
});
