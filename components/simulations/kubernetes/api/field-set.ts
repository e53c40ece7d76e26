import { isDeepStrictEqual } from "node:util";
import { type Data, isRecord } from "./object.ts";
import { fieldOf, itemOf, type Schema } from "./schema.ts";

/** Values by the way to them: segments as the API writes them in `fieldsV1` (`f:spec`, `k:{"name":"x"}`), as JSON. */
export type Fields = ReadonlyMap<string, unknown>;

/** What no manager has the say over. Source: sigs.k8s.io/structured-merge-diff and apimachinery's stripMeta. */
const UNMANAGED = new Set([
  "name",
  "namespace",
  "generateName",
  "uid",
  "resourceVersion",
  "generation",
  "creationTimestamp",
  "deletionTimestamp",
  "deletionGracePeriodSeconds",
  "selfLink",
  "managedFields",
]);

/** The fields that an object sets. Lists and maps that the schema calls atomic are one field. */
export function fieldsOf(schema: Schema, object: Data): Fields {
  const fields = new Map<string, unknown>();
  const visit = (here: Schema, value: unknown, way: readonly string[]): void => {
    const parts = partsOf(here, value);
    if (parts === undefined || (parts.length === 0 && way.length > 0)) {
      fields.set(JSON.stringify(way), value);
      return;
    }
    for (const part of parts) visit(part.schema, part.value, [...way, part.segment]);
  };
  const { apiVersion: _apiVersion, kind: _kind, metadata, ...content } = object;
  const known = isRecord(metadata)
    ? { metadata: Object.fromEntries(Object.entries(metadata).filter(([name]) => !UNMANAGED.has(name))) }
    : {};
  visit(schema, { ...known, ...content }, []);
  fields.delete('["f:metadata"]');
  return fields;
}

/** A part of a value that a manager can have for itself. */
interface Part {
  readonly segment: string;
  readonly schema: Schema;
  readonly value: unknown;
}

/** The parts of a value; undefined where it is one field. */
function partsOf(schema: Schema, value: unknown): readonly Part[] | undefined {
  if (isRecord(value)) {
    if (schema["x-kubernetes-map-type"] === "atomic") return undefined;
    return Object.entries(value)
      .filter(([, each]) => each !== undefined)
      .map(([name, each]) => ({ segment: `f:${name}`, schema: fieldOf(schema, name) ?? {}, value: each }));
  }
  if (!Array.isArray(value)) return undefined;
  const item = itemOf(schema);
  switch (schema["x-kubernetes-list-type"]) {
    case "map":
      return value.map((each) => ({ segment: keyOf(schema, item, each), schema: item, value: each }));
    case "set":
      return value.map((each) => ({ segment: `v:${JSON.stringify(each)}`, schema: {}, value: each }));
    default:
      return undefined;
  }
}

/** What tells an item of a list from the others: `k:{"name":"x"}`. */
function keyOf(schema: Schema, item: Schema, value: unknown): string {
  const keys = (schema["x-kubernetes-list-map-keys"] ?? []).map((key) => {
    const given = isRecord(value) ? value[key] : undefined;
    return [key, given ?? fieldOf(item, key)?.default];
  });
  return `k:${JSON.stringify(Object.fromEntries(keys))}`;
}

/** An applied object put into the live one: field by field, items of lists by their keys, atomic ones as a whole. */
export function merged(schema: Schema, live: unknown, applied: unknown): unknown {
  if (isRecord(applied) && isRecord(live) && schema["x-kubernetes-map-type"] !== "atomic") {
    const result: Record<string, unknown> = { ...live };
    for (const [name, value] of Object.entries(applied)) {
      result[name] = merged(fieldOf(schema, name) ?? {}, live[name], value);
    }
    return result;
  }
  if (!Array.isArray(applied) || !Array.isArray(live)) return applied;
  const item = itemOf(schema);
  const type = schema["x-kubernetes-list-type"];
  if (type === "set")
    return [...live, ...applied.filter((each) => !live.some((there) => isDeepStrictEqual(there, each)))];
  if (type !== "map") return applied;
  const news = new Map(applied.map((each) => [keyOf(schema, item, each), each]));
  const kept = live.map((each) => {
    const key = keyOf(schema, item, each);
    const change = news.get(key);
    news.delete(key);
    return change === undefined ? each : merged(item, each, change);
  });
  return [...kept, ...news.values()];
}

/** A value without some of its fields; what was only there for them goes with them. */
export function without(
  schema: Schema,
  value: unknown,
  gone: ReadonlySet<string>,
  way: readonly string[] = [],
): unknown {
  const parts = partsOf(schema, value);
  if (parts === undefined || parts.length === 0) return gone.has(JSON.stringify(way)) ? undefined : value;
  const kept = parts.map((part) => ({
    ...part,
    value: without(part.schema, part.value, gone, [...way, part.segment]),
  }));
  const left = kept.filter((part) => part.value !== undefined);
  // An item that only its key is left of is gone as well.
  if (
    way.length > 0 &&
    left.length < parts.length &&
    left.every(({ segment, value: each }) => isOnlyKey(way, segment, each))
  )
    return undefined;
  if (Array.isArray(value)) return left.map((part) => part.value);
  return Object.fromEntries(left.map((part) => [part.segment.slice(2), part.value]));
}

function isOnlyKey(way: readonly string[], segment: string, value: unknown): boolean {
  const last = way.at(-1) ?? "";
  if (!last.startsWith("k:")) return false;
  const key = JSON.parse(last.slice(2)) as Data;
  return isDeepStrictEqual(key[segment.slice(2)], value);
}

/** Fields in the form of `managedFields`. */
export function written(ways: Iterable<string>): Data {
  const root: Record<string, unknown> = {};
  for (const way of ways) {
    let at = root;
    for (const segment of JSON.parse(way) as readonly string[]) {
      const next = (at[segment] ?? {}) as Record<string, unknown>;
      at[segment] = next;
      at = next;
    }
  }
  return root;
}

/** Ways of fields, from the form of `managedFields`. */
export function readFields(fieldsV1: Data): ReadonlySet<string> {
  const ways = new Set<string>();
  const visit = (node: Data, way: readonly string[]): void => {
    const below = Object.entries(node).filter(([segment]) => segment !== ".");
    if (below.length === 0) {
      if (way.length > 0) ways.add(JSON.stringify(way));
      return;
    }
    for (const [segment, next] of below) visit(isRecord(next) ? next : {}, [...way, segment]);
  };
  visit(fieldsV1, []);
  return ways;
}

/** A way as messages name it: `.spec.containers[name="x"].image`. */
export const spoken = (way: string): string =>
  (JSON.parse(way) as readonly string[])
    .map((segment) => {
      const rest = segment.slice(2);
      if (segment.startsWith("f:")) return `.${rest}`;
      if (segment.startsWith("v:")) return `[=${rest}]`;
      const keys = Object.entries(JSON.parse(rest) as Data).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
      return `[${keys.join(",")}]`;
    })
    .join("");
