import * as pulumi from "@pulumi/pulumi";
import { parseRelease, ReleaseError, type ResolvedRelease } from "../release/index.ts";
import { refusal } from "./refusal.ts";

/**
 * Reads the release of the current stack from its configuration (`model-lifecycle:release`).
 *
 * @throws pulumi.RunError with every problem found: path, what was seen, what is allowed, what to do. Nothing is
 * deployed then.
 */
export function readRelease(key = "release"): ResolvedRelease {
  const config = new pulumi.Config("model-lifecycle");
  const path = `${config.name}:${key}`;
  try {
    return parseRelease(config.requireObject<unknown>(key), { path });
  } catch (error) {
    throw error instanceof ReleaseError ? refusal(error.message) : error;
  }
}
