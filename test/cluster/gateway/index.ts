import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Cluster } from "../control-plane/index.ts";
import { type ApiObject, watch } from "../control-plane/watch.ts";
import { CONTROLLER } from "./controller-name.ts";
import type { DataPlane } from "./data-plane.ts";
import { startEnvoy } from "./envoy.ts";
import { follow } from "./follower.ts";
import { startHaproxy } from "./haproxy.ts";
import { reportGateway, reportRoute } from "./status.ts";
import { type EndpointSlice, type HttpRoute, tableOf } from "./table.ts";

/** A Gateway of the cluster with a proxy that does what its routes say. */
export interface Gateway extends AsyncDisposable {
  readonly url: string;
  readonly metrics: DataPlane["metrics"];
  /** When everything that was seen so far is the proxy's. @throws Error when the proxy refused it */
  readonly settled: () => Promise<void>;
}

const starters = { envoy: startEnvoy, haproxy: startHaproxy } as const;

/**
 * Makes a Gateway, and a proxy that follows its HTTPRoutes and their EndpointSlices.
 *
 * A stand-in for an implementation of the Gateway API. The proxy and the objects are real; the loop between them is
 * small, and proves nothing about how fast an implementation's own is, which fields it honours, how it names series, or
 * what it answers where the standard leaves it open. It reads headers of a match, weights, mirrors, response headers and
 * ready addresses, and nothing else of a route.
 */
export async function startGateway(
  { api }: Cluster,
  kind: keyof typeof starters,
  { namespace, name }: { readonly namespace: string; readonly name: string },
): Promise<Gateway> {
  const folder = mkdtempSync(join(tmpdir(), "mlc-gateway-"));
  const plane = await starters[kind](folder);
  await api.apply(`${API}/gatewayclasses/test-${kind}`, {
    ...header("GatewayClass", { name: `test-${kind}` }),
    spec: { controllerName: CONTROLLER },
  });
  await api.apply(`${API}/namespaces/${namespace}/gateways/${name}`, {
    ...header("Gateway", { name, namespace }),
    spec: {
      gatewayClassName: `test-${kind}`,
      listeners: [{ name: "http", port: 80, protocol: "HTTP", allowedRoutes: { namespaces: { from: "All" } } }],
    },
  });
  await reportGateway(api, `${namespace}/${name}`);
  const follower = follow(async () => {
    const all = [...routes.objects.values()];
    await plane.apply(tableOf(`${namespace}/${name}`, all, [...slices.objects.values()]));
    await Promise.all(all.map((route) => reportRoute(api, route)));
  });
  const routes = await watch<HttpRoute>(api, `${API}/httproutes`, follower.changed);
  const slices = await watch<EndpointSlice & ApiObject>(api, SLICES, follower.changed);
  follower.begin();
  return {
    url: plane.url,
    metrics: plane.metrics,
    settled: follower.settled,
    [Symbol.asyncDispose]: async () => {
      await Promise.all([routes.stop(), slices.stop()]);
      await follower.settled().catch(() => {});
      await plane.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const API = "/apis/gateway.networking.k8s.io/v1";
const SLICES = "/apis/discovery.k8s.io/v1/endpointslices";

const header = (kind: string, metadata: object) => ({ apiVersion: "gateway.networking.k8s.io/v1", kind, metadata });
