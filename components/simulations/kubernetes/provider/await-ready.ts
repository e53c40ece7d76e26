import { apiVersionOf, type Kind, kindOf } from "../api/kinds.ts";
import { type Data, type KubernetesObject, recordOf, recordsOf, valueAt } from "../api/object.ts";
import { annotation } from "./annotations.ts";
import type { Connection } from "./connection.ts";
import { valuesAt } from "./json-path.ts";
import { pathOf } from "./paths.ts";

/** Seconds after which waiting ends, unless an annotation says otherwise. */
const PATIENCE = 600;

type Look = (object: KubernetesObject, connection: Connection) => Promise<readonly string[]> | readonly string[];

const condition = (object: Data, type: string): string | undefined => {
  const found = recordsOf(valueAt(object, "status", "conditions")).find((each) => each.type === type);
  return found === undefined ? undefined : String(found.status);
};

const deployment: Look = (object) => {
  const { observedGeneration, updatedReplicas = 0, availableReplicas = 0 } = recordOf(object.status);
  const wanted = Number(valueAt(object, "spec", "replicas") ?? 1);
  if (observedGeneration !== object.metadata.generation) return ["Waiting for app ReplicaSet to be available"];
  const isReady =
    Number(updatedReplicas) >= wanted &&
    Number(availableReplicas) >= wanted &&
    condition(object, "Available") === "True";
  return isReady ? [] : ["Minimum number of Pods to consider the application live was not attained"];
};

const ENDPOINTS = kindOf("discovery.k8s.io/v1", "EndpointSlice");

const service: Look = async (object, connection) => {
  const { selector, type, clusterIP } = recordOf(object.spec);
  const isOwn = Object.keys(recordOf(selector)).length > 0 && type !== "ExternalName" && clusterIP !== "None";
  if (!isOwn || ENDPOINTS === undefined) return [];
  const { namespace = "", name } = object.metadata;
  const path = `${pathOf(ENDPOINTS, namespace)}?labelSelector=kubernetes.io/service-name=${name}`;
  const { body } = await connection.send({ method: "GET", path });
  const isReached = recordsOf(body.items).some((slice) =>
    recordsOf(slice.endpoints).some((each) => valueAt(each, "conditions", "ready") === true),
  );
  return isReached
    ? []
    : [
        "Service does not target any Pods. Selected Pods may not be ready, or field '.spec.selector' may not match labels on any Pods",
      ];
};

/** How each kind is looked at that the provider waits for; the others are there once they are made. */
const looks: Readonly<Record<string, Look>> = {
  Deployment: deployment,
  Service: service,
  Job: (object) => (condition(object, "Complete") === "True" ? [] : ["Waiting for Job to complete"]),
  PersistentVolumeClaim: (object) =>
    valueAt(object, "status", "phase") === "Bound" ? [] : ["Waiting for PersistentVolumeClaim to bind"],
};

/** What `pulumi.com/waitFor` asks for, of any kind. */
function asked(object: KubernetesObject, wanted: string): readonly string[] {
  const all: unknown = wanted.startsWith("[") ? JSON.parse(wanted) : [wanted];
  return (all as readonly string[]).filter((each) => !holds(object, each)).map((each) => `Waiting for ${each}`);
}

function holds(object: KubernetesObject, wanted: string): boolean {
  const [, type, status = "True"] = /^condition=([^=]+)(?:=(.+))?$/.exec(wanted) ?? [];
  if (type !== undefined) return condition(object, type) === status;
  const [, path = "", value] = /^jsonpath=\{(.*)\}(?:=(.*))?$/s.exec(wanted) ?? [];
  const found = valuesAt(object, path);
  return value === undefined ? found.length > 0 : found.some((each) => String(each) === value);
}

/** Waits until an object is ready. @returns what it is then, and what it lacks when waiting ended without it */
export async function awaited(
  kind: Kind,
  object: KubernetesObject,
  connection: Connection,
): Promise<{ readonly object: KubernetesObject; readonly lacks: readonly string[] }> {
  const wanted = annotation(object, "waitFor");
  const look: Look | undefined = wanted === undefined ? looks[kind.kind] : (each) => asked(each, wanted);
  if (look === undefined || annotation(object, "skipAwait") === "true") return { object, lacks: [] };
  const patience = Number(annotation(object, "timeoutSeconds") ?? PATIENCE);
  const { namespace = "", name } = object.metadata;
  let now = object;
  let lacks = await look(now, connection);
  for (let passed = 0; lacks.length > 0 && passed < patience; ) {
    const step = Math.min(passed < 10 ? 1 : 10, patience - passed);
    await connection.wait(step);
    passed += step;
    const { status, body } = await connection.send({ method: "GET", path: pathOf(kind, namespace, name) });
    if (status === 404) return { object: now, lacks: [`${apiVersionOf(kind)} ${kind.kind} ${name} is gone`] };
    now = body as KubernetesObject;
    lacks = await look(now, connection);
  }
  return { object: now, lacks };
}
