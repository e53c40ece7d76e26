import type { Capabilities } from "../../../capabilities/index.ts";
import { HostError } from "../../../host/host-error.ts";
import { kubernetesCapabilities } from "../capabilities.ts";
import type { StackRoute } from "./routes.ts";

/** What the cluster can do for a stack, as its deployed route says. @throws HostError before anything is deployed */
export function capabilitiesIn(routes: readonly StackRoute[], place: string): Capabilities {
  const order = routes.find((route) => route.order !== undefined)?.order;
  if (order !== undefined) return kubernetesCapabilities({ gateway: order.gateway, prometheus: order.metrics });
  throw new HostError({
    path: place,
    seen: "no route of this stack",
    allowed: "one: what a cluster can do depends on the Gateway that it stands behind",
    cure: "Deploy the stack first: pulumi up.",
  });
}
