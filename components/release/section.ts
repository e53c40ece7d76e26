import { z } from "zod";
import { fieldNotes, note } from "./field-notes.ts";
import { renderKeys } from "./problems.ts";

// What the parts of the document are made of, beside scalars.ts. Kinds of platforms, sources, archives and monitors write
// their own part with it.

/**
 * The keys of one part of the document.
 * @param describedBy the interface whose docstrings describe them
 * @param cure replaces the usual advice where the whole part is missing
 */
export function section<S extends Record<string, z.ZodType>>(
  describedBy: string,
  shape: S,
  cure?: string,
): z.ZodObject<S, z.core.$strict> {
  const required = Object.entries(shape).filter(([, schema]) => !schema.safeParse(undefined).success);
  return note(z.strictObject(shape), {
    allowed: renderKeys(Object.keys(shape)),
    example: `{ ${required.map(([key, schema]) => `${key}: ${exampleOf(schema)}`).join(", ")} }`,
    describedBy,
    ...(cure === undefined ? {} : { cure }),
  });
}

/** A part whose keys are names that the writer chooses. */
export function byName<V extends z.ZodType>(
  key: z.ZodType<string, string>,
  value: V,
  allowed: string,
): z.ZodRecord<z.ZodType<string, string>, V> {
  return note(z.record(key, value), { allowed, example: `{ ${unquoted(exampleOf(key))}: ${exampleOf(value)} }` });
}

/** A list of the same thing. */
export function listOf<V extends z.ZodType>(
  value: V,
  bounds: { readonly least?: number; readonly most: number },
  allowed: string,
  example = `[${exampleOf(value)}]`,
): z.ZodArray<V> {
  return note(
    z
      .array(value)
      .min(bounds.least ?? 0)
      .max(bounds.most),
    { allowed, example },
  );
}

function exampleOf(schema: z.ZodType): string {
  const described = schema instanceof z.ZodDiscriminatedUnion ? schema.options[0] : schema;
  return (described && fieldNotes.get(described)?.example) ?? "";
}

function unquoted(text: string): string {
  return text.replaceAll('"', "");
}

/** A field that may be left out. A program may write `candidate: undefined`, so it is let in; the types hold without it. */
export function optional<T extends z.ZodType>(schema: T): z.ZodExactOptional<T> {
  return schema.optional() as unknown as z.ZodExactOptional<T>;
}
