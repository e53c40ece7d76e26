import { documentKind, type SourceKind } from "../../release/kind.ts";
import * as scalars from "../../release/scalars.ts";
import { bucketFields, type InBucket, type ResolvedBucketPlace, resolveBucketPlace } from "../bucket-place.ts";
import { contentOf, fetchedFields, PIN_FIELD } from "../pinned.ts";

/** `source` of a version whose files are objects in a bucket. */
export interface ObjectSourceDocument extends InBucket {
  /** object: the objects below a prefix of a bucket: Amazon S3 and what speaks its protocol, Google Cloud Storage with an HMAC key. */
  readonly kind: "object";
  /** The bucket. */
  readonly bucket: string;
  /** The folder in it, without a slash at its end: `fraud/v1` is not `fraud/v10`. */
  readonly prefix: string;
}

/** The same, resolved. */
export interface ResolvedObjectSource extends ResolvedBucketPlace {
  readonly kind: "object";
  readonly bucket: string;
  readonly prefix: string;
  readonly allowPickle?: string;
  /** What the files must be. */
  readonly content: string;
}

const bucketName = scalars.scalar(
  { allowed: "the name of a bucket: 3 to 63 lower-case letters, digits, hyphens, dots or _", example: '"models"' },
  /^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$/,
);

/** What a bucket brings to the document. */
export const objectSource: SourceKind<ObjectSourceDocument, ResolvedObjectSource> = {
  ...documentKind<ObjectSourceDocument, ResolvedObjectSource>({
    kind: "object",
    describedBy: "ObjectSourceDocument",
    fields: {
      bucket: bucketName,
      prefix: scalars.path("fraud/v1"),
      ...bucketFields,
      ...fetchedFields,
    },
    resolve: ({ kind, bucket, prefix, allowPickle, ...rest }) => ({
      kind,
      bucket,
      prefix,
      ...resolveBucketPlace(rest),
      ...(allowPickle !== undefined && { allowPickle }),
      content: contentOf(rest),
    }),
  }),
  pinField: PIN_FIELD,
  reference: { form: /^(?:s3|gs):\/\//, example: "s3://bucket/prefix" },
};
