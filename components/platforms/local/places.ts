import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { refusal } from "../../kit/index.ts";
import type { ResolvedRelease } from "../../release/index.ts";
import type { OfKind } from "../../release/kind.ts";
import { localPlatform, type ResolvedLocalPlatform } from "./document.ts";
import { placeOf } from "./state-folder/place.ts";

/** The platform's own part of a release. @throws pulumi.RunError for a release of another platform */
export function localPartOf({ platform, origin }: ResolvedRelease): ResolvedLocalPlatform {
  const part: OfKind = platform;
  if (localPlatform.is(part)) return part;
  throw refusal(
    `${origin}.platform.kind: seen "${part.kind}"; allowed: "${localPlatform.kind}", which the program uses. Make the two agree.`,
  );
}

/** The state folder of this project and stack. */
export function stateDirOf(release: ResolvedRelease): string {
  const { stateFolder } = localPartOf(release);
  const names = { project: pulumi.getProject(), stack: pulumi.getStack() };
  const { path: place, warning } = placeOf({ ...names, root: rootOfProject(), stateFolder });
  if (warning !== undefined) void pulumi.log.warn(warning);
  return place;
}

/** An inline program of the Automation API has no project folder, and the SDK says "rootDirectory" then. */
export function rootOfProject(): string {
  const root = pulumi.getRootDirectory();
  return path.isAbsolute(root) ? root : process.cwd();
}
