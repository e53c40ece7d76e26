/** First projects, by the kind of platform that they serve on: a file each, by the kind's name. */
import { existsSync } from "node:fs";
import { extname, join } from "node:path";
import { platformKinds } from "../../../components/release/kinds.ts";
import { usageFailure } from "../failure.ts";
import type { PlatformStarter } from "./platform-starter.ts";

export type { PlatformStarter, StarterRelease } from "./platform-starter.ts";

const isWritten = (kind: string): boolean =>
  existsSync(join(import.meta.dirname, `${kind}${extname(import.meta.filename)}`));

/** The kinds of platform that a first project can be for; the first is what nobody chose. */
export const starterPlatforms: readonly string[] = platformKinds.map(({ kind }) => kind).filter(isWritten);

/** @throws Failure (2) for a kind that none is written for */
export async function starterOf(kind: string): Promise<PlatformStarter> {
  if (!starterPlatforms.includes(kind))
    throw usageFailure(`--platform: seen "${kind}", allowed are ${starterPlatforms.join(", ")}.`);
  const { starter }: { starter: PlatformStarter } = await import(`./${kind}.ts`);
  return starter;
}
