import { type Cluster, startCluster } from "../control-plane/index.ts";
import { type ApiObject, watch } from "../control-plane/watch.ts";
import { type Gateway, startGateway } from "../gateway/index.ts";
import { startClients } from "../traffic/clients.ts";
import { type Pods, startPods } from "../traffic/pods.ts";
import { type ClusterPrometheus, startClusterPrometheus } from "../traffic/prometheus.ts";

/** Where every endpoint of the comparison lives, and where the Gateway is. */
export const NAMESPACE = "models";
export const GATEWAY = { namespace: "gateways", name: "public" } as const;

/** The version that serves everywhere before anything is tried out. */
export const BASE = "base";

/** Between two scrapes, for all of them. */
export const SCRAPE_SECONDS = 1;

/** One cluster, gateway and Prometheus, on which several tools deliver at the same time. */
export interface Arena extends AsyncDisposable {
  readonly cluster: Cluster;
  readonly gateway: Gateway;
  readonly pods: Pods;
  readonly prometheus: ClusterPrometheus;
  /** Callers of the endpoint with this host. */
  readonly send: (host: string, perSecond: number) => void;
  /** The share of a Service in a route that divides, in parts of 10,000; 0 while it has none. */
  readonly share: (route: string, service: string) => number;
  /** When a Service came to have nothing in a route, for the last time, in ms since 1970; undefined while it has some. */
  readonly zeroAt: (route: string, service: string) => number | undefined;
  /** Is ended with the arena, before what it rests on. */
  readonly keep: <Part extends AsyncDisposable>(part: Part) => Part;
}

interface Route extends ApiObject {
  readonly spec?: {
    readonly rules?: readonly {
      readonly backendRefs?: readonly { readonly name: string; readonly weight?: number }[];
    }[];
  };
}

export async function openArena(): Promise<Arena> {
  const open: AsyncDisposable[] = [];
  const keep = <Part extends AsyncDisposable>(part: Part): Part => {
    open.unshift(part);
    return part;
  };
  const stop = async (): Promise<void> => {
    for (const part of open) await part[Symbol.asyncDispose]();
  };
  try {
    const cluster = keep(await startCluster());
    for (const name of [NAMESPACE, GATEWAY.namespace]) {
      await cluster.api.create("/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name } });
    }
    const gateway = keep(await startGateway(cluster, "envoy", GATEWAY));
    const pods = keep(await startPods(cluster));
    const prometheus = keep(await startClusterPrometheus(gateway, pods, SCRAPE_SECONDS));
    const shares = keep(await followShares(cluster));
    return {
      ...{ cluster, gateway, pods, prometheus, keep },
      send: (host, perSecond) => void keep(startClients(gateway.url, host, perSecond)),
      share: (route, service) => shares.now.get(`${route}/${service}`) ?? 0,
      zeroAt: (route, service) => shares.zeros.get(`${route}/${service}`),
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What every route gives to every Service, and since when it gives nothing. */
async function followShares({ api }: Cluster) {
  const now = new Map<string, number>();
  const zeros = new Map<string, number>();
  const changed = (): void => {
    for (const { metadata, spec } of routes?.objects.values() ?? []) {
      const refs = spec?.rules?.at(-1)?.backendRefs ?? [];
      const total = refs.reduce((sum, { weight = 1 }) => sum + weight, 0);
      for (const { name, weight = 1 } of refs) {
        const key = `${metadata.name}/${name}`;
        const share = total === 0 ? 0 : (weight * 10_000) / total;
        if (share > 0) zeros.delete(key);
        else if ((now.get(key) ?? 0) > 0) zeros.set(key, Date.now());
        now.set(key, share);
      }
    }
  };
  let routes: Awaited<ReturnType<typeof watch<Route>>> | undefined;
  routes = await watch<Route>(api, `/apis/gateway.networking.k8s.io/v1/namespaces/${NAMESPACE}/httproutes`, changed);
  return { now, zeros, [Symbol.asyncDispose]: () => routes?.stop() ?? Promise.resolve() };
}
