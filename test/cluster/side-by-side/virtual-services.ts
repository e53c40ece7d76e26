import { setTimeout as sleep } from "node:timers/promises";
import type { Cluster } from "../control-plane/index.ts";
import { type ApiObject, watch } from "../control-plane/watch.ts";
import { GATEWAY, NAMESPACE } from "../test-bed/index.ts";
import { hostOf } from "./contestant.ts";
import { routePath } from "./objects.ts";

const GROUP = "networking.istio.io";
const VERSION = "v1alpha3";
const DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
export const VIRTUAL_SERVICES = `/apis/${GROUP}/${VERSION}/namespaces/${NAMESPACE}/virtualservices`;

interface VirtualService extends ApiObject {
  readonly spec: {
    readonly http: readonly [
      { readonly route: readonly { readonly destination: { readonly host: string }; readonly weight: number }[] },
    ];
  };
}

/** Weights of two Services, in the form that Argo Rollouts writes without a plug-in. */
export const virtualServiceOf = (name: string, stable: string, canary: string) => ({
  ...{ apiVersion: `${GROUP}/${VERSION}`, kind: "VirtualService", metadata: { name } },
  spec: {
    hosts: [hostOf(name)],
    http: [
      {
        name: "primary",
        route: [
          { destination: { host: stable }, weight: 100 },
          { destination: { host: canary }, weight: 0 },
        ],
      },
    ],
  },
});

/**
 * Istio's weights, and a loop that gives each VirtualService's to an HTTPRoute of the same name as soon as it hears of them.
 *
 * A stand-in for Argo Rollouts' plug-in for the Gateway API, whose module cannot be had. Argo writes as it does for
 * Istio; what is added is one watch and one request.
 */
export async function startVirtualServices({ api }: Cluster): Promise<AsyncDisposable> {
  for (const kind of ["VirtualService", "DestinationRule"]) await define(api, kind);
  const given = new Map<string, string>();
  let last: Promise<void> = Promise.resolve();
  const changed = (): void => {
    for (const { metadata, spec } of services?.objects.values() ?? []) {
      const backendRefs = spec.http[0].route.map(({ destination, weight }) => ({
        ...{ name: destination.host, port: 80, weight },
      }));
      const text = JSON.stringify(backendRefs);
      if (given.get(metadata.name) === text) continue;
      given.set(metadata.name, text);
      last = last.then(() =>
        api.apply(routePath(metadata.name), {
          ...{ apiVersion: "gateway.networking.k8s.io/v1", kind: "HTTPRoute", metadata: { name: metadata.name } },
          spec: { parentRefs: [GATEWAY], hostnames: [hostOf(metadata.name)], rules: [{ backendRefs }] },
        }),
      );
    }
  };
  let services: Awaited<ReturnType<typeof watch<VirtualService>>> | undefined;
  services = await watch<VirtualService>(api, VIRTUAL_SERVICES, changed);
  return {
    [Symbol.asyncDispose]: async () => {
      await services?.stop();
      await last;
    },
  };
}

/** Whatever stands in them: Argo reads weights alone. */
async function define(api: Cluster["api"], kind: string): Promise<void> {
  const plural = `${kind.toLowerCase()}s`;
  const schema = { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } };
  await api.create(DEFINITIONS, {
    ...{ apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition" },
    metadata: { name: `${plural}.${GROUP}` },
    spec: {
      ...{ group: GROUP, scope: "Namespaced", names: { kind, plural, singular: kind.toLowerCase() } },
      versions: [{ name: VERSION, served: true, storage: true, schema }],
    },
  });
  const path = `/apis/${GROUP}/${VERSION}/namespaces/${NAMESPACE}/${plural}`;
  while ((await api.send("GET", path)).status !== 200) await sleep(50);
}
