import { kindOf } from "./kinds.ts";
import { type KubernetesObject, recordsOf, valueAt } from "./object.ts";
import { templateWay } from "./pod-template.ts";
import type { Store } from "./store.ts";

const IN_USE = "kubernetes.io/pvc-protection";
const ORPHAN = "orphan";

/** Finalizers that admission gives a new object. Source: k8s.io/kubernetes v1.34.1 plugin/pkg/admission/storage/storageobjectinuseprotection */
const GIVEN: Readonly<Record<string, readonly string[]>> = { PersistentVolumeClaim: [IN_USE] };

/** A new object, which is not gone before its finalizers are. */
export function held(object: KubernetesObject): KubernetesObject {
  const given = GIVEN[object.kind];
  if (given === undefined) return object;
  const finalizers = [...new Set([...(object.metadata.finalizers ?? []), ...given])];
  return { ...object, metadata: { ...object.metadata, finalizers } };
}

/**
 * What has to be done before an object is gone, once its deletion is asked for. The pods of a Job are left behind where
 * nothing is said. Source: k8s.io/kubernetes v1.34.1 pkg/registry/batch/job/strategy.go (DefaultGarbageCollectionPolicy)
 */
export function finalizersOfDeletion(
  { kind, metadata: { finalizers = [] } }: KubernetesObject,
  propagation: unknown,
): readonly string[] {
  const isOrphaning = propagation === "Orphan" || (kind === "Job" && propagation === undefined);
  return isOrphaning ? [...new Set([...finalizers, ORPHAN])] : finalizers;
}

/** An object that is going. @param now by the cluster's clock */
export function marked(object: KubernetesObject, finalizers: readonly string[], now: string): KubernetesObject {
  const { deletionTimestamp = now } = object.metadata;
  if (object.kind === "Namespace") {
    return { ...object, metadata: { ...object.metadata, deletionTimestamp }, status: { phase: "Terminating" } };
  }
  const metadata = { ...object.metadata, deletionTimestamp, deletionGracePeriodSeconds: 0 };
  return { ...object, metadata: { ...metadata, finalizers } };
}

/** Takes the finalizers of controllers from what is going, and the object away when none is left. */
export function release(store: Store, object: KubernetesObject): void {
  const { deletionTimestamp, finalizers = [], namespace = "", name } = object.metadata;
  const kind = kindOf(object.apiVersion, object.kind);
  if (deletionTimestamp === undefined || kind === undefined || kind.kind === "Namespace") return;
  const isDone: Readonly<Record<string, boolean>> = {
    [IN_USE]: !isUsed(store, object),
    [ORPHAN]: Date.parse(store.now) > Date.parse(deletionTimestamp),
  };
  const left = finalizers.filter((each) => isDone[each] !== true);
  if (left.length === finalizers.length) return;
  if (left.length === 0) store.remove({ kind, namespace, name });
  else store.put({ ...object, metadata: { ...object.metadata, finalizers: left } });
}

/** A claim is used by pods that mount it. */
const isUsed = (store: Store, claim: KubernetesObject): boolean =>
  store.all().some((each) => {
    const way = templateWay[each.kind];
    if (way === undefined || each.metadata.namespace !== claim.metadata.namespace) return false;
    if (Number(valueAt(each, "status", "replicas") ?? 0) === 0) return false;
    return recordsOf(valueAt(each, ...way, "spec", "volumes")).some(
      (volume) => valueAt(volume, "persistentVolumeClaim", "claimName") === claim.metadata.name,
    );
  });
