import { readFileSync } from "node:fs";
import type { Kind } from "./kinds.ts";
import { isRecord } from "./object.ts";

/** The part of a published schema that decides what an object may be. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly required?: readonly string[];
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly maxProperties?: number;
  readonly default?: unknown;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly "x-kubernetes-list-type"?: "atomic" | "map" | "set";
  readonly "x-kubernetes-list-map-keys"?: readonly string[];
  readonly "x-kubernetes-map-type"?: "atomic" | "granular";
  readonly "x-kubernetes-preserve-unknown-fields"?: boolean;
  readonly "x-kubernetes-int-or-string"?: boolean;
}

type Schemas = ReadonlyMap<string, Schema>;

const read = (file: string): Schemas =>
  new Map(Object.entries(JSON.parse(readFileSync(new URL(`../schemas/${file}`, import.meta.url), "utf8"))));

let loaded: { readonly builtIn: Schemas; readonly custom: Schemas } | undefined;

const schemas = (): { readonly builtIn: Schemas; readonly custom: Schemas } => {
  loaded ??= { builtIn: read("built-in.json"), custom: read("custom.json") };
  return loaded;
};

/** What a reference names; a schema that is none stays itself. What stands beside a reference wins. */
export function resolved(schema: Schema): Schema {
  const { $ref, ...beside } = schema;
  if ($ref === undefined) return schema;
  const { builtIn, custom } = schemas();
  return { ...(builtIn.get($ref) ?? custom.get($ref)), ...beside };
}

/** The schema of a kind, and whether it is a custom resource's. */
export function schemaOf({ group, version, kind }: Kind): { readonly schema: Schema; readonly isCustom: boolean } {
  const ending = `.${version}.${kind}`;
  const first = group.split(".")[0] ?? "";
  const { builtIn, custom } = schemas();
  const isIt = (name: string): boolean =>
    name.endsWith(ending) && (group === "" ? name.includes(".core.") : name.includes(first));
  for (const [name, schema] of builtIn) if (isIt(name)) return { schema, isCustom: false };
  for (const [name, schema] of custom) if (isIt(name)) return { schema, isCustom: true };
  throw new Error(`The simulation has no schema of ${kind} (${group}/${version}).`);
}

/** The schema of a field; undefined where the schema does not know it. */
export function fieldOf(schema: Schema, name: string): Schema | undefined {
  const { properties, additionalProperties } = schema;
  const named = properties?.[name];
  if (named !== undefined) return resolved(named);
  return isRecord(additionalProperties) ? resolved(additionalProperties as Schema) : undefined;
}

/** The schema of the items of a list. */
export const itemOf = (schema: Schema): Schema => (schema.items === undefined ? {} : resolved(schema.items));

/** A whole number or a text, as `targetPort` is one. */
export const isIntOrString = (schema: Schema): boolean =>
  schema["x-kubernetes-int-or-string"] === true || schema.format === "int-or-string";
