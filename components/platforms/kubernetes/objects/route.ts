import type { CustomResourceArgs } from "@pulumi/kubernetes/apiextensions/customResource.js";
import { WHOLE } from "../../../traffic/ladder.ts";
import type { ResolvedKubernetesPlatform } from "../document/resolved.ts";
import { annotations, labels } from "../route/annotations.ts";
import { routeName } from "../route/names.ts";
import type { RouteOrder } from "../route/order.ts";
import { rulesOf } from "../route/rules.ts";
import { metadataOf } from "./labels.ts";

/**
 * The route of a model. Its rules are what it is created with, stable alone; from then on whoever writes weights owns them,
 * and the program changes the order beside them.
 * @param stack the label of the stack that makes it: whoever takes traffic back finds the route by it
 */
export function routeOf(order: RouteOrder, platform: ResolvedKubernetesPlatform, stack: string): CustomResourceArgs {
  const { gateway, hosts } = platform;
  const { listener } = gateway;
  const written = { [annotations.order]: JSON.stringify(order) };
  const metadata = metadataOf(routeName(order.endpoint), { model: order.endpoint }, platform, written);
  return {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "HTTPRoute",
    metadata: { ...metadata, labels: { ...metadata.labels, [labels.stack]: stack } },
    spec: {
      parentRefs: [
        {
          group: "gateway.networking.k8s.io",
          kind: "Gateway",
          namespace: gateway.namespace,
          name: gateway.name,
          ...(listener !== undefined && { sectionName: listener }),
        },
      ],
      hostnames: hosts,
      rules: rulesOf(order, { shares: { [order.traffic.stable]: WHOLE } }),
    },
  };
}
