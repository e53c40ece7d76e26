import { readProcesses, signalAll, treeOf } from "../../../host/process-tree.ts";
import type { StateFolder } from "../state-folder/folder.ts";
import { servedBy, servedByVariable } from "../state-folder/process-environment.ts";

const MOST_LOOKS = 50;
const LOOK_EVERY_MS = 5;

/**
 * Ends the processes of programs whose companion does not live any more: it could not do so itself, as it was killed.
 * @param living the instances that have a process which is no program's
 * @returns how many were ended
 */
export function endAbandoned(folder: StateFolder, living: ReadonlySet<string>): number {
  const prefix = servedBy(folder.root, "");
  const ended = new Set<number>();
  for (let look = 0; look < MOST_LOOKS; look += 1) {
    const rows = readProcesses(servedByVariable);
    const marks = new Set(rows.flatMap(({ mark }) => (mark?.startsWith(prefix) ? [mark] : [])));
    const abandoned = [...marks].filter((mark) => !living.has(mark.slice(prefix.length)));
    const left = [...new Set(abandoned.flatMap((mark) => treeOf(rows, mark)))];
    if (left.length === 0) break;
    signalAll(left, "SIGKILL");
    for (const pid of left) ended.add(pid);
    // A process that starts others while it is ended leaves some for the next look.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOOK_EVERY_MS);
  }
  return ended.size;
}
