import { documentKind, type SourceKind } from "../../release/kind.ts";
import * as scalars from "../../release/scalars.ts";

/** The hash of a directory as `hashDirectory` writes it. */
const contentHash = scalars.digest("the directory's hash: 64 lower-case hex digits", "Run: mlc pin");

/** `source` of a version whose files stand beside the program. */
export interface PathSourceDocument {
  /** path: a directory beside the program. */
  readonly kind: "path";
  /** The directory, relative to the project's folder, with forward slashes and without "..". */
  readonly path: string;
  /** The directory's hash as `mlc pin` writes it: 64 lower-case hex digits. Other content is refused before anything is deployed. */
  readonly sha256: string;
}

/** The same, resolved. */
export interface ResolvedPathSource {
  readonly kind: "path";
  /** Relative to the project's folder. */
  readonly path: string;
  /** What the files must be. */
  readonly content: string;
}

/** What a directory beside the program brings to the document. */
export const pathSource: SourceKind<PathSourceDocument, ResolvedPathSource> = {
  ...documentKind<PathSourceDocument, ResolvedPathSource>({
    kind: "path",
    describedBy: "PathSourceDocument",
    fields: { path: scalars.path("models/v1"), sha256: contentHash },
    resolve: ({ kind, path, sha256 }) => ({ kind, path, content: sha256 }),
  }),
  pinField: "sha256",
};
