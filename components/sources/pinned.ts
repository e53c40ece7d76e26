import type { z } from "zod";
import * as scalars from "../release/scalars.ts";

/** What is served, as a source's part of the document says it. */
export interface Pinned {
  /** The content, as `mlc pin` writes it: 64 lower-case hex digits, a directory's hash, or an image's digest without "sha256:". Another one is another content; files that are not of it are refused before anything is deployed. */
  readonly sha256: string;
}

/** What a kind of source adds to its part for it. @param cure what writes it */
export const pinned = (
  allowed: string,
  cure: string,
): { readonly fields: { readonly sha256: z.ZodType<string, string> }; readonly pinField: "sha256" } => ({
  fields: { sha256: scalars.digest(allowed, cure) },
  pinField: "sha256",
});

/** The content that a part of the document names. */
export const contentOf = (part: Pinned): string => part.sha256;
