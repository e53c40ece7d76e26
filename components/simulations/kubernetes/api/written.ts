import { filledWhenRead } from "./built-in-defaults.ts";
import type { Kind } from "./kinds.ts";
import { isRecord, type KubernetesObject } from "./object.ts";
import { fieldOf, itemOf, type Schema } from "./schema.ts";

/** Lists that may be left out and are read all the same. */
const READ_ALWAYS: Readonly<Record<string, readonly string[]>> = { Role: ["rules"] };

/** An object of a kind of Kubernetes itself, as it is read again after it was written. */
export function asWritten({ kind }: Kind, schema: Schema, object: KubernetesObject): KubernetesObject {
  const required = [...(schema.required ?? []), ...(READ_ALWAYS[kind] ?? [])];
  const written = withoutEmpty({ ...schema, required }, object) as KubernetesObject;
  return filledWhenRead[kind]?.(written) ?? written;
}

/**
 * Maps and lists without anything in them are not written; where a list has to be there, it is read as null. An empty
 * structure stays. Source: k8s.io/api v0.34.1, `omitempty` in types.go
 */
function withoutEmpty(schema: Schema, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((each) => withoutEmpty(itemOf(schema), each));
  if (!isRecord(value)) return value;
  const kept = Object.entries(value)
    .map(([name, each]): readonly [string, unknown, Schema] => {
      const field = fieldOf(schema, name) ?? {};
      return [name, withoutEmpty(field, each), field];
    })
    .filter(([, each, field]) => !isEmpty(field, each))
    .map(([name, each]) => [name, each]);
  const missing = (schema.required ?? []).filter((name) => {
    const field = fieldOf(schema, name);
    return field?.type === "array" && isEmpty(field, value[name] ?? []);
  });
  return Object.fromEntries([...kept, ...missing.map((name) => [name, null])]);
}

const isEmpty = (schema: Schema, value: unknown): boolean =>
  value === null ||
  (Array.isArray(value) && value.length === 0) ||
  (isRecord(value) && Object.keys(value).length === 0 && isRecord(schema.additionalProperties));
