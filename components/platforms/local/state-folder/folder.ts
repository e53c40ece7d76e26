import { existsSync, mkdirSync } from "node:fs";
import { hostname } from "node:os";
import { join, resolve } from "node:path";
import { z } from "zod";
import { readJson, writeAtomic, writeJsonAtomic } from "./atomic-file.ts";
import { readHostId } from "./host-id.ts";
import { directories, folderFile } from "./paths.ts";
import { StateFolderError } from "./state-folder-error.ts";

/** The format this code reads and writes. */
export const stateFormat = 1;

/** Where one stack keeps its processes, routes, artifacts and archives on this machine: `.model-lifecycle/<stack>/`. */
export interface StateFolder {
  /** Absolute. The working directory of every process started here. */
  readonly root: string;
  /** The absolute path of a place in the folder: `folder.path(artifactPath(sha256))`. */
  readonly path: (relative: string) => string;
}

export interface OpenOptions {
  /** The machine that asks. @default this machine */
  readonly hostId?: string;
}

/**
 * Opens the state folder, or creates it with mode 0700.
 * @throws StateFolderError when it was written by a newer version of this library or belongs to another machine.
 */
export function openStateFolder(path: string, options: OpenOptions = {}): StateFolder {
  const root = resolve(path);
  const hostId = options.hostId ?? readHostId();
  checkFolder(root, hostId);
  for (const directory of ["", ...Object.values(directories)])
    mkdirSync(join(root, directory), { recursive: true, mode: 0o700 });
  if (!existsSync(join(root, folderFile))) {
    // The folder holds keys, and stands inside a project that is a repository as a rule.
    writeAtomic(join(root, ".gitignore"), "*\n");
    writeJsonAtomic(join(root, folderFile), { format: stateFormat, hostId, hostName: hostname() });
  }
  return { root, path: (relative) => join(root, relative) };
}

/** Opens the state folder when there is one, and creates nothing else. @throws StateFolderError as `openStateFolder`. */
export const findStateFolder = (path: string, options: OpenOptions = {}): StateFolder | undefined =>
  existsSync(join(path, folderFile)) ? openStateFolder(path, options) : undefined;

const folderFormat = z.looseObject({ format: z.int() });
const folderContent = z.object({ format: z.int(), hostId: z.string(), hostName: z.string() });

function checkFolder(root: string, hostId: string): void {
  const path = join(root, folderFile);
  const format = readJson(path, folderFormat)?.format;
  if (format === undefined) return;
  // Looked at alone first: of a newer format nothing else is known.
  if (format > stateFormat)
    throw new StateFolderError({
      path,
      seen: `format ${format}`,
      allowed: `format ${stateFormat} or older, which this version of pulumi-model-lifecycle understands`,
      cure: "Install the version of pulumi-model-lifecycle that wrote it, or a newer one.",
    });
  const content = readJson(path, folderContent);
  if (content !== undefined && content.hostId !== hostId)
    throw new StateFolderError({
      path,
      seen: `it belongs to machine ${content.hostName} (${content.hostId})`,
      allowed: `this machine, ${hostname()} (${hostId}), where its processes would have to run`,
      cure: `Run this stack on ${content.hostName}; or, when that machine is gone for good, remove ${root} and run \`pulumi up\`: everything is built again here.`,
    });
}
