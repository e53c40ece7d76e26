import { z } from "zod";
import { closest } from "./closest.ts";
import { type FieldNote, fieldNotes } from "./field-notes.ts";
import { type PathSegment, type Problem, renderKeys, renderPath, renderSeen } from "./problems.ts";
import { releaseSchema } from "./schema.ts";

/** Unknown keys, missing fields, wrong types and wrong formats, all of them, in the words of whoever wrote the document. */
export function checkStructure(data: unknown, root: string): Problem[] {
  const result = releaseSchema.safeParse(data);
  if (result.success) return [];
  const problems = result.error.issues.flatMap((issue) => problemsOf(issue, data, root));
  // A value that breaks both the pattern and the range of its field is one problem.
  return problems.filter(({ path }, index) => problems.findIndex((other) => other.path === path) === index);
}

function problemsOf(issue: z.core.$ZodIssue, data: unknown, root: string): Problem[] {
  const path = issue.path.filter((segment) => typeof segment !== "symbol");
  if (issue.code === "unrecognized_keys") {
    const known = keysAt(path, data);
    return issue.keys.map((key) => unknownKey(renderPath(root, [...path, key]), key, known));
  }
  const where = renderPath(root, path);
  const schema = schemaAt(path, data);
  const seen = valueAt(data, path);
  if (issue.code !== "invalid_key") {
    const note = noteOf(schema);
    const isQuotable = note.lacksOnlyQuotes?.(valueAt(data, path.slice(0, -1))) ?? true;
    const cure = cureOf(seen, path, note, schema, isQuotable);
    return [{ path: where, seen: renderSeen(seen), allowed: note.allowed, cure }];
  }
  const note = keyNote(schemaAt(path.slice(0, -1), data));
  const name = String(path.at(-1));
  // Zod does not look at what stands under a name that it refuses.
  const below = schema ? (z.safeParse(schema, seen).error?.issues ?? []) : [];
  return [
    { path: where, seen: renderSeen(name), allowed: note.allowed, cure: renameCure(name, note) },
    ...below.flatMap((inner) => problemsOf({ ...inner, path: [...path, ...inner.path] }, data, root)),
  ];
}

function unknownKey(path: string, key: string, known: readonly string[]): Problem {
  const meant = closest(key, known);
  return {
    path,
    seen: `the key ${JSON.stringify(key)}`,
    allowed: renderKeys(known),
    cure: meant ? `Did you mean ${meant}? Rename the key.` : "Remove the key.",
  };
}

function renameCure(name: string, note: FieldNote): string {
  const meant = note.suggest?.(name);
  return meant
    ? `Rename it, for example to ${meant}.`
    : `Rename it, for example to ${note.example.replaceAll('"', "")}.`;
}

function cureOf(
  seen: unknown,
  path: readonly PathSegment[],
  note: FieldNote,
  schema: z.core.$ZodType | undefined,
  isQuotable: boolean,
): string {
  const key = path.at(-1);
  const write: Write = (value) => (typeof key === "string" ? `${key}: ${value}` : value);
  if (seen === undefined) return note.cure ?? `Add ${write(note.example)}`;
  const example = write(note.example);
  if (seen === null) return note.cure ?? `Write a value, such as ${example}, or remove the key if it is optional.`;
  const bare = bareText(seen);
  if (isScalar(schema) && bare !== undefined) return bareCure(bare, write, note, isQuotable ? schema : undefined);
  if (isScalar(schema) && typeof seen === "string") return textCure(seen, write, note, schema);
  return note.cure ?? `Write, for example: ${example}`;
}

/** As it would stand in YAML, behind its key unless it is an item of a list. */
type Write = (value: string) => string;

function bareCure(bare: string, write: Write, note: FieldNote, schema: z.core.$ZodType | undefined): string {
  if (fits(schema, bare)) return `Put it in quotes: ${write(JSON.stringify(bare))}`;
  const meant = note.suggest?.(bare);
  if (fits(schema, meant)) return `Write, in quotes: ${write(JSON.stringify(meant))}`;
  if (note.cure !== undefined) return `${note.cure}, and keep the quotes it writes.`;
  return `Put it in quotes, in the form ${write(note.example)}`;
}

function textCure(seen: string, write: Write, note: FieldNote, schema: z.core.$ZodType): string {
  if (schema instanceof z.ZodEnum) {
    const meant = closest(seen, schema.options.map(String));
    return meant ? `Did you mean ${meant}?` : `Write one of these, for example ${write(note.example)}`;
  }
  const meant = note.suggest?.(seen);
  if (!fits(schema, meant)) return note.cure ?? `Write, for example: ${write(note.example)}`;
  // So the engine writes a moment that stood in YAML without quotes.
  const rewritten = / [+-]\d{4} \S+$/.test(seen);
  return `${rewritten ? "Put it in quotes" : "Write"}: ${write(JSON.stringify(meant))}`;
}

/** The text of a scalar that stood in YAML without quotes. */
function bareText(value: unknown): string | undefined {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "" : `${value.toISOString().slice(0, 19)}Z`;
  return typeof value === "number" || typeof value === "boolean" || typeof value === "bigint"
    ? String(value)
    : undefined;
}

function fits(schema: z.core.$ZodType | undefined, value: string | undefined): boolean {
  return schema !== undefined && value !== undefined && z.safeParse(schema, value).success;
}

function isScalar(schema: z.core.$ZodType | undefined): schema is z.ZodString | z.ZodEnum {
  return schema instanceof z.ZodString || schema instanceof z.ZodEnum;
}

function valueAt(data: unknown, path: readonly PathSegment[]): unknown {
  return path.reduce<unknown>(
    (value, segment) => (typeof value === "object" && value !== null ? Reflect.get(value, segment) : undefined),
    data,
  );
}

function keysAt(path: readonly PathSegment[], data: unknown): string[] {
  const schema = schemaAt(path, data);
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

/** Follows a path down the schema as the data goes: a union is left by the option that the data's `kind` names, else by the first. */
function schemaAt(path: readonly PathSegment[], data: unknown): z.core.$ZodType | undefined {
  let schema: z.core.$ZodType | undefined = releaseSchema;
  for (const [depth, segment] of path.entries()) {
    schema = childOf(unwrap(schema, valueAt(data, path.slice(0, depth))), segment);
  }
  return unwrap(schema, valueAt(data, path));
}

function childOf(schema: z.core.$ZodType | undefined, segment: PathSegment): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodObject) return schema.shape[segment];
  if (schema instanceof z.ZodRecord) return schema.valueType;
  return schema instanceof z.ZodArray ? schema.element : undefined;
}

function unwrap(schema: z.core.$ZodType | undefined, data: unknown): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) return unwrap(schema.unwrap(), data);
  if (!(schema instanceof z.ZodDiscriminatedUnion)) return schema;
  const options: readonly z.core.$ZodType[] = schema.options;
  const kind = valueAt(data, ["kind"]);
  return options.find((option) => option instanceof z.ZodObject && fits(option.shape.kind, String(kind))) ?? options[0];
}

function noteOf(schema: z.core.$ZodType | undefined): FieldNote {
  const note = schema && fieldNotes.get(schema);
  if (!note) throw new Error("every field of the release schema has a note");
  return note;
}

function keyNote(schema: z.core.$ZodType | undefined): FieldNote {
  return noteOf(schema instanceof z.ZodRecord ? schema.keyType : undefined);
}
