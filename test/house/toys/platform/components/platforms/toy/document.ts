import { type DocumentKind, documentKind } from "../../release/kind.ts";
import * as scalars from "../../release/scalars.ts";

/** `platform` of a release that a toy serves. */
export interface ToyPlatformDocument {
  /** toy: nothing is served. */
  readonly kind: "toy";
  /** Who plays: a lower-case label. Another one is another toy. */
  readonly player: string;
}

/** What the toy platform brings to the document. */
export const toyPlatform: DocumentKind<ToyPlatformDocument, ToyPlatformDocument> = documentKind({
  kind: "toy",
  describedBy: "ToyPlatformDocument",
  fields: { player: scalars.label(20, "anna") },
  resolve: (part) => part,
  brings: { monitor: { kind: "prometheus" } },
});
