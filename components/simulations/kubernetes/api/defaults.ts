import { builtInDefaults, filledWhenNew } from "./built-in-defaults.ts";
import type { Kind } from "./kinds.ts";
import { type Data, isRecord, type KubernetesObject } from "./object.ts";
import { fieldOf, itemOf, type Schema } from "./schema.ts";

/** An object with everything that the server fills in: by the schema, and by the code of kinds of its own. */
export function defaulted({ kind }: Kind, schema: Schema, object: KubernetesObject, isNew: boolean): KubernetesObject {
  const filled = filledBy(schema, object) as KubernetesObject;
  const whole = builtInDefaults[kind]?.(filled) ?? filled;
  return (isNew ? filledWhenNew[kind]?.(whole) : undefined) ?? whole;
}

function filledBy(schema: Schema, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((each) => filledBy(itemOf(schema), each));
  if (!isRecord(value)) return value;
  const filled: Record<string, unknown> = {};
  for (const [name, each] of Object.entries(value)) {
    // A null of a field that has a default counts as left out.
    const field = fieldOf(schema, name) ?? {};
    if (each !== null || field.default === undefined) filled[name] = filledBy(field, each);
  }
  for (const name of Object.keys(schema.properties ?? {})) {
    const standard = fieldOf(schema, name)?.default;
    if (standard !== undefined && filled[name] === undefined)
      filled[name] = filledBy(fieldOf(schema, name) ?? {}, standard);
  }
  return filled satisfies Data;
}
