import * as pulumi from "@pulumi/pulumi";
import { parseRelease, ReleaseError, type ResolvedRelease } from "../spec/index.ts";

/**
 * Reads the release of the current stack from its configuration (`model-lifecycle:release`).
 *
 * @throws pulumi.RunError with every problem found: path, what was seen, what is allowed, what to do. Nothing is
 * deployed then.
 */
export function readRelease(key = "release"): ResolvedRelease {
  const config = new pulumi.Config("model-lifecycle");
  const path = `${config.name}:${key}`;
  return asRunError(() => parseRelease(config.requireObject<unknown>(key), { path }));
}

/** Turns problems of a release into the engine's error without a stack trace. */
export function asRunError<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof ReleaseError) throw new pulumi.RunError(error.message);
    throw error;
  }
}
