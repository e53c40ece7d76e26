import { isAlive, type ProcessIdentity } from "../../../host/process-identity.ts";
import type { StateFolder } from "../state-folder/folder.ts";
import { findFolderProcesses } from "../state-folder/folder-processes.ts";
import { listStatusNames } from "./process-names.ts";
import { type ProcessStatus, readStatus } from "./process-spec.ts";

/** A living process that an earlier supervisor of the folder started. */
export interface EarlierProcess {
  readonly name: string;
  readonly instance: string;
  readonly identity: ProcessIdentity;
  /** RFC 3339. */
  readonly startedAt: string;
  readonly readyAt?: string;
}

/** What earlier supervisors said; what is damaged is left out, as the processes themselves bear marks as well. */
export function readEarlierStatuses(folder: StateFolder): readonly ProcessStatus[] {
  return listStatusNames(folder).flatMap((name) => {
    try {
      const status = readStatus(folder, name);
      return status === undefined ? [] : [status];
    } catch {
      return [];
    }
  });
}

/**
 * The living processes of the folder: those in the statuses, and those that a supervisor started just before it was
 * killed, so that no status tells of them. The latter only with a name that somebody wants: the others are leftovers,
 * and for `mlc doctor` to show.
 */
export function findEarlierProcesses(
  folder: StateFolder,
  statuses: readonly ProcessStatus[],
  wantedNames: ReadonlySet<string>,
  now: string,
): readonly EarlierProcess[] {
  const told = statuses.flatMap(({ name, processes }) =>
    processes
      .filter(({ identity }) => isAlive(identity))
      .map(({ instance, identity, startedAt, readyAt }) => ({
        name,
        instance,
        identity,
        startedAt,
        ...(readyAt === undefined ? {} : { readyAt }),
      })),
  );
  const toldPids = new Set(told.map(({ identity }) => identity.pid));
  const untold = findFolderProcesses(folder).flatMap(({ name, instance, identity }) =>
    name !== undefined && wantedNames.has(name) && !toldPids.has(identity.pid)
      ? [{ name, instance, identity, startedAt: now }]
      : [],
  );
  return [...told, ...untold];
}
