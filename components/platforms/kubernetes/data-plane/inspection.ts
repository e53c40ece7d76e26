import { HostError } from "../../../host/host-error.ts";
import { bad, type Finding, good, type Inspection } from "../../data-plane.ts";
import { lookAtGateway } from "./gateway-looks.ts";
import { lookAt } from "./look.ts";
import { lookAtController } from "./pod-looks.ts";
import { lookAtPrometheus } from "./prometheus-looks.ts";
import { findRoutes, type StackRoute } from "./routes.ts";
import { lookAtGatewayApi, lookAtPermissions, lookAtServer } from "./server-looks.ts";
import type { Cluster } from "./where.ts";

/** Everything that has to be right in the cluster where a stack serves. Looks only. */
export async function inspect(open: () => Cluster, stack: string): Promise<Inspection> {
  return { findings: await inspected(open, stack), leftovers: [], clear: async () => [] };
}

async function inspected(open: () => Cluster, stack: string): Promise<readonly Finding[]> {
  try {
    const cluster = open();
    const server = await lookAtServer(cluster);
    if (!server.ok) return [server];
    const [api, permissions] = await Promise.all([lookAtGatewayApi(cluster), lookAtPermissions(cluster)]);
    const seen = [server, api, permissions];
    if (!api.ok) return seen;
    const routes = await findRoutes(cluster, stack);
    if (routes.length === 0) {
      return [...seen, bad("endpoints", `no HTTPRoute of this stack in namespace ${cluster.namespace}`, "pulumi up")];
    }
    return [...seen, ...(await Promise.all(routes.map((route) => inspectRoute(cluster, route)))).flat()];
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    const { path, seen, cure } = error.problem;
    return [bad("cluster", `${path}: ${seen}`, cure)];
  }
}

async function inspectRoute(cluster: Cluster, route: StackRoute): Promise<readonly Finding[]> {
  const [looked, ...others] = await Promise.all([
    lookAt(cluster, route),
    lookAtGateway(cluster, route),
    lookAtController(cluster, route),
    lookAtPrometheus(cluster, route),
  ]);
  const { endpoint, findings } = looked;
  const said =
    endpoint.status === undefined
      ? []
      : [good(`endpoint ${route.endpoint}`, `${endpoint.status.rollout.phase}, ${endpoint.url}`)];
  return [...said, ...findings, ...others.flat()];
}
