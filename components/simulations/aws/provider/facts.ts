import { readFileSync } from "node:fs";
import type { Data } from "../account/data.ts";

/** What is known of one property of a type, under the names of @pulumi/aws 7.48. */
export interface Facts {
  readonly type: "string" | "integer" | "number" | "boolean" | "object" | "list" | "set" | "map" | "asset";
  /** Of a list, set or map: what is in it. Objects have `properties`. */
  readonly of?: "string" | "object";
  readonly properties?: FactsByName;
  readonly required?: boolean;
  /** The cloud says it, and no program may. */
  readonly output?: boolean;
  /** The cloud says it where the program does not: leaving it out is no change. */
  readonly computed?: boolean;
  /** A change of it is another resource. Of an object: also its coming and going. */
  readonly replaces?: boolean;
  readonly default?: unknown;
  readonly values?: readonly unknown[];
  /** With `values`: also every multiple of it. */
  readonly multipleOf?: number;
  readonly min?: number;
  readonly max?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly pattern?: string;
  readonly arn?: boolean;
  /** JSON as text; a program may give the document itself. Compared by what it says. */
  readonly json?: boolean;
  readonly sensitive?: boolean;
  /** Names beside it that must not be there with it. */
  readonly conflictsWith?: readonly string[];
  readonly requiredWith?: readonly string[];
  readonly exactlyOneOf?: readonly string[];
  /** Of an object: names in it. Else: names beside it, itself included. */
  readonly atLeastOneOf?: readonly string[];
}

/** The facts of properties, by their names in the SDK. */
export type FactsByName = Readonly<Record<string, Facts>>;

/** The facts of a type. @param type as the SDK names it, without its package: `sagemaker/endpoint:Endpoint` */
export function factsOf(type: string): FactsByName {
  const [module = ""] = type.split(":");
  const file = module.replace("/", "-").replace(/[a-z0-9][A-Z]/g, (pair) => `${pair[0]}-${pair[1]?.toLowerCase()}`);
  const text = readFileSync(new URL(`../schemas/${file}.json`, import.meta.url), "utf8");
  return (JSON.parse(text) as { readonly properties: FactsByName }).properties;
}

/** Values in an order that does not matter: sorted by what they say. */
export const unordered = (values: readonly unknown[]): readonly unknown[] =>
  values.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

/** What JSON says, whatever its spaces; text that is none stays text. */
export function meaningOf(text: unknown): unknown {
  if (typeof text !== "string") return text;
  try {
    return JSON.parse(text) as Data;
  } catch {
    return text;
  }
}
