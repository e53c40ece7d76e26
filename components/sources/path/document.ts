import { documentKind, type SourceKind } from "../../release/kind.ts";
import * as scalars from "../../release/scalars.ts";
import { contentOf, type Pinned, pinned } from "../pinned.ts";

const pin = pinned("the directory's hash: 64 lower-case hex digits", "Run: mlc pin");

/** `source` of a version whose files stand beside the program. */
export interface PathSourceDocument extends Pinned {
  /** path: a directory beside the program. */
  readonly kind: "path";
  /** The directory, relative to the project's folder, with forward slashes and without "..". */
  readonly path: string;
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
    fields: { path: scalars.path("models/v1"), ...pin.fields },
    resolve: ({ kind, path, ...rest }) => ({ kind, path, content: contentOf(rest) }),
  }),
  pinField: pin.pinField,
  reference: { form: /^(?![a-z][a-z0-9+.-]*:)/i, example: "models/v7" },
};
