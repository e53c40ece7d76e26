import { kinds } from "../../../components/simulations/kubernetes/api/kinds.ts";
import type { Schema } from "../../../components/simulations/kubernetes/api/schema.ts";

type Raw = Readonly<Record<string, unknown>>;

/** Schemas by their names, those of Kubernetes itself and those of custom resources. */
export interface Trimmed {
  readonly builtIn: Readonly<Record<string, Schema>>;
  readonly custom: Readonly<Record<string, Schema>>;
}

/** Of what an API server publishes: the schemas that the kinds need, without words for people. */
export function trimmed(documents: readonly unknown[]): Trimmed {
  const all = new Map(documents.flatMap((each) => Object.entries(schemasIn(each))));
  const needed = new Map<string, Schema>();
  const take = (name: string): void => {
    const raw = all.get(name);
    if (raw === undefined || needed.has(name)) return;
    const schema = trim(raw, isBuiltIn(name));
    needed.set(name, schema);
    for (const [, next = ""] of JSON.stringify(schema).matchAll(/"\$ref":"([^"]+)"/g)) take(next);
  };
  for (const { group, version, kind } of kinds) take(nameOf(all, group, version, kind));
  const entries = [...needed].toSorted(([a], [b]) => a.localeCompare(b));
  return {
    builtIn: Object.fromEntries(entries.filter(([name]) => isBuiltIn(name))),
    custom: Object.fromEntries(entries.filter(([name]) => !isBuiltIn(name))),
  };
}

const schemasIn = (document: unknown): Readonly<Record<string, Raw>> =>
  (document as { readonly components: { readonly schemas: Readonly<Record<string, Raw>> } }).components.schemas;

function nameOf(all: ReadonlyMap<string, Raw>, group: string, version: string, kind: string): string {
  for (const [name, raw] of all) {
    const named = (raw["x-kubernetes-group-version-kind"] ?? []) as readonly Raw[];
    if (named.some((each) => each.group === group && each.version === version && each.kind === kind)) return name;
  }
  throw new Error(`The API server publishes no schema of ${kind} (${group}/${version}).`);
}

const DROPPED = /^(description|title|externalDocs|x-kubernetes-(patch-.*|group-version-kind|validations|unions))$/;

const isBuiltIn = (name: string): boolean => /^io\.k8s\.(api|apimachinery)\./.test(name);

/** @param isGo published from types of Go, in which each field has a value */
function trim(raw: Raw, isGo: boolean): Schema {
  const kept: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(raw)) {
    if (DROPPED.test(key)) continue;
    // What a field of Go has when nothing is said is no default that anybody sees.
    if (isGo && key === "default" && (isEmpty(value) || value === "" || value === 0)) continue;
    if (key === "properties") {
      kept[key] = Object.fromEntries(
        Object.entries(value as Raw).map(([name, each]) => [name, trim(each as Raw, isGo)]),
      );
    } else if (key === "items" || (key === "additionalProperties" && typeof value === "object")) {
      kept[key] = trim(value as Raw, isGo);
    } else if (key === "$ref") kept[key] = String(value).split("/").at(-1);
    else if (key === "allOf" && Array.isArray(value) && value.length === 1)
      Object.assign(kept, trim(value[0] as Raw, isGo));
    else if (key === "oneOf" || key === "anyOf" || key === "allOf")
      kept[key] = (value as Raw[]).map((each) => trim(each, isGo));
    else kept[key] = value;
  }
  return kept;
}

const isEmpty = (value: unknown): boolean =>
  typeof value === "object" && value !== null && Object.keys(value).length === 0;
