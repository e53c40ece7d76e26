import { createHash, type Hash } from "node:crypto";

// The algorithm that registries name in their digests; a pin is such a digest without it.

const ALGORITHM = "sha256";

/** A digest as registries write it: the algorithm, and 64 hex digits. */
export const DIGEST: RegExp = new RegExp(`^${ALGORITHM}:[0-9a-f]{64}$`);

/** The digest of what a pin names. */
export const digestOf = (content: string): string => `${ALGORITHM}:${content}`;

/** The pin of what a digest names. */
export const contentIn = (digest: string): string => digest.slice(ALGORITHM.length + 1);

/** Takes bytes as they come in. */
export const startHash = (): Hash => createHash(ALGORITHM);

/** The digest of bytes. */
export const digestOfBytes = (bytes: Uint8Array): string => digestOf(startHash().update(bytes).digest("hex"));
