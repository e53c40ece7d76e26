import { existsSync, mkdirSync } from "node:fs";
import { hostname } from "node:os";
import { join, resolve } from "node:path";
import { z } from "zod";
import { readJson, writeAtomic, writeJsonAtomic } from "../../../host/atomic-file.ts";
import { claimHolder, lastSignOfLife } from "../../../host/claim.ts";
import { errorCode, HostError } from "../../../host/host-error.ts";
import { readHostId } from "../../../host/host-id.ts";
import { checkOwnFolder } from "./own-folder.ts";
import { directories, folderFile } from "./paths.ts";

/** The format this code reads and writes. */
export const stateFormat = 1;

/** Where one stack keeps its processes, routes, artifacts and archives on this machine; `placeOf` says where it lies. */
export interface StateFolder {
  /** Absolute. The working directory of every process started here. */
  readonly root: string;
  /** The absolute path of a place in the folder: `folder.path(artifactPath(content))`. */
  readonly path: (relative: string) => string;
}

/** What the folder is opened for. */
export interface OpenOptions {
  /** The machine that asks. @default this machine */
  readonly hostId?: string;
}

/** The folder as it is, unchecked: for what serves from it and must not stop because something else in it is damaged. */
export const folderAt = (root: string): StateFolder => ({ root, path: (relative) => join(root, relative) });

/**
 * Opens the state folder, or creates it with mode 0700.
 * @throws HostError when it is not this user's own, was written by a newer version of this library, or is in use
 * by another machine.
 */
export function openStateFolder(path: string, options: OpenOptions = {}): StateFolder {
  const folder = folderAt(resolve(path));
  checkOwnFolder(folder.root);
  const hostId = options.hostId ?? readHostId();
  const known = checkContent(folder, hostId);
  createDirectories(folder);
  if (known?.hostId === hostId) return folder;
  // Also inside a project that is a repository: the folder holds keys.
  writeAtomic(folder.path(".gitignore"), "*\n");
  const earlierHosts = known === undefined ? [] : [...(known.earlierHosts ?? []), known.hostId];
  writeJsonAtomic(folder.path(folderFile), {
    ...{ format: stateFormat, hostId, hostName: hostname() },
    ...(earlierHosts.length === 0 ? {} : { earlierHosts }),
  });
  return folder;
}

/** Opens the state folder when there is one, and creates nothing else. @throws HostError as `openStateFolder`. */
export const findStateFolder = (path: string, options: OpenOptions = {}): StateFolder | undefined =>
  checkOwnFolder(resolve(path)) && existsSync(join(path, folderFile)) ? openStateFolder(path, options) : undefined;

/** True when this machine or one whose folder it took over, say a container that was made anew, has this id. */
export function wasServedBy(folder: StateFolder, hostId: string): boolean {
  const content = readJson(folder.path(folderFile), folderContent);
  return content !== undefined && [content.hostId, ...(content.earlierHosts ?? [])].includes(hostId);
}

function createDirectories(folder: StateFolder): void {
  try {
    for (const directory of ["", ...Object.values(directories)])
      mkdirSync(folder.path(directory), { recursive: true, mode: 0o700 });
  } catch (error) {
    const code = errorCode(error);
    if (code !== "EACCES" && code !== "EROFS" && code !== "EPERM" && code !== "ENOTDIR") throw error;
    throw new HostError(
      {
        path: folder.root,
        seen: `no folder can be made there (${code})`,
        allowed: "a place in which this user may write",
        cure: "Name one in `platform.stateFolder` of the release, or in XDG_STATE_HOME.",
      },
      { cause: error },
    );
  }
}

const folderFormat = z.looseObject({ format: z.int() });
const folderContent = z.object({
  format: z.int(),
  hostId: z.string(),
  hostName: z.string(),
  /** Machines from which another one took the folder over. */
  earlierHosts: z.array(z.string()).exactOptional(),
});

/** What the folder says of itself; undefined when it is new. */
function checkContent(folder: StateFolder, hostId: string): z.output<typeof folderContent> | undefined {
  const path = folder.path(folderFile);
  const format = readJson(path, folderFormat)?.format;
  if (format === undefined) return undefined;
  // Looked at alone first: of a newer format nothing else is known.
  if (format > stateFormat)
    throw new HostError({
      path,
      seen: `format ${format}`,
      allowed: `format ${stateFormat} or older, which this version of pulumi-model-lifecycle understands`,
      cure: "Install the version of pulumi-model-lifecycle that wrote it, or a newer one.",
    });
  const content = readJson(path, folderContent);
  if (content === undefined || content.hostId === hostId) return content;
  const seconds = secondsSinceElsewhere(folder);
  if (seconds === undefined) return content;
  throw new HostError({
    path,
    seen: `machine ${content.hostName} (${content.hostId}) serves from here, with a sign of life ${seconds} s ago`,
    allowed: `this machine, ${hostname()} (${hostId}), when no other one serves from here`,
    cure: `Run this stack on ${content.hostName}; when that machine is gone for good, wait a minute and run the same command again: what was kept here is then served from this machine.`,
  });
}

/** A supervisor gives a sign of life every few seconds; after this many seconds without one it is gone. */
const goneAfterS = 60;

/** How long ago a supervisor on another machine gave a sign of life; undefined when none can be alive. */
function secondsSinceElsewhere(folder: StateFolder): number | undefined {
  const claims = folder.path(directories.supervisor);
  const at = lastSignOfLife(claims);
  if (at === undefined || claimHolder(claims) !== undefined) return undefined;
  // Two machines' clocks differ, to either side.
  const seconds = Math.round(Math.abs(Date.now() - at) / 1_000);
  return seconds < goneAfterS ? seconds : undefined;
}
