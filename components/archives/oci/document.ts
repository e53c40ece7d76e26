import { type ArchiveKind, documentKind } from "../../release/kind.ts";
import * as scalars from "../../release/scalars.ts";

/** `archive` of a release whose versions are images, kept in another repository of a registry. */
export interface OciArchiveDocument {
  /** oci: a repository of a registry, into which images are copied with all that belongs to them. */
  readonly kind: "oci";
  /** Registry and repository: `registry.example/archive/sentiment`. Each version is kept there as the tag `<model>-<version>`, which never names anything else. Another one makes new archives, and leaves those that stand. */
  readonly repository: string;
}

const repository = scalars.scalar(
  {
    allowed: "a registry and a repository in lower case, without a tag, at most 255 characters",
    example: '"registry.example/archive/sentiment"',
    suggest: (seen) =>
      seen
        .trim()
        .replace(/^https?:\/\//, "")
        .replace(/(?::[^:/]+)?(?:@sha256:[0-9a-f]{64})?\/?$/, ""),
  },
  /^[a-zA-Z0-9.-]+(?::\d+)?(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)+$/,
  { length: 255 },
);

/** What an archive in a registry brings to the document. */
export const ociArchive: ArchiveKind<OciArchiveDocument, OciArchiveDocument> = {
  ...documentKind<OciArchiveDocument, OciArchiveDocument>({
    kind: "oci",
    describedBy: "OciArchiveDocument",
    fields: { repository },
    resolve: (part) => part,
    brings: { plugin: { name: "model-lifecycle-oci", path: "dist/components/archives/oci/provider" } },
  }),
  takes: ["image"],
};
