import { bad, type Finding, good } from "../../data-plane.ts";
import { gatewayPath } from "../cluster/index.ts";
import { acceptanceOf, type Condition, inWords } from "../route/accepted.ts";
import type { RouteOrder } from "../route/order.ts";
import type { GatewayObject } from "./objects.ts";
import type { StackRoute } from "./routes.ts";
import type { Cluster } from "./where.ts";

/** Where clients send requests: the route's host, else the gateway's address. */
export async function gatewayUrl({ client }: Cluster, { object, order }: StackRoute): Promise<string> {
  const [host] = object.spec?.hostnames ?? [];
  if (host !== undefined) return `http://${host}`;
  if (order === undefined) return "unknown";
  const answer = await client.get<GatewayObject>(gatewayPath(order.gateway.namespace, order.gateway.name));
  const [address] = answer.kind === "ok" ? (answer.body.status?.addresses ?? []) : [];
  return address === undefined ? `gateway ${order.gateway.namespace}/${order.gateway.name}` : `http://${address.value}`;
}

/** The gateway of a route. */
export async function lookAtGateway({ client }: Cluster, { order }: StackRoute): Promise<readonly Finding[]> {
  if (order === undefined) return [];
  const { namespace, name } = order.gateway;
  const check = `gateway ${namespace}/${name}`;
  const answer = await client.get<GatewayObject>(gatewayPath(namespace, name));
  if (answer.kind === "ok") return [fromConditions(order.gateway, answer.body.status?.conditions ?? [])];
  const cure =
    answer.kind === "notFound"
      ? "create it, or name another in the release (platform.gateway)"
      : "kubectl auth can-i get gateways";
  return [bad(check, answer.message, cure)];
}

/** What its gateway says of a route. */
export function lookAtAcceptance({ namespace }: Cluster, { endpoint, object, order }: StackRoute): readonly Finding[] {
  if (order === undefined) return [];
  const { gateway } = order;
  const at = `gateway ${gateway.namespace}/${gateway.name}`;
  const check = `route ${endpoint}`;
  const acceptance = acceptanceOf(object.status?.parents ?? [], gateway, namespace);
  switch (acceptance.kind) {
    case "accepted":
      return [good(check, `${at} takes it`)];
    case "unseen":
      return [
        bad(
          check,
          `${at} has not looked at it: no request comes in by it`,
          "look whether its implementation runs, and whether its listeners allow routes of this namespace (allowedRoutes)",
        ),
      ];
    case "refused":
      return [
        bad(
          check,
          `${at} does not take it: ${acceptance.why}`,
          `kubectl describe httproute -n ${namespace} ${endpoint}; nobody climbs until it does`,
        ),
      ];
  }
}

const WANTED = ["Accepted", "Programmed"];

/** The first that is not so, else that all are. */
function fromConditions({ namespace, name }: RouteOrder["gateway"], conditions: readonly Condition[]): Finding {
  const check = `gateway ${namespace}/${name}`;
  const wrong = WANTED.flatMap((type) => {
    const found = conditions.filter((each) => each.type === type);
    const no = found.find(({ status }) => status !== "True");
    if (found.length === 0) return [`${type}: not told`];
    return no === undefined ? [] : [inWords(no)];
  });
  return wrong.length === 0
    ? good(check, WANTED.join(", "))
    : bad(check, wrong.join("; "), `kubectl describe gateway -n ${namespace} ${name}`);
}
