import { isRecord } from "./object.ts";
import { duplicate, invalid, type Problem, required, tooLong, tooMany, unsupported, wrongType } from "./problem.ts";
import { quantityOf } from "./quantity.ts";
import { fieldOf, isIntOrString, itemOf, type Schema } from "./schema.ts";

/** How an object departs from its schema. */
export interface Departures {
  /** Fields that the schema does not know. */
  readonly unknown: readonly string[];
  /** Values of another type than the schema's. */
  readonly types: readonly Problem[];
  /** Values of the right type that the schema does not allow. */
  readonly values: readonly Problem[];
}

/** Compares an object with its schema, field by field. */
export function departuresOf(schema: Schema, object: unknown): Departures {
  const unknown: string[] = [];
  const types: Problem[] = [];
  const values: Problem[] = [];
  const visit = (here: Schema, value: unknown, at: string): void => {
    if (value === null || value === undefined) return;
    const wrong = typeProblem(here, value, at);
    if (wrong !== undefined) {
      types.push(wrong);
      return;
    }
    values.push(...valueProblems(here, value, at));
    if (Array.isArray(value)) {
      const item = itemOf(here);
      for (const [index, each] of value.entries()) visit(item, each, `${at}[${index}]`);
    } else if (isRecord(value)) {
      for (const [name, each] of Object.entries(value)) {
        const field = fieldOf(here, name);
        if (field !== undefined) visit(field, each, at === "" ? name : `${at}.${name}`);
        else if (isClosed(here)) unknown.push(at === "" ? name : `${at}.${name}`);
      }
    }
  };
  visit(schema, object, "");
  return { unknown, types, values };
}

/** Says itself which fields there are. */
const isClosed = (schema: Schema): boolean =>
  schema.properties !== undefined &&
  schema["x-kubernetes-preserve-unknown-fields"] !== true &&
  schema.additionalProperties !== true;

function typeProblem(schema: Schema, value: unknown, at: string): Problem | undefined {
  const seen = Array.isArray(value) ? "array" : typeof value;
  const text = (allowed: string): Problem =>
    wrongType(at, seen, `${at} in body must be of type ${allowed}: ${JSON.stringify(seen)}`);
  // Quantities and base64 are read as such before anything is checked.
  if (isQuantity(schema)) return quantityOf(value) === undefined ? wrongType(at, value, QUANTITY_WORDS) : undefined;
  if (schema.format === "byte" && seen === "string" && !BASE64.test(String(value))) {
    return wrongType(at, value, "illegal base64 data");
  }
  if (isIntOrString(schema)) {
    return seen === "string" || Number.isInteger(value) ? undefined : text("integer,string");
  }
  switch (schema.type) {
    case "integer":
      return Number.isInteger(value) ? undefined : text("integer");
    case "number":
    case "string":
    case "boolean":
    case "array":
    case "object":
      return seen === schema.type ? undefined : text(schema.type);
    default:
      return undefined;
  }
}

const QUANTITY_WORDS = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
const BASE64 = /^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** In published schemas, an amount of a resource is what may be a text or a number. */
const isQuantity = ({ oneOf = [] }: Schema): boolean =>
  oneOf.length === 2 && oneOf[0]?.type === "string" && oneOf[1]?.type === "number";

/** What a value of the right type may not be. Source of the words: k8s.io/kube-openapi/pkg/validation. */
function valueProblems(schema: Schema, value: unknown, at: string): readonly Problem[] {
  const problems: Problem[] = [];
  const { minimum, maximum, minLength, maxLength, minItems, maxItems, maxProperties, pattern } = schema;
  if (schema.enum !== undefined && !schema.enum.includes(value)) problems.push(unsupported(at, value, schema.enum));
  if (typeof value === "number") {
    if (minimum !== undefined && value < minimum) {
      problems.push(invalid(at, value, `${at} in body should be greater than or equal to ${minimum}`));
    }
    if (maximum !== undefined && value > maximum) {
      problems.push(invalid(at, value, `${at} in body should be less than or equal to ${maximum}`));
    }
  }
  if (typeof value === "string") {
    if (minLength !== undefined && value.length < minLength) {
      problems.push(invalid(at, value, `${at} in body should be at least ${minLength} chars long`));
    }
    if (maxLength !== undefined && value.length > maxLength) {
      problems.push(tooLong(at, maxLength));
    }
    if (pattern !== undefined && !matches(pattern, value)) {
      problems.push(invalid(at, value, `${at} in body should match '${pattern}'`));
    }
  }
  if (Array.isArray(value)) {
    if (maxItems !== undefined && value.length > maxItems) problems.push(tooMany(at, value.length, maxItems));
    if (minItems !== undefined && value.length < minItems) {
      problems.push(invalid(at, value.length, `${at} in body should have at least ${minItems} items`));
    }
  }
  if (Array.isArray(value) && schema["x-kubernetes-list-type"] === "map") {
    const keys = schema["x-kubernetes-list-map-keys"] ?? [];
    const texts = value.map((each) => JSON.stringify(Object.fromEntries(keys.map((key) => [key, each?.[key]]))));
    const double = texts.findIndex((text, index) => texts.indexOf(text) < index);
    if (double !== -1) problems.push(duplicate(`${at}[${double}]`, JSON.parse(texts[double] ?? "{}")));
  }
  if (isRecord(value)) {
    const count = Object.keys(value).length;
    if (maxProperties !== undefined && count > maxProperties) problems.push(tooMany(at, count, maxProperties));
    for (const name of schema.required ?? []) {
      if (value[name] === undefined || value[name] === null)
        problems.push(required(at === "" ? name : `${at}.${name}`));
    }
  }
  return problems;
}

const patterns = new Map<string, RegExp>();

/** Patterns of schemas are RE2's; those of the kinds here mean the same in JavaScript. */
function matches(pattern: string, value: string): boolean {
  const known = patterns.get(pattern) ?? new RegExp(pattern, "u");
  patterns.set(pattern, known);
  return known.test(value);
}
