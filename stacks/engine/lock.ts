import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { link, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, dirname } from "node:path";

/** A process, told apart from a later one of the same number by when it started. */
interface Owner {
  readonly pid: number;
  readonly started: string;
}

export interface Lock {
  /** Lets the next process take it. */
  release(): Promise<void>;
}

/**
 * Takes the lock, or tells which living process holds it.
 *
 * Each holder writes `<path>.<n>`, and the highest n counts. A dead holder's file is never removed or reused: whoever
 * takes over creates the next number, which the file system grants to one process only. (Removing a dead holder's file
 * first would let a second, slower process remove the new holder's.)
 */
export async function takeLock(path: string): Promise<Lock | { readonly heldBy: number }> {
  const highest = Math.max(0, ...(await numbersOf(path)));
  const holder = highest > 0 ? await readOwner(`${path}.${highest}`) : undefined;
  if (holder && isAlive(holder)) return { heldBy: holder.pid };

  const own = `${path}.${highest + 1}`;
  if (!(await createWhole(own, JSON.stringify(self())))) return takeLock(path);
  return { release: () => rm(own, { force: true }) };
}

async function numbersOf(path: string): Promise<readonly number[]> {
  const prefix = `${basename(path)}.`;
  const names = await readdir(dirname(path));
  return names
    .filter((name) => name.startsWith(prefix))
    .map((name) => Number(name.slice(prefix.length)))
    .filter(Number.isInteger);
}

/** Creates the file with its content in one step; false if it is there already. */
async function createWhole(path: string, content: string): Promise<boolean> {
  const temporary = `${path}.${randomUUID()}`;
  await writeFile(temporary, content);
  try {
    await link(temporary, path);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
}

async function readOwner(path: string): Promise<Owner | undefined> {
  const text = await readFile(path, "utf8").catch(() => undefined);
  return text === undefined ? undefined : JSON.parse(text);
}

function self(): Owner {
  return { pid: process.pid, started: startOf(process.pid) ?? "unknown" };
}

function isAlive(owner: Owner): boolean {
  return startOf(owner.pid) === owner.started;
}

/** When the process started, in whatever form the system tells it; nothing if there is no such process. */
function startOf(pid: number): string | undefined {
  try {
    if (process.platform !== "linux") return startFromPs(pid);
    // Field 22, counted from behind the command's name, which may itself hold spaces and brackets.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return fields[0] === "Z" ? undefined : `${boot}:${fields[19]}`;
  } catch {
    return undefined;
  }
}

function startFromPs(pid: number): string | undefined {
  const options = { encoding: "utf8", env: { ...process.env, LC_ALL: "C" } } as const;
  return execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], options).trim() || undefined;
}
