import type { Endpoint, EndpointChoice } from "../../data-plane.ts";
import { httpRoutePath, httpRoutesPath } from "../cluster/index.ts";
import { annotations, labels } from "../route/annotations.ts";
import { type RouteOrder, readOrder } from "../route/order.ts";
import type { ListOf, RouteObject } from "./objects.ts";
import { refusedError } from "./refused.ts";
import type { Cluster } from "./where.ts";

/** A route of a stack; order and plan are absent where its annotation cannot be read. */
export interface StackRoute extends Endpoint {
  readonly object: RouteObject;
  readonly order?: RouteOrder;
  /** Why the order cannot be read. */
  readonly damage?: string;
}

/**
 * The routes of a stack, by its label.
 * @param stack as `stackLabel` makes it
 * @throws HostError when the cluster does not tell
 */
export async function findRoutes(
  cluster: Cluster,
  stack: string,
  { model, endpoint }: EndpointChoice = {},
): Promise<readonly StackRoute[]> {
  const found = await listRoutes(cluster, `${labels.stack}=${stack}`);
  return found
    .map(stackRouteOf)
    .filter((route) => endpoint === undefined || route.endpoint === endpoint)
    .filter(({ plan }) => model === undefined || plan === undefined || plan.model === model);
}

/** One route by its name; undefined where there is none. @throws HostError when the cluster does not tell */
export async function readStackRoute(cluster: Cluster, endpoint: string): Promise<StackRoute | undefined> {
  const answer = await cluster.client.get<RouteObject>(httpRoutePath(cluster.namespace, endpoint));
  if (answer.kind === "notFound") return undefined;
  if (answer.kind !== "ok") throw refusedError(answer, cluster);
  return stackRouteOf(answer.body);
}

/** Other stacks that serve in the same namespace. */
export async function otherStacks(cluster: Cluster, stack: string): Promise<readonly string[]> {
  const found = await listRoutes(cluster, labels.stack);
  const names = found.map(({ metadata }) => metadata.labels?.[labels.stack] ?? "");
  return [...new Set(names)].filter((name) => name !== stack);
}

async function listRoutes(cluster: Cluster, selector: string): Promise<readonly RouteObject[]> {
  const { client, namespace } = cluster;
  const answer = await client.get<ListOf<RouteObject>>(httpRoutesPath(namespace, selector));
  // Where the kind is not known there is none of it.
  if (answer.kind === "notFound") return [];
  if (answer.kind !== "ok") throw refusedError(answer, cluster);
  return answer.body.items;
}

function stackRouteOf(object: RouteObject): StackRoute {
  const { name: endpoint, annotations: said = {} } = object.metadata;
  try {
    const order = readOrder(said[annotations.order] ?? "");
    return { endpoint, object, order, plan: order.traffic };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { endpoint, object, damage: `its annotation ${annotations.order} cannot be used: ${why}` };
  }
}
