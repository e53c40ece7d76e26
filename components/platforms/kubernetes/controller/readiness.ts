import type { Limit } from "../../../rollout/index.ts";
import { WHOLE } from "../../../traffic/ladder.ts";
import { type Client, endpointSlicesPath } from "../cluster/index.ts";
import type { RouteOrder } from "../route/order.ts";
import type { Ready } from "./intent.ts";
import type { EndpointSliceList } from "./objects.ts";

/** How many pods of these versions are ready. Of a version whose pods cannot be seen there is no number. */
export async function readyPods(
  client: Client,
  namespace: string,
  { variants }: RouteOrder,
  versions: readonly string[],
): Promise<Ready> {
  const counted = await Promise.all(
    versions.map(async (version) => {
      const service = variants[version]?.service;
      if (service === undefined) return [];
      const answer = await client.get<EndpointSliceList>(endpointSlicesPath(namespace, service));
      return answer.kind === "ok" ? [[version, readyIn(answer.body)] as const] : [];
    }),
  );
  return Object.fromEntries(counted.flat());
}

/** Of each kind of address, because a pod with two of them stands in two slices. */
function readyIn({ items }: EndpointSliceList): number {
  const byType = new Map<string, number>();
  for (const { addressType, endpoints = [] } of items) {
    const ready = endpoints.filter(({ conditions }) => conditions?.ready !== false).length;
    byType.set(addressType, (byType.get(addressType) ?? 0) + ready);
  }
  return Math.max(0, ...byType.values());
}

/**
 * How much the candidate's ready pods can carry, where stable's have carried everything: pods of both are alike, and
 * stable does not scale down while a rollout runs. Undefined: everything.
 */
export function limitByPods(ready: Ready, stable: string, candidate: string): Limit | undefined {
  const [before, now] = [ready[stable], ready[candidate]];
  if (now === undefined) return { weight: 0, because: `an answer of the cluster about the ready pods of ${candidate}` };
  if (before === undefined || now >= before) return undefined;
  return {
    weight: Math.floor((WHOLE * now) / before),
    because: `more ready pods of ${candidate}: ${now} ${now === 1 ? "is" : "are"} ready, and ${stable} has carried everything with ${before}`,
  };
}
