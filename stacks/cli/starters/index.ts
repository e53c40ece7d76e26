/** First projects, by the kind of platform that they serve on. */
import { usageFailure } from "../failure.ts";
import { kubernetesStarter } from "./kubernetes.ts";
import { localStarter } from "./local.ts";
import type { PlatformStarter } from "./platform-starter.ts";

export type { PlatformStarter, StarterRelease } from "./platform-starter.ts";

const starters: ReadonlyMap<string, PlatformStarter> = new Map([
  ["local", localStarter],
  ["kubernetes", kubernetesStarter],
]);

/** The kinds of platform that a first project can be for. */
export const starterPlatforms: readonly string[] = [...starters.keys()];

/** @throws Failure (2) for a kind that none is written for */
export function starterOf(kind: string): PlatformStarter {
  const starter = starters.get(kind);
  if (starter !== undefined) return starter;
  throw usageFailure(`--platform: seen "${kind}", allowed are ${starterPlatforms.join(", ")}.`);
}
