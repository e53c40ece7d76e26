import { variantName } from "../../../../components/platforms/kubernetes/route/names.ts";
import type { RouteOrder } from "../../../../components/platforms/kubernetes/route/order.ts";
import type { TrafficPlan } from "../../../../components/traffic/plan.ts";
import { canaryPlan } from "../../../support/plans.ts";

/** What a program asks of a route for a plan. */
export const orderOf = (traffic: TrafficPlan = canaryPlan({ deadlineMs: 2_500 })): RouteOrder => ({
  format: 1,
  endpoint: traffic.model,
  traffic,
  variants: Object.fromEntries(
    Object.entries(traffic.versions).map(([version, { content }]) => [
      version,
      { service: variantName(traffic.model, version, content), port: 80 },
    ]),
  ),
  gateway: { kind: "envoy", name: "public", namespace: "infra", backendFilters: true },
});
