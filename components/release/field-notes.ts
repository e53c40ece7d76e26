import { z } from "zod";

/** What a problem at a field says: kept beside its schema, so that message and rule cannot part. */
export interface FieldNote {
  readonly allowed: string;
  /** As it would stand in YAML. */
  readonly example: string;
  /** What the writer most likely meant, as the string to put there. */
  readonly suggest?: (seen: string) => string | undefined;
  /** Whether a value without quotes only lacks them, by the section that it stands in; it does unless told. */
  readonly lacksOnlyQuotes?: (section: unknown) => boolean;
  /** Replaces the usual cure where a command is the better one. */
  readonly cure?: string;
  /** The interface in document.ts whose docstrings describe the fields. */
  readonly describedBy?: string;
}

/** What is said of each field, by its schema. */
export const fieldNotes: z.core.$ZodRegistry<FieldNote> = z.registry<FieldNote>();

/** Puts a note beside a schema. */
export function note<T extends z.ZodType>(schema: T, fieldNote: FieldNote): T {
  fieldNotes.add(schema, fieldNote);
  return schema;
}
