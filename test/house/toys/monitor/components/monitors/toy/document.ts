import { type DocumentKind, documentKind } from "../../release/kind.ts";
import * as scalars from "../../release/scalars.ts";

/** `monitor` of a release that a toy watches. */
export interface ToyMonitorDocument {
  /** toy: a note of one line. */
  readonly kind: "toy";
  /** What it says: at most 100 characters. */
  readonly note: string;
}

/** What the toy monitor brings to the document. */
export const toyMonitor: DocumentKind<ToyMonitorDocument, ToyMonitorDocument> = documentKind({
  kind: "toy",
  describedBy: "ToyMonitorDocument",
  fields: { note: scalars.line(100, "all is well") },
  resolve: (part) => part,
});
