import { documentKind, type SourceKind } from "../../release/kind.ts";
import { renderSeen } from "../../release/problems.ts";
import * as scalars from "../../release/scalars.ts";
import { optional } from "../../release/section.ts";
import { contentOf, type Pinned, pinned } from "../pinned.ts";

const pin = pinned("64 lower-case hex digits: the image's digest without its algorithm and colon", "Run: mlc pin");

/** `source` of a version that is an image in a registry. */
export interface OciSourceDocument extends Pinned {
  /** oci: an image in a registry of containers. */
  readonly kind: "oci";
  /** Registry, repository and tag: `ghcr.io/team/sentiment:v2`. The tag says only what `mlc pin` asks for; what is served is the digest. */
  readonly image: string;
  /** container: the image answers by itself. volume: its files are mounted beside the platform's server; Kubernetes 1.35, or 1.33 with the feature ImageVolume. copy: it copies its files there before the server starts, by its own `cp`, on any Kubernetes. Another one starts the version's pods anew. @default container */
  readonly as?: "container" | "volume" | "copy";
  /** Where the files are in an image that copies them. @default /models */
  readonly directory?: string;
}

/** The same, resolved. */
export interface ResolvedOciSource {
  readonly kind: "oci";
  /** With its tag. */
  readonly image: string;
  readonly as: "container" | "volume" | "copy";
  /** Of an image that copies its files: where they are. */
  readonly directory?: string;
  /** The digest's 64 hex digits. */
  readonly content: string;
  /** What a platform gets: an image that it pulls itself. */
  readonly delivers: "image";
}

const reference = scalars.scalar(
  {
    allowed: "an image with registry and tag, without a digest, at most 400 characters",
    example: '"ghcr.io/team/sentiment:v2"',
    suggest: (seen) => seen.trim().replace(/@[a-z0-9]+:[0-9a-f]+$/, ""),
  },
  /^[a-zA-Z0-9.-]+(?::\d+)?(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)+:[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/,
  { length: 400 },
);

const directory = scalars.scalar(
  { allowed: "an absolute path in the image", example: '"/models"' },
  /^(?:\/[A-Za-z0-9][A-Za-z0-9._-]*)+$/,
  { length: 400 },
);

/** What an image in a registry brings to the document. */
export const ociSource: SourceKind<OciSourceDocument, ResolvedOciSource> = {
  ...documentKind<OciSourceDocument, ResolvedOciSource>({
    kind: "oci",
    describedBy: "OciSourceDocument",
    fields: {
      image: reference,
      ...pin.fields,
      as: optional(scalars.choice("container", "volume", "copy")),
      directory: optional(directory),
    },
    check(part, report) {
      if (part.directory === undefined || part.as === "copy") return;
      report(
        ["directory"],
        renderSeen(part.directory),
        "nothing where no files are copied",
        "Remove directory, or write as: copy.",
      );
    },
    resolve: ({ kind, image, as = "container", directory = "/models", ...rest }) => ({
      kind,
      image,
      as,
      ...(as === "copy" && { directory }),
      content: contentOf(rest),
      delivers: "image",
    }),
  }),
  pinField: pin.pinField,
  reference: { form: /^oci:\/\//, example: "oci://ghcr.io/team/sentiment:v7" },
};
