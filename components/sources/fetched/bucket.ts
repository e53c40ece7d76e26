import { AwsV4Signer } from "aws4fetch";
import type { ResolvedBucketPlace } from "../bucket-place.ts";
import { encodePath, type RemoteRequest } from "./remote.ts";

/** Where objects are. */
export interface Place extends ResolvedBucketPlace {
  readonly bucket: string;
}

/** What may be asked of a bucket, signed where the environment has keys; without any, it has to be open to all. */
export type SignRequest = (request: {
  /** Absent: the bucket itself. */
  readonly key?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly method?: "GET" | "HEAD";
}) => Promise<RemoteRequest>;

/** By its path: a bucket with a dot in its name has no certificate of its own, and other stores know no bucket by host. */
export function signerOf({ bucket, region, endpoint }: Place, env: NodeJS.ProcessEnv): SignRequest {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  } = env;
  return async ({ key, query = {}, headers = {}, method = "GET" }) => {
    const url = new URL(`${endpoint}/${bucket}${key === undefined ? "" : `/${encodePath(key)}`}`);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    // The session's token is a header of its own, which a redirect would carry elsewhere.
    if (!accessKeyId || !secretAccessKey) return { url: url.href, headers, redirect: "manual" };
    const keys = { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
    const signed = await new AwsV4Signer({ method, url: url.href, headers, ...keys, region, service: "s3" }).sign();
    return { url: signed.url.href, headers: Object.fromEntries(signed.headers), redirect: "manual" };
  };
}
