import type { ResolvedCommandRuntime } from "./document.ts";

/** How the requests and answers of `/predict` are put to a server that speaks otherwise. */
export type Mapping = Pick<
  ResolvedCommandRuntime,
  "protocol" | "inputs" | "rows" | "tensor" | "label" | "score" | "labels"
>;

/** What a server said of one input. */
export interface MappedAnswer {
  readonly label: string;
  readonly score?: number;
}

/** What could not be mapped, in one sentence. */
export interface Unmapped {
  readonly refusal: string;
}

type Json = Readonly<Record<string, unknown>>;

/** The body of a request to the server, from one of `/predict`. */
export function mapRequest(mapping: Mapping, body: string): { readonly body: string } | Unmapped {
  const { protocol, rows } = mapping;
  if (protocol === "predict" && rows === undefined) return { body };
  const request = parseJson(body);
  if (!isObject(request)) return { refusal: "expected the body to be a JSON object" };
  const row = rowOf(mapping, request);
  if ("refusal" in row) return row;
  return { body: JSON.stringify(bodyFor(mapping, row)) };
}

interface Row {
  readonly columns: readonly string[];
  readonly values: readonly unknown[];
}

function rowOf({ inputs }: Mapping, { text, features }: Json): Row | Unmapped {
  if (typeof text === "string") return { columns: [inputs[0] ?? "text"], values: [text] };
  if (!isObject(features)) return { refusal: 'expected "text" or "features" in the body' };
  const columns = inputs.length > 0 ? inputs : Object.keys(features);
  const missing = columns.filter((name) => !Object.hasOwn(features, name));
  if (missing.length > 0) return { refusal: `expected the features ${missing.join(", ")}` };
  const strangers = Object.keys(features).filter((name) => !columns.includes(name));
  if (strangers.length > 0) {
    return {
      refusal: `unknown feature ${JSON.stringify(strangers[0]?.slice(0, 64))}; the model has ${columns.join(", ")}`,
    };
  }
  return { columns, values: columns.map((name) => features[name]) };
}

function bodyFor({ protocol, rows = "", tensor }: Mapping, { columns, values }: Row): unknown {
  switch (protocol) {
    case "predict":
      return pointTo(rows, [values]);
    case "invocations":
      return { dataframe_split: { columns, data: [values] } };
    case "open-inference": {
      const isText = values.every((value) => typeof value === "string");
      const datatype = isText ? "BYTES" : "FP64";
      return { inputs: [{ name: tensor, shape: [1, values.length], datatype, data: values }] };
    }
  }
}

/** What the server answered with status 200. */
export function mapAnswer({ label, score, labels }: Mapping, text: string): MappedAnswer | Unmapped {
  const answer = parseJson(text);
  if (answer === undefined) return { refusal: `an answer that is no JSON: ${shown(text)}` };
  const found = valueAt(answer, label);
  const chosen = Array.isArray(found) ? largest(found) : { value: found };
  const name = nameOf(chosen.value, labels);
  if (name === undefined) {
    const known = labels.length > 0 ? `, which is none of the ${labels.length} labels` : "";
    return {
      refusal: `${shown(JSON.stringify(chosen.value) ?? "nothing")} at ${label || "the root"} of its answer${known}`,
    };
  }
  const given = score === undefined ? chosen.score : valueAt(answer, score);
  return typeof given === "number" && Number.isFinite(given) ? { label: name, score: given } : { label: name };
}

/** The position of the largest number, and that number. */
function largest(values: readonly unknown[]): { readonly value?: unknown; readonly score?: number } {
  const numbers = values.filter((value): value is number => typeof value === "number" && Number.isFinite(value));
  if (numbers.length === 0 || numbers.length < values.length) return values.length === 1 ? { value: values[0] } : {};
  const score = numbers.reduce((most, each) => Math.max(most, each));
  return { value: numbers.indexOf(score), score };
}

function nameOf(value: unknown, labels: readonly string[]): string | undefined {
  if (labels.length === 0) {
    return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
      ? String(value)
      : undefined;
  }
  if (typeof value === "string" && labels.includes(value)) return value;
  return typeof value === "number" ? labels[value] : undefined;
}

/** @see https://www.rfc-editor.org/rfc/rfc6901 */
function keysOf(pointer: string): readonly string[] {
  return pointer
    .split("/")
    .slice(1)
    .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
}

const valueAt = (root: unknown, pointer: string): unknown =>
  keysOf(pointer).reduce<unknown>(
    (value, key) =>
      typeof value === "object" && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined,
    root,
  );

/** A document that holds one value, where a pointer points. */
const pointTo = (pointer: string, value: unknown): unknown =>
  keysOf(pointer).reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const shown = (text: string): string => (text.length > 80 ? `${text.slice(0, 77)}…` : text);
