import { allMetrics, type Capabilities, type MeasuredMetrics } from "../../capabilities/index.ts";
import { marginsOf } from "./counts/buckets.ts";
import { type Gateway, gateways } from "./gateways/index.ts";
import type { GatewayKind } from "./route/gateway-kind.ts";
import { MOST_RULES } from "./route/http-route.ts";

/** A rule of a route divides traffic, and one is kept for versions that are gone: the others name a version each. */
const MOST_VARIANTS = MOST_RULES - 2;

/** What is measured behind a Gateway: latency as finely as its buckets are, where it has any. */
function measuredBy(gateway: Gateway): MeasuredMetrics {
  const { latency: _, ...others } = allMetrics;
  const margins = marginsOf(gateway);
  const [finest] = margins;
  return finest === undefined ? others : { ...others, latency: { finest, margins } };
}

/** What it stands behind, and the Prometheus that counts there, where there is one. */
interface Behind {
  readonly gateway: { readonly kind: GatewayKind };
  readonly prometheus?: unknown;
}

/** What a cluster can do: as much as its Gateway, and as the counts that a Prometheus has of it. */
export function kubernetesCapabilities({ gateway, prometheus }: Behind): Capabilities {
  const isCounted = prometheus !== undefined;
  return {
    sources: ["image", "claim"],
    // What starts in a container is said by its image, or by platform.server.
    runtimes: [],
    golden: false,
    maxVariants: MOST_VARIANTS,
    shadow: true,
    sticky: false,
    weights: { kind: "exact" },
    climbs: isCounted ? "controller" : "nobody",
    guards: isCounted ? measuredBy(gateways[gateway.kind]) : {},
    feedback: isCounted,
    pinning: true,
    notices: gateways[gateway.kind].backendFilters,
    gone: true,
    // What stands in a volume only pods can read.
    archives: ["image"],
    abortSeconds: 5,
    series: isCounted ? controllerSeries : [],
  };
}

/** What the controller tells of a rollout. */
const controllerSeries: readonly string[] = [
  "model_traffic_weight",
  "model_rollout_phase",
  "model_rollout_step",
  "model_rollout_evalue",
  "model_override_info",
  "model_rollout_last_pass_timestamp_seconds",
  "model_rollout_stopped",
];
