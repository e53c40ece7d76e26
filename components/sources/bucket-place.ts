import type { z } from "zod";
import * as scalars from "../release/scalars.ts";
import { optional } from "../release/section.ts";
import type { Fetched } from "./pinned.ts";

/** What every source says that is fetched from a bucket, beside which one it is. */
export interface InBucket extends Fetched {
  /** The bucket's region. @default us-east-1 */
  readonly region?: string;
  /** The store's address, for any other than Amazon's; Google's is https://storage.googleapis.com. @default https://s3.<region>.amazonaws.com */
  readonly endpoint?: string;
}

/** Where a bucket is, resolved. */
export interface ResolvedBucketPlace {
  readonly region: string;
  readonly endpoint: string;
}

/** Google's store, which takes the same requests, signed with an HMAC key, in the region `auto`. */
export const GOOGLE = "https://storage.googleapis.com";

const regionName = scalars.scalar({ allowed: "the name of a region", example: '"eu-central-1"' }, /^[a-z0-9-]+$/, {
  length: 63,
});

/** The fields that `InBucket` adds. */
export const bucketFields: {
  readonly region: z.ZodExactOptional<z.ZodType<string, string>>;
  readonly endpoint: z.ZodExactOptional<z.ZodType<string, string>>;
} = {
  region: optional(regionName),
  endpoint: optional(scalars.address("https://minio.example.com")),
};

/** With Amazon's address where no other is named. */
export const resolveBucketPlace = ({
  region = "us-east-1",
  endpoint,
}: Pick<InBucket, "region" | "endpoint">): ResolvedBucketPlace => ({
  region,
  endpoint: endpoint ?? `https://s3.${region}.amazonaws.com`,
});
