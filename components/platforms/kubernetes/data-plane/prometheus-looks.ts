import { bad, type Finding, good, note } from "../../data-plane.ts";
import { gateways } from "../gateways/index.ts";
import { selectorOf } from "../gateways/selector.ts";
import type { RouteOrder } from "../route/order.ts";
import type { StackRoute } from "./routes.ts";
import type { Cluster } from "./where.ts";

/** A Prometheus of a cluster may not be reachable from here; that is told, and is no fault. Unit: ms. */
const TIMEOUT_MS = 3_000;

/** Whether Prometheus answers, and has the series that both versions of a rollout are judged by. */
export async function lookAtPrometheus(
  { namespace }: Cluster,
  { endpoint, order }: StackRoute,
): Promise<readonly Finding[]> {
  if (order === undefined || order.traffic.candidate === undefined) return [];
  const check = `${endpoint} counts`;
  const { metrics, traffic } = order;
  if (metrics === undefined) {
    return [note(check, "the release names no Prometheus: nothing is counted, and nobody climbs by itself")];
  }
  const versions = [traffic.stable, traffic.candidate ?? traffic.stable];
  const counts = await Promise.all(versions.map((version) => countSeries(order, metrics.url, namespace, version)));
  const unreachable = counts.find((each) => typeof each === "string");
  if (unreachable !== undefined) {
    return [
      note(
        check,
        `${metrics.url} cannot be asked from here (${unreachable}); the controller asks it in the cluster: kubectl logs deployment/${order.endpoint}-controller`,
      ),
    ];
  }
  return versions.map((version, i) =>
    counts[i] === 0
      ? bad(
          check,
          `${metrics.url} has no series of ${version}`,
          `look whether Prometheus scrapes the gateway, and ${SET_UP}`,
        )
      : good(check, `${metrics.url}: ${counts[i]} series of ${version}`),
  );
}

const SET_UP = "whether its counters tell services apart (docs/kubernetes.md, your gateway)";

/** How many series count what was sent to a version; a text where nobody answered. */
async function countSeries(
  order: RouteOrder,
  url: string,
  namespace: string,
  version: string,
): Promise<number | string> {
  const port = order.variants[version];
  if (port === undefined) return 0;
  const { gateway, metrics } = order;
  const counting = gateways[gateway.kind];
  const query = `count(${selectorOf(counting, counting.sent, { namespace, ports: [port], selector: metrics?.selector })})`;
  try {
    const answer = await fetch(`${url.replace(/\/+$/, "")}/api/v1/query?query=${encodeURIComponent(query)}`, {
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!answer.ok) return `status ${answer.status}`;
    const { data } = (await answer.json()) as {
      readonly data?: { readonly result?: readonly { readonly value?: readonly [number, string] }[] };
    };
    return Number(data?.result?.[0]?.value?.[1] ?? 0);
  } catch (error) {
    return error instanceof Error ? ((error.cause as Error | undefined)?.message ?? error.message) : String(error);
  }
}
