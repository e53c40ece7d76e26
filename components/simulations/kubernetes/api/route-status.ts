import { type Kind, kindOf } from "./kinds.ts";
import { type Data, type KubernetesObject, recordOf, recordsOf, valueAt } from "./object.ts";
import type { Store } from "./store.ts";

const GATEWAY = kindOf("gateway.networking.k8s.io/v1", "Gateway");
const GRANT = kindOf("gateway.networking.k8s.io/v1beta1", "ReferenceGrant");
const SERVICE = kindOf("v1", "Service");

/**
 * What a gateway's controller says of a route: whether each Gateway takes it, and whether what it refers to may be had.
 * Source: https://gateway-api.sigs.k8s.io/reference/spec/ (RouteConditionType, RouteConditionReason)
 */
export function routeParents(store: Store, route: KubernetesObject, isOff: (rule: string) => boolean): readonly Data[] {
  const { namespace = "", generation = 1, creationTimestamp = "" } = route.metadata;
  const refused = refusalOf(store, route, isOff);
  return recordsOf(valueAt(route, "spec", "parentRefs")).flatMap((parentRef) => {
    const gateway = there(store, GATEWAY, String(parentRef.namespace ?? namespace), parentRef.name);
    if (gateway === undefined) return [];
    const problem = isOff("allowed-routes") ? undefined : notAllowed(gateway, namespace, parentRef.sectionName);
    const condition = (type: string, reason: string, good: string): Data => ({
      type,
      status: reason === good ? "True" : "False",
      reason,
      message: "",
      lastTransitionTime: creationTimestamp,
      observedGeneration: generation,
    });
    return [
      {
        parentRef,
        controllerName: "simulation.invalid/gateway",
        conditions: [
          condition("Accepted", problem ?? "Accepted", "Accepted"),
          condition("ResolvedRefs", refused ?? "ResolvedRefs", "ResolvedRefs"),
        ],
      },
    ];
  });
}

const there = (store: Store, kind: Kind | undefined, namespace: string, name: unknown): KubernetesObject | undefined =>
  kind && store.get({ kind, namespace, name: String(name) });

/** Routes come from the Gateway's own namespace unless a listener says otherwise. */
function notAllowed(gateway: KubernetesObject, namespace: string, section: unknown): string | undefined {
  const listeners = recordsOf(valueAt(gateway, "spec", "listeners")).filter(
    ({ name }) => section === undefined || name === section,
  );
  if (listeners.length === 0) return "NoMatchingParent";
  const isAllowed = listeners.some((listener) => {
    const from = valueAt(listener, "allowedRoutes", "namespaces", "from") ?? "Same";
    return from === "All" || from === "Selector" || gateway.metadata.namespace === namespace;
  });
  return isAllowed ? undefined : "NotAllowedByListeners";
}

function refusalOf(store: Store, route: KubernetesObject, isOff: (rule: string) => boolean): string | undefined {
  const own = route.metadata.namespace ?? "";
  const backends = recordsOf(valueAt(route, "spec", "rules")).flatMap((rule) => recordsOf(rule.backendRefs));
  for (const { namespace = own, name } of backends) {
    const at = String(namespace);
    if (at !== own && !isOff("reference-grant") && !isGranted(store, own, at, name)) return "RefNotPermitted";
    if (!isOff("backend-exists") && there(store, SERVICE, at, name) === undefined) return "BackendNotFound";
  }
  return undefined;
}

const isGranted = (store: Store, from: string, to: string, name: unknown): boolean =>
  GRANT !== undefined &&
  store.list(GRANT, to).some(({ spec }) => {
    const { from: givers, to: given } = recordOf(spec);
    const isFrom = recordsOf(givers).some((each) => each.kind === "HTTPRoute" && each.namespace === from);
    return (
      isFrom &&
      recordsOf(given).some((each) => each.kind === "Service" && (each.name === undefined || each.name === name))
    );
  });
