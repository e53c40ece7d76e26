import { z } from "zod";
import { contentForm, isContent, withContent } from "./content.ts";
import type { HashedFile } from "./directory-hash.ts";

/** A file of a content; records list it with the name of its hash. */
export const recordedFile: z.ZodType<HashedFile> = z
  .object({ path: z.string(), sha256: z.string(), bytes: z.int() })
  .transform(({ path, sha256, bytes }) => ({ path, hash: sha256, bytes }));

/** The pin of a content. */
export const recordedContent: z.ZodType<string> = z.string().refine(isContent, contentForm);

/** A record that names a content, also of version 0.1.0. */
export const recordOfContent = <Schema extends z.ZodType>(schema: Schema): z.ZodType<z.output<Schema>> =>
  z.preprocess((record) => (typeof record === "object" && record !== null ? withContent(record) : record), schema);
