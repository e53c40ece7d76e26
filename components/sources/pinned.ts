import type { z } from "zod";
import * as scalars from "../release/scalars.ts";
import { optional } from "../release/section.ts";

/** The field of a source's part that pins its content. */
export const PIN_FIELD = "sha256";

/** What is served, as a source's part of the document says it. */
export interface Pinned {
  /** The content, as `mlc pin` writes it: 64 lower-case hex digits, a directory's hash, or an image's digest without "sha256:". Another one is another content; files that are not of it are refused before anything is deployed. */
  readonly sha256: string;
}

/** What every source says that is fetched from elsewhere. */
export interface Fetched extends Pinned {
  /** The reference that it was added by, for people: `models:/sentiment@champion`. It may lead elsewhere by now; nothing looks it up again. */
  readonly from?: string;
  /** Why pickles may be among its files: one line, for who reviews it. Loading a pickle runs code that stands in it. @default pickles are refused */
  readonly allowPickle?: string;
}

/** The fields of `Fetched`. */
export const fetchedFields: {
  readonly sha256: z.ZodType<string, string>;
  readonly from: z.ZodExactOptional<z.ZodType<string, string>>;
  readonly allowPickle: z.ZodExactOptional<z.ZodType<string, string>>;
} = {
  sha256: scalars.digest("the hash of the list of files: 64 lower-case hex digits", "Run: mlc pin"),
  from: optional(scalars.line(400, "models:/sentiment@champion")),
  allowPickle: optional(scalars.line(200, "trained by our own pipeline, which alone may write there")),
};

/** What a kind of source adds to its part for it. @param cure what writes it */
export const pinned = (
  allowed: string,
  cure: string,
): { readonly fields: { readonly sha256: z.ZodType<string, string> }; readonly pinField: typeof PIN_FIELD } => ({
  fields: { sha256: scalars.digest(allowed, cure) },
  pinField: PIN_FIELD,
});

/** The content that a part of the document names. */
export const contentOf = (part: Pinned): string => part.sha256;
