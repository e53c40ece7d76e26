import { kindOf } from "./kinds.ts";
import { type KubernetesObject, recordOf, valueAt } from "./object.ts";
import { quantityOf } from "./quantity.ts";
import type { Store } from "./store.ts";

const QUOTA = kindOf("v1", "ResourceQuota");

/** Objects that a quota counts by name, of the kinds here. */
const COUNTED: Readonly<Record<string, string>> = {
  configmaps: "ConfigMap",
  secrets: "Secret",
  services: "Service",
  persistentvolumeclaims: "PersistentVolumeClaim",
  "count/deployments.apps": "Deployment",
  "count/httproutes.gateway.networking.k8s.io": "HTTPRoute",
};

/**
 * Why an object is beyond a quota of its namespace. Quotas on what pods ask for hold where pods are made.
 * Source: https://kubernetes.io/docs/concepts/policy/resource-quotas/
 */
export function quotaProblem(store: Store, { kind, metadata: { namespace } }: KubernetesObject): string | undefined {
  if (QUOTA === undefined || namespace === undefined) return undefined;
  for (const quota of store.list(QUOTA, namespace)) {
    for (const [resource, most] of Object.entries(recordOf(valueAt(quota, "spec", "hard")))) {
      if (COUNTED[resource] !== kind) continue;
      const used = store.all().filter((each) => each.kind === kind && each.metadata.namespace === namespace).length;
      if (used + 1 > (quantityOf(most) ?? Number.POSITIVE_INFINITY)) {
        return `exceeded quota: ${quota.metadata.name}, requested: ${resource}=1, used: ${resource}=${used}, limited: ${resource}=${String(most)}`;
      }
    }
  }
  return undefined;
}

/** How many pods a namespace may hold at most. */
export function mostPods(store: Store, namespace: string): number {
  if (QUOTA === undefined) return Number.POSITIVE_INFINITY;
  const limits = store.list(QUOTA, namespace).flatMap((quota) => {
    const hard = recordOf(valueAt(quota, "spec", "hard"));
    return [hard.pods, hard["count/pods"]].flatMap((each) =>
      each === undefined ? [] : [quantityOf(each) ?? Number.POSITIVE_INFINITY],
    );
  });
  return Math.min(Number.POSITIVE_INFINITY, ...limits);
}
