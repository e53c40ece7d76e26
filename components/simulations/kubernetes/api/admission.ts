import { badRequest, denied, notFound, Refusal, unprocessable, untyped } from "./answer.ts";
import { defaulted } from "./defaults.ts";
import { apiVersionOf, type Kind, kindOf } from "./kinds.ts";
import { isRecord, type KubernetesObject, recordOf } from "./object.ts";
import { withoutImageVolumes } from "./pod-template.ts";
import { invalid, type Problem } from "./problem.ts";
import { quotaProblem } from "./quota.ts";
import { problemsOf } from "./rules/index.ts";
import { schemaOf } from "./schema.ts";
import { departuresOf } from "./shape.ts";
import type { Store } from "./store.ts";
import { asWritten } from "./written.ts";

/** What decides whether something may be written. */
export interface Admission {
  readonly store: Store;
  readonly isOff: (rule: string) => boolean;
}

/** Where something is to be written. */
export interface Place {
  readonly kind: Kind;
  readonly namespace: string;
  readonly name: string;
}

/** What somebody sends, read as an object of its kind. @throws Refusal 400 or 422 when it is none */
export function decoded(kind: Kind, body: unknown, namespace: string | undefined): KubernetesObject {
  const version = apiVersionOf(kind);
  if (!isRecord(body)) throw badRequest("the request body is no object");
  // What a definition adds is told by what it says of itself alone.
  const { isCustom } = schemaOf(kind);
  const { apiVersion = version, kind: named = isCustom ? undefined : kind.kind, metadata } = body;
  if (named === undefined) {
    throw badRequest(
      `the object provided is unrecognized (must be of type ${kind.kind}): Object 'Kind' is missing in '${JSON.stringify(body)}'`,
    );
  }
  if (isCustom && apiVersion === version && named !== kind.kind) {
    const name = String(recordOf(metadata).name ?? "");
    throw unprocessable({ kind, name }, [invalid("kind", named, `must be ${kind.kind}`)]);
  }
  if (apiVersion !== version || named !== kind.kind) {
    throw badRequest(
      `${kind.kind} in version "${version}" cannot be handled as a ${kind.kind}: the object provided is a ${String(named)} of ${String(apiVersion)}`,
    );
  }
  const { namespace: own, ...rest } = recordOf(metadata);
  if (kind.namespaced && own !== undefined && own !== "" && own !== namespace) {
    throw badRequest("the namespace of the provided object does not match the namespace sent on the request");
  }
  return {
    ...body,
    apiVersion: version,
    kind: kind.kind,
    metadata: { ...rest, ...(kind.namespaced ? { namespace } : {}) },
  } as KubernetesObject;
}

/** What is written at a path is the object of that path. Source: k8s.io/apiserver v0.34.1 endpoints/handlers (checkName) */
export function namedAs(object: KubernetesObject, name: string): KubernetesObject {
  const own = object.metadata.name;
  if (own === undefined || own === "") {
    throw badRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`);
  }
  if (own === name) return object;
  throw badRequest(`the name of the object (${own}) does not match the name on the URL (${name})`);
}

/** An object without what its kind does not know. @throws Refusal where that is to be an error, or a type is wrong */
export function shaped(
  object: KubernetesObject,
  place: Place,
  reading: "lenient" | "strict" | "applied",
  { isOff }: Admission,
): KubernetesObject {
  const { kind } = place;
  const { schema, isCustom } = schemaOf(kind);
  const { unknown, types } = departuresOf(schema, object);
  const isRefused = unknown.length > 0 && reading !== "lenient" && !isOff("unknown-fields");
  if (reading === "applied" && isRefused)
    throw untyped(kind, place.name, `.${unknown[0]}: field not declared in schema`);
  if (reading === "applied" && types.length > 0) throw untyped(kind, place.name, types.map(lineOf).join(", "));
  if (isRefused) {
    throw undecodable(kind, `strict decoding error: ${unknown.map((each) => `unknown field "${each}"`).join(", ")}`);
  }
  if (types.length > 0) throw isCustom ? unprocessable(place, types) : undecodable(kind, types.map(lineOf).join(", "));
  return unknown.reduce<KubernetesObject>((kept, way) => pruned(kept, way), object);
}

const lineOf = ({ field, message }: Problem): string => `${field}: ${message}`;

const undecodable = ({ kind, version }: Kind, why: string): Refusal =>
  badRequest(`${kind} in version "${version}" cannot be handled as a ${kind}: ${why}`);

function pruned(object: KubernetesObject, way: string): KubernetesObject {
  const copy = structuredClone(object) as unknown as Record<string, unknown>;
  const segments = way.split(/[.[\]]+/).filter((each) => each !== "");
  const last = segments.pop() ?? "";
  const parent = segments.reduce<Record<string, unknown> | undefined>(
    (at, name) => at?.[name] as Record<string, unknown> | undefined,
    copy,
  );
  if (parent !== undefined) delete parent[last];
  return copy as unknown as KubernetesObject;
}

/**
 * An object as it would be stored. @param before what is there
 * @throws Refusal 404, 403 or 422, in the order in which a server asks
 */
export function admitted(
  object: KubernetesObject,
  place: Place,
  before: KubernetesObject | undefined,
  admission: Admission,
): KubernetesObject {
  const { kind, name } = place;
  const { store, isOff } = admission;
  const { schema, isCustom } = schemaOf(kind);
  if (before === undefined && kind.namespaced) checkNamespace(place, admission);
  const filled = defaulted(kind, schema, object, before === undefined);
  const whole = isOff("image-volumes-dropped") ? filled : withoutImageVolumes(filled, before);
  const beyond = before === undefined && !isOff("quota") ? quotaProblem(store, whole) : undefined;
  if (beyond !== undefined) throw denied({ kind, name }, beyond);
  const { values } = departuresOf(schema, whole);
  const meant = isCustom ? values : values.filter(isMeant).map(asBuiltIn);
  const shape = isOff("schema") ? [] : meant;
  const problems = [...shape, ...problemsOf(whole, before, shape, isOff)];
  if (problems.length > 0) throw unprocessable(place, once(problems));
  return isCustom ? whole : asWritten(kind, schema, whole);
}

/** Fields that a published schema calls required and the server's code does without, as nothing is a value of them. */
const LENIENT = new Set([
  "podSelector",
  "rules",
  "limits",
  "containers",
  "selector",
  "containerPort",
  "port",
  "mountPath",
  "conditions",
  "lastTransitionTime",
  "currentReplicas",
  "scaleTargetRef",
]);

/** Fields that the server's code names by what they are a part of. */
const PART_OF: readonly (readonly [field: RegExp, whole: string])[] = [
  [/^spec\.strategy\.type$/, "spec.strategy"],
  [/^spec\.accessModes\[\d+\]$/, "spec.accessModes"],
];

const asBuiltIn = (problem: Problem): Problem => ({
  ...problem,
  field: PART_OF.find(([field]) => field.test(problem.field))?.[1] ?? problem.field,
});

const lastOf = ({ field, reason }: Problem): string =>
  reason === "FieldValueRequired" ? (field.split(".").at(-1) ?? "") : "";

/** Of a kind of Kubernetes itself, two items with one key are refused by its own rules or not at all. */
const isMeant = (problem: Problem): boolean =>
  problem.reason !== "FieldValueDuplicate" && !LENIENT.has(lastOf(problem));

const once = (problems: readonly Problem[]): readonly Problem[] =>
  problems.filter(
    ({ field, reason }, index) =>
      problems.findIndex((each) => each.field === field && each.reason === reason) === index,
  );

const NAMESPACE = kindOf("v1", "Namespace");

function checkNamespace({ kind, namespace, name }: Place, { store, isOff }: Admission): void {
  if (NAMESPACE === undefined) return;
  const there = store.get({ kind: NAMESPACE, namespace: "", name: namespace });
  if (there === undefined) {
    if (!isOff("namespace-exists")) throw notFound({ kind: NAMESPACE, name: namespace });
  } else if (there.metadata.deletionTimestamp !== undefined && !isOff("namespace-terminating")) {
    throw denied(
      { kind, name },
      `unable to create new content in namespace ${namespace} because it is being terminated`,
    );
  }
}

/** Refuses what has no name. Source: k8s.io/apiserver v0.34.1 pkg/registry/rest/create.go. */
export function named(object: KubernetesObject, kind: Kind, random: () => string): KubernetesObject {
  const { name, generateName } = object.metadata;
  if (name !== undefined && name !== "") return object;
  if (generateName === undefined || generateName === "") {
    throw new Refusal(
      422,
      "Invalid",
      `${kind.group === "" ? kind.kind : `${kind.kind}.${kind.group}`} "" is invalid: metadata.name: Required value: name or generateName is required`,
    );
  }
  return { ...object, metadata: { ...object.metadata, name: `${generateName}${random().slice(0, 5)}` } };
}
