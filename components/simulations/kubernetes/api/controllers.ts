import { isDeepStrictEqual } from "node:util";
import { release } from "./deletion.ts";
import { kindOf } from "./kinds.ts";
import { afterUpdate } from "./managers.ts";
import { type Data, type KubernetesObject, recordOf, recordsOf, valueAt, withValueAt } from "./object.ts";
import { mostPods } from "./quota.ts";
import { routeParents } from "./route-status.ts";
import { schemaOf } from "./schema.ts";
import type { Store } from "./store.ts";

/** Seconds from a pod's creation until it is ready, when its image can be had. */
const READY_AFTER = 2;

/** Does what the controllers of a cluster would have done by now. */
export function reconcile(store: Store, isOff: (rule: string) => boolean): void {
  for (const object of store.all()) release(store, object);
  for (const object of store.all()) {
    if (object.kind === "Namespace" && object.metadata.deletionTimestamp !== undefined) terminate(store, object);
    if (object.kind === "HorizontalPodAutoscaler" && !isOff("autoscaler")) scale(store, object);
  }
  for (const object of store.all()) {
    if (object.kind === "Deployment") put(store, object, deploymentStatus(store, object, isOff));
    if (object.kind === "Service") put(store, object, serviceWithAddress(store, object));
    if (object.kind === "Job") put(store, object, jobStatus(object));
    if (object.kind === "PersistentVolumeClaim") put(store, object, withValueAt(object, ["status", "phase"], "Bound"));
  }
  for (const object of store.all()) {
    if (object.kind === "Service") follow(store, object);
    if (object.kind === "HTTPRoute") put(store, object, routed(store, object, isOff));
  }
}

/** A route that no Gateway takes has nobody who would write its status. */
function routed(store: Store, route: KubernetesObject, isOff: (rule: string) => boolean): Data {
  const parents = routeParents(store, route, isOff);
  return parents.length === 0 && route.status === undefined ? route : withValueAt(route, ["status"], { parents });
}

function put(store: Store, before: KubernetesObject, after: Data): void {
  if (!isDeepStrictEqual(before, after)) store.put(after as KubernetesObject);
}

/** What is in a namespace that goes, goes; then the namespace. */
function terminate(store: Store, namespace: KubernetesObject): void {
  const inside = store.all().filter((each) => each.metadata.namespace === namespace.metadata.name);
  for (const each of inside) {
    const kind = kindOf(each.apiVersion, each.kind);
    if (kind === undefined) continue;
    if ((each.metadata.finalizers ?? []).length === 0)
      store.remove({ kind, namespace: namespace.metadata.name, name: each.metadata.name });
    else if (each.metadata.deletionTimestamp === undefined)
      store.put({
        ...each,
        metadata: { ...each.metadata, deletionTimestamp: namespace.metadata.deletionTimestamp ?? "" },
      });
  }
  const kind = kindOf("v1", "Namespace");
  const isEmpty = !store.all().some((each) => each.metadata.namespace === namespace.metadata.name);
  const since = Date.parse(namespace.metadata.deletionTimestamp ?? "");
  const isOver = Date.parse(store.now) > since;
  if (kind !== undefined && isEmpty && isOver) store.remove({ kind, namespace: "", name: namespace.metadata.name });
}

/**
 * Without metrics an autoscaler only keeps its bounds.
 * Source: https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/ and pkg/controller/podautoscaler/horizontal.go
 */
function scale(store: Store, scaler: KubernetesObject): void {
  const { scaleTargetRef, minReplicas, maxReplicas } = recordOf(scaler.spec);
  const { kind: targetKind, name } = recordOf(scaleTargetRef);
  const kind = kindOf("apps/v1", targetKind);
  const target = kind && store.get({ kind, namespace: scaler.metadata.namespace ?? "", name: String(name) });
  if (kind === undefined || target === undefined) return;
  const now = Number(valueAt(target, "spec", "replicas"));
  const wanted = now === 0 ? 0 : Math.min(Math.max(now, Number(minReplicas)), Number(maxReplicas));
  if (wanted === now) return;
  const scaled = withValueAt(target, ["spec", "replicas"], wanted) as KubernetesObject;
  const writer = { manager: "kube-controller-manager", time: store.now, subresource: "scale" };
  const managed = afterUpdate(schemaOf(kind).schema, target, scaled, writer);
  store.put({ ...managed, metadata: { ...managed.metadata, generation: (managed.metadata.generation ?? 1) + 1 } });
}

/** A registry whose name can never be had (RFC 2606) stands for one that cannot be reached. */
const isPullable = (image: unknown): boolean => !/^[^/]*\.invalid(:\d+)?\//.test(String(image));

function deploymentStatus(store: Store, object: KubernetesObject, isOff: (rule: string) => boolean): Data {
  const { generation = 1, creationTimestamp = "" } = object.metadata;
  const spec = recordOf(object.spec);
  const before = recordOf(object.status);
  const begun = recordsOf(before.conditions).find(({ type }) => type === "Progressing")?.lastUpdateTime;
  const since = before.observedGeneration === generation ? String(begun) : store.now;
  const wanted = Number(spec.replicas);
  const images = recordsOf(valueAt(spec, "template", "spec", "containers")).map(({ image }) => image);
  const isPulled = isOff("image-pull") || images.every(isPullable);
  const others = store
    .all()
    .filter(
      (each) =>
        each.kind === "Deployment" &&
        each.metadata.namespace === object.metadata.namespace &&
        each.metadata.uid !== object.metadata.uid,
    );
  const taken = others.reduce((sum, each) => sum + Number(valueAt(each, "status", "replicas") ?? 0), 0);
  const made = isOff("quota")
    ? wanted
    : Math.max(0, Math.min(wanted, mostPods(store, object.metadata.namespace ?? "") - taken));
  const isDue = Date.parse(store.now) - Date.parse(since) >= READY_AFTER * 1000;
  const ready = isPulled && isDue ? made : 0;
  const isAvailable = ready >= wanted;
  const condition = (type: string, holds: boolean, reason: string): Data => ({
    type,
    status: holds ? "True" : "False",
    reason,
    lastTransitionTime: creationTimestamp,
    lastUpdateTime: since,
    message: "",
  });
  const status = {
    observedGeneration: generation,
    replicas: made,
    updatedReplicas: made,
    readyReplicas: ready,
    availableReplicas: ready,
    unavailableReplicas: wanted - ready,
    conditions: [
      condition("Available", isAvailable, isAvailable ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable"),
      condition(
        "Progressing",
        isPulled,
        isPulled ? (isAvailable ? "NewReplicaSetAvailable" : "ReplicaSetUpdated") : "ImagePullBackOff",
      ),
      ...(made < wanted ? [condition("ReplicaFailure", true, "FailedCreate")] : []),
    ],
  };
  return { ...object, status };
}

function serviceWithAddress(store: Store, object: KubernetesObject): Data {
  const spec = recordOf(object.spec);
  if (spec.clusterIP !== undefined || spec.type === "ExternalName") return object;
  const taken = new Set(store.all().map((each) => valueAt(each, "spec", "clusterIP")));
  let host = 1;
  while (taken.has(addressOf(host))) host += 1;
  const clusterIP = addressOf(host);
  return {
    ...object,
    spec: { ...spec, clusterIP, clusterIPs: [clusterIP], ipFamilies: ["IPv4"], ipFamilyPolicy: "SingleStack" },
  };
}

const addressOf = (host: number): string => `10.96.${host >> 8}.${host & 255}`;

const jobStatus = (object: KubernetesObject): Data =>
  withValueAt(object, ["status"], {
    succeeded: valueAt(object, "spec", "completions"),
    conditions: [{ type: "Complete", status: "True" }],
  });

/** The endpoints of a service are the ready pods of every Deployment whose pods it selects. */
function follow(store: Store, service: KubernetesObject): void {
  const kind = kindOf("discovery.k8s.io/v1", "EndpointSlice");
  const { namespace = "", name } = service.metadata;
  const selector = recordOf(valueAt(service, "spec", "selector"));
  if (kind === undefined || Object.keys(selector).length === 0) return;
  const behind = store
    .all()
    .filter(
      (each) =>
        each.kind === "Deployment" &&
        each.metadata.namespace === namespace &&
        selects(selector, recordOf(valueAt(each, "spec", "template", "metadata", "labels"))),
    );
  const endpoints = behind.flatMap((each) => {
    const { replicas = 0, readyReplicas = 0 } = recordOf(each.status);
    return Array.from({ length: Number(replicas) }, (_, index) => ({
      addresses: [podAddress(String(each.metadata.uid), index)],
      conditions: { ready: index < Number(readyReplicas), serving: index < Number(readyReplicas), terminating: false },
      targetRef: { kind: "Pod", name: `${each.metadata.name}-${index}`, namespace },
    }));
  });
  const ports = recordsOf(valueAt(service, "spec", "ports")).map(
    ({ name: port = "", targetPort, protocol = "TCP" }) => ({
      name: port,
      port: typeof targetPort === "number" ? targetPort : null,
      protocol,
    }),
  );
  const slice = {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: { name: `${name}-slice`, namespace, labels: { "kubernetes.io/service-name": name } },
    addressType: "IPv4",
    endpoints,
    ports,
  };
  const before = store.get({ kind, namespace, name: slice.metadata.name });
  const { resourceVersion: _version, ...metadata } = recordOf(before?.metadata);
  if (!isDeepStrictEqual({ ...before, metadata }, slice)) store.put(slice);
}

const selects = (selector: Data, labels: Data): boolean =>
  Object.entries(selector).every(([key, value]) => labels[key] === value);

/** An address of its own for each pod, from the identity of what makes it. */
function podAddress(uid: string, index: number): string {
  const number = Number.parseInt(uid.slice(0, 4), 16) + index;
  return `10.${(Number.parseInt(uid.slice(4, 6), 16) % 90) + 1}.${(number >> 8) & 255}.${number & 255}`;
}
