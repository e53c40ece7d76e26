import { documentKind, type SourceKind } from "../../release/kind.ts";
import * as scalars from "../../release/scalars.ts";
import { optional } from "../../release/section.ts";
import { contentOf, type Pinned, pinned } from "../pinned.ts";

const pin = pinned(
  "the directory's hash: 64 lower-case hex digits",
  "Hash the files where they are written: mlc pin does it for a directory (kind: path).",
);

/** `source` of a version whose files stand in a volume of a cluster. */
export interface ClaimSourceDocument extends Pinned {
  /** claim: files in a volume of a cluster, which only its pods can read. Its hash comes from where they were written (`mlc pin` gives it for the same files in a directory), and nothing compares them. */
  readonly kind: "claim";
  /** The PersistentVolumeClaim, in the model's namespace. Pods on more than one node need ReadOnlyMany or ReadWriteMany. */
  readonly claim: string;
  /** The directory in the volume, with forward slashes and without "..". @default all of it */
  readonly path?: string;
}

/** The same, resolved. */
export interface ResolvedClaimSource {
  readonly kind: "claim";
  readonly claim: string;
  /** Empty: all of the volume. */
  readonly path: string;
  /** What the files are said to be. */
  readonly content: string;
  /** What a platform gets: a volume that its pods mount. */
  readonly delivers: "claim";
}

const claimName = scalars.scalar(
  {
    allowed:
      "the name of a PersistentVolumeClaim: lower-case letters, digits, hyphens and dots, at most 253 characters",
    example: '"models"',
  },
  /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/,
  { length: 253 },
);

/** What a volume of a cluster brings to the document. */
export const claimSource: SourceKind<ClaimSourceDocument, ResolvedClaimSource> = {
  ...documentKind<ClaimSourceDocument, ResolvedClaimSource>({
    kind: "claim",
    describedBy: "ClaimSourceDocument",
    fields: {
      claim: claimName,
      path: optional(scalars.path("sentiment/v1")),
      ...pin.fields,
    },
    resolve: ({ kind, claim, path = "", ...rest }) => ({
      kind,
      claim,
      path,
      content: contentOf(rest),
      delivers: "claim",
    }),
  }),
  pinField: pin.pinField,
};
