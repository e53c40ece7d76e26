import { documentKind, type SourceKind } from "../../release/kind.ts";
import * as scalars from "../../release/scalars.ts";

/** `source` of a version whose content stands in the document itself. */
export interface ToySourceDocument {
  /** toy: one file of one line. */
  readonly kind: "toy";
  /** The line: at most 100 characters. */
  readonly text: string;
  /** The content's hash: 64 lower-case hex digits. */
  readonly digest: string;
}

/** The same, resolved. */
export interface ResolvedToySource {
  readonly kind: "toy";
  readonly text: string;
  readonly content: string;
}

/** What the toy source brings to the document. */
export const toySource: SourceKind<ToySourceDocument, ResolvedToySource> = {
  ...documentKind<ToySourceDocument, ResolvedToySource>({
    kind: "toy",
    describedBy: "ToySourceDocument",
    fields: { text: scalars.line(100, "hello"), digest: scalars.digest("64 lower-case hex digits", "Run: mlc pin") },
    resolve: ({ kind, text, digest }) => ({ kind, text, content: digest }),
  }),
  pinField: "digest",
};
