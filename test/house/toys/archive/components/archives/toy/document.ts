import { type ArchiveKind, documentKind } from "../../release/kind.ts";
import * as scalars from "../../release/scalars.ts";

/** `archive` of a release whose archives are toys. */
export interface ToyArchiveDocument {
  /** toy: nothing is kept. */
  readonly kind: "toy";
  /** The shelf it stands on: a lower-case label. */
  readonly shelf: string;
}

/** What the toy archive brings to the document. */
export const toyArchive: ArchiveKind<ToyArchiveDocument, ToyArchiveDocument> = documentKind({
  kind: "toy",
  describedBy: "ToyArchiveDocument",
  fields: { shelf: scalars.label(20, "top") },
  resolve: (part) => part,
});
