import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { ResolvedRelease } from "../../release/index.ts";
import { placeOf } from "./state-folder/place.ts";

/** The state folder of this project and stack. */
export function stateDirOf({ platform: { stateFolder } }: ResolvedRelease): string {
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

/** The absolute path of what the release names relative to the project. */
export const fromRoot = (relative: string): string => path.resolve(rootOfProject(), relative);
