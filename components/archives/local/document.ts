import { type ArchiveKind, documentKind } from "../../release/kind.ts";

/** `archive` of a release whose archives stay on the machine that runs the engine. */
export interface LocalArchiveDocument {
  /** local: the state folder of the local platform, under `archive`. */
  readonly kind: "local";
}

/** What the archive on this machine brings to the document. */
export const localArchive: ArchiveKind<LocalArchiveDocument, LocalArchiveDocument> = {
  ...documentKind<LocalArchiveDocument, LocalArchiveDocument>({
    kind: "local",
    describedBy: "LocalArchiveDocument",
    fields: {},
    resolve: ({ kind }) => ({ kind }),
  }),
  takes: ["files"],
};
