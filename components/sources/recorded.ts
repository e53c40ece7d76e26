import { z } from "zod";
import { contentForm, isContent, withContent } from "./content.ts";

/** A file of a content as records list it. */
export const recordedFile: z.ZodObject<{ path: z.ZodString; sha256: z.ZodString; bytes: z.ZodInt }> = z.object({
  path: z.string(),
  sha256: z.string(),
  bytes: z.int(),
});

/** The pin of a content. */
export const recordedContent: z.ZodType<string> = z.string().refine(isContent, contentForm);

/** A record that names a content, also of version 0.1.0. */
export const recordOfContent = <Schema extends z.ZodType>(schema: Schema): z.ZodType<z.output<Schema>> =>
  z.preprocess((record) => (typeof record === "object" && record !== null ? withContent(record) : record), schema);
