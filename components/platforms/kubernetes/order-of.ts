import type { ServingPlan } from "../platform.ts";
import { asMeasured } from "./counts/buckets.ts";
import type { ResolvedKubernetesPlatform } from "./document/resolved.ts";
import { gateways } from "./gateways/index.ts";
import { retiredIn } from "./objects/gone.ts";
import { SERVICE_PORT } from "./objects/service.ts";
import { goneName, namedService, variantName } from "./route/names.ts";
import type { RouteOrder } from "./route/order.ts";

/** What the program asks of the route. */
export function orderOf(plan: ServingPlan, platform: ResolvedKubernetesPlatform): RouteOrder {
  const { gateway, prometheus } = platform;
  const { rollout, ...rest } = plan.traffic;
  const guards = rollout.guards.map((guard) => asMeasured(guard, gateways[gateway.kind]));
  const traffic = { ...rest, rollout: { ...rollout, guards } };
  const { model } = traffic;
  const variants = Object.entries(traffic.versions).map(([version, { content }]) => [
    version,
    { service: variantName(model, version, content), port: SERVICE_PORT, named: namedService(model, version) },
  ]);
  const { backendFilters, headerPatterns } = gateways[gateway.kind];
  const hasGone = Object.keys(retiredIn(traffic.notices)).length > 0;
  return {
    format: 1,
    endpoint: model,
    traffic,
    variants: Object.fromEntries(variants),
    ...(hasGone && { gone: { service: goneName(model), port: SERVICE_PORT } }),
    gateway: {
      kind: gateway.kind,
      name: gateway.name,
      namespace: gateway.namespace,
      backendFilters,
      headerPatterns,
    },
    ...(prometheus !== undefined && { metrics: prometheus }),
  };
}
