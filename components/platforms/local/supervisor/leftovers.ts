import { readdirSync, rmSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { isTemporary } from "../../../host/atomic-file.ts";
import { claimHolder } from "../../../host/claim.ts";
import { identify, isAlive, isSameProcess, type ProcessIdentity, stopProcess } from "../../../host/process-identity.ts";
import type { StateFolder } from "../state-folder/folder.ts";
import { findFolderProcesses } from "../state-folder/folder-processes.ts";
import { directories, statusPath } from "../state-folder/paths.ts";
import { listSpecNames, listStatusNames } from "./process-names.ts";
import { type ProcessSpec, type ProcessStatus, readSpec, readStatus } from "./process-spec.ts";

/** Something of a state folder that nobody wants any more and nobody will take away by himself. */
export type Leftover =
  | {
      readonly kind: "process";
      readonly identity: ProcessIdentity;
      readonly instance: string;
      readonly name?: string;
      readonly command: string;
    }
  | {
      /** A status of what is gone, a socket without its server, or a file whose writing was interrupted. */
      readonly kind: "status" | "socket" | "temporary";
      /** Absolute. */
      readonly path: string;
      /** Changes when the file is written again. */
      readonly stamp: string;
    };

/** A file that is being written now is younger than this, in milliseconds. */
const interruptedAfterMs = 60_000;

/** What of this folder still runs or lies about though no spec names it. Looks only. */
export function findLeftovers(folder: StateFolder, now: Date = new Date()): readonly Leftover[] {
  const wantedNames = listSpecNames(folder);
  const specs = wantedNames.flatMap((name) => orNothing(() => readSpec(folder, name)));
  const statuses = listStatusNames(folder).flatMap((name) => orNothing(() => readStatus(folder, name)));
  return [
    ...leftoverProcesses(folder, wantedNames, specs, statuses),
    ...deadStatuses(folder, wantedNames, statuses),
    ...straySockets(folder, specs, statuses),
    ...interruptedFiles(folder, now),
  ];
}

/** What became of a leftover that was to be ended. */
export interface StoppedLeftover {
  readonly leftover: Leftover;
  /** `changed`: it is not any more what was found, and was let be. */
  readonly outcome: "stopped" | "killed" | "removed" | "alreadyGone" | "changed";
}

/** Ends and removes exactly what is listed, as far as it still is what was found. */
export async function stopLeftovers(
  leftovers: readonly Leftover[],
  options: { readonly graceMs: number } = { graceMs: 10_000 },
): Promise<readonly StoppedLeftover[]> {
  const processes = leftovers.filter((each) => each.kind === "process");
  const files = leftovers.filter((each) => each.kind !== "process");
  const stopped = await Promise.all(
    processes.map(async (leftover) => ({ leftover, outcome: await stopProcess(leftover.identity, options) })),
  );
  return [
    ...stopped,
    ...files.map((leftover) => ({ leftover, outcome: removeUnchanged(leftover.path, leftover.stamp) })),
  ];
}

function leftoverProcesses(
  folder: StateFolder,
  wantedNames: readonly string[],
  specs: readonly ProcessSpec[],
  statuses: readonly ProcessStatus[],
): readonly Leftover[] {
  const supervised = claimHolder(folder.path(directories.supervisor)) !== undefined;
  const wantedInstances = new Set(specs.map(({ instance }) => instance));
  const known = statuses.flatMap(({ processes }) => processes.map(({ identity }) => identity));
  return findFolderProcesses(folder)
    .filter(({ name, instance, identity }) => {
      if (wantedInstances.has(instance)) return false;
      // A living supervisor ends what it knows of; the next one takes on what bears a name that is wanted.
      if (supervised) return !known.some((each) => isSameProcess(each, identity));
      return name === undefined || !wantedNames.includes(name);
    })
    .map((each) => ({ kind: "process", ...each }));
}

function deadStatuses(
  folder: StateFolder,
  wantedNames: readonly string[],
  statuses: readonly ProcessStatus[],
): readonly Leftover[] {
  const used = [...wantedNames, ...statuses.filter(hasLiving).map(({ name }) => name)];
  return listStatusNames(folder)
    .filter((name) => !used.includes(name))
    .flatMap((name) => foundFile("status", folder.path(statusPath(name))));
}

function straySockets(
  folder: StateFolder,
  specs: readonly ProcessSpec[],
  statuses: readonly ProcessStatus[],
): readonly Leftover[] {
  const wanted = specs.flatMap(({ ready }) => ("socket" in ready ? [ready.socket] : []));
  const living = statuses.filter(hasLiving).map(({ name }) => join(directories.servers, `${name}.sock`));
  const used = [...wanted, ...living];
  return readdirSync(folder.path(directories.servers))
    .map((file) => join(directories.servers, file))
    .filter((path) => !used.some((each) => path === each || isSuccessorOf(each, path)))
    .flatMap((path) => foundFile("socket", folder.path(path)));
}

// `<socket>.<pid>`: of a process that is about to take the socket over.
function isSuccessorOf(socket: string, path: string): boolean {
  const pid = path.startsWith(`${socket}.`) ? Number(path.slice(socket.length + 1)) : Number.NaN;
  return Number.isInteger(pid) && identify(pid) !== undefined;
}

// Not inside artifacts and archives: what a version's own files are called is not ours to judge.
function interruptedFiles(folder: StateFolder, now: Date): readonly Leftover[] {
  const places = [
    folder.root,
    ...Object.values(directories).map((directory) => folder.path(directory)),
    ...subdirectories(folder.path(directories.gateways)),
    ...subdirectories(folder.path(directories.archives)),
  ];
  return places
    .flatMap((place) => readdirSync(place).map((name) => join(place, name)))
    .filter((path) => {
      const found = isTemporary(basename(path)) ? statSync(path, { throwIfNoEntry: false }) : undefined;
      return found !== undefined && now.getTime() - found.mtimeMs > interruptedAfterMs;
    })
    .flatMap((path) => foundFile("temporary", path));
}

const subdirectories = (path: string): readonly string[] =>
  readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(path, name));

const hasLiving = ({ processes }: ProcessStatus): boolean => processes.some(({ identity }) => isAlive(identity));

function foundFile(kind: "status" | "socket" | "temporary", path: string): readonly Leftover[] {
  const stamp = stampOf(path);
  return stamp === undefined ? [] : [{ kind, path, stamp }];
}

function removeUnchanged(path: string, stamp: string): StoppedLeftover["outcome"] {
  const now = stampOf(path);
  if (now === undefined) return "alreadyGone";
  if (now !== stamp) return "changed";
  rmSync(path, { recursive: true, force: true });
  return "removed";
}

function stampOf(path: string): string | undefined {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found === undefined ? undefined : `${found.ino}:${found.size}:${found.mtimeNs}`;
}

// Damaged: no reason to hide the rest.
function orNothing<Value>(read: () => Value | undefined): readonly Value[] {
  try {
    const value = read();
    return value === undefined ? [] : [value];
  } catch {
    return [];
  }
}
