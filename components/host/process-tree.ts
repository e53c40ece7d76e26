import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { errorCode } from "./host-error.ts";

/** A living process as /proc shows it (proc(5)). */
export interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  readonly session: number;
  /** What stands in its environment under the name that was asked for. */
  readonly mark?: string;
}

/** Every living process of this machine that may be looked at; none where there is no /proc. @param variable whose value is its mark */
export function readProcesses(variable: string): readonly ProcessRow[] {
  if (process.platform !== "linux") return [];
  return readdirSync("/proc").flatMap((name): readonly ProcessRow[] => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "latin1");
      // The command in parentheses may itself hold spaces and parentheses.
      const [state, parent, , session] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      if (state === "Z" || state === "X") return [];
      const mark = readMark(name, variable);
      const row = { pid: Number(name), parent: Number(parent), session: Number(session) };
      return [mark === undefined ? row : { ...row, mark }];
    } catch {
      // It ended just now.
      return [];
    }
  });
}

function readMark(pid: string, variable: string): string | undefined {
  try {
    const words = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
    return words.find((word) => word.startsWith(`${variable}=`))?.slice(variable.length + 1);
  } catch {
    // Somebody else's.
    return undefined;
  }
}

/**
 * The processes of a server: what bears its mark, what its leader's session holds, and everything that these started. Each
 * of them alone misses somebody: workers with a session of their own, those that write their title over their environment,
 * those whose parent has ended.
 */
export function treeOf(rows: readonly ProcessRow[], mark: string, leader?: number): readonly number[] {
  const members = new Set(rows.filter((row) => row.mark === mark || row.session === leader).map(({ pid }) => pid));
  for (;;) {
    const found = rows.filter(
      ({ pid, parent, session }) => !members.has(pid) && (members.has(parent) || members.has(session)),
    );
    if (found.length === 0) return [...members];
    for (const { pid } of found) members.add(pid);
  }
}

/** Signals each of them that still lives. */
export function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if (errorCode(error) !== "ESRCH") throw error;
    }
  }
}

const killedWithinMs = 10_000;

/**
 * Waits until nothing of a tree lives; what does after the time is killed, and looked for again until there is nothing.
 * @throws Error with the pids that not even SIGKILL ends
 */
export async function waitForEnd(members: () => readonly number[], withinMs: number): Promise<void> {
  const killAt = performance.now() + withinMs;
  for (;;) {
    const left = members();
    if (left.length === 0) return;
    const late = performance.now() - killAt;
    if (late > killedWithinMs) throw new Error(`processes ${left.join(", ")} do not end, not even by SIGKILL`);
    if (late >= 0) signalAll(left, "SIGKILL");
    await sleep(20);
  }
}

/** The inodes of the sockets that these processes hold. */
export function socketsHeldBy(pids: readonly number[]): ReadonlySet<string> {
  return new Set(
    pids.flatMap((pid) =>
      filesOf(pid).flatMap((file) => {
        try {
          const [, inode] = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${file}`)) ?? [];
          return inode === undefined ? [] : [inode];
        } catch {
          return [];
        }
      }),
    ),
  );
}

function filesOf(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`);
  } catch {
    return [];
  }
}

/** The memory that these processes take, shared parts divided among their sharers, in bytes. */
export function memoryOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    try {
      const [, kilobytes = "0"] = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8")) ?? [];
      return sum + Number(kilobytes) * 1024;
    } catch {
      return sum;
    }
  }, 0);
}
