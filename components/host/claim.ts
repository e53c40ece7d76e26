import { linkSync, mkdirSync, readdirSync, rmSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { readJson, temporaryBeside, writeJsonAtomic } from "./atomic-file.ts";
import { errorCode } from "./host-error.ts";
import { identify, isAlive, type ProcessIdentity, processIdentitySchema } from "./process-identity.ts";

/**
 * Exactly one living process holds the claim of a directory.
 *
 * Claims are numbered files, the highest counts, and a number is taken by creating its file, which one process alone
 * can do. A stale claim is never removed before a higher one stands, so that no two can think they replaced it.
 */
export interface Claim {
  /** Gives the claim back, so that another process can take it before this one ends. */
  readonly release: () => void;
  /** Gives a sign of life: sets the time of the claim's file to now. */
  readonly touch: () => void;
}

/** Takes the claim for `self`; undefined when another living process holds it. */
export function takeClaim(directory: string, self: ProcessIdentity): Claim | undefined {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  for (;;) {
    const highest = claimNumbers(directory).at(-1) ?? 0;
    if (livingHolder(directory, highest) !== undefined) return undefined;
    const mine = highest + 1;
    if (!createExclusively(claimFile(directory, mine), self)) continue;
    const numbers = claimNumbers(directory);
    if (numbers.at(-1) === mine) {
      for (const older of numbers.slice(0, -1)) rmSync(claimFile(directory, older), { force: true });
      const file = claimFile(directory, mine);
      return { release: () => release(file), touch: () => touch(file) };
    }
    rmSync(claimFile(directory, mine), { force: true });
  }
}

/**
 * Takes the claim for this process as soon as no other one holds it.
 * @param everyMs how often it is tried @param waiting told of who holds it, each time
 */
export async function claimInTurn(
  directory: string,
  { everyMs, waiting = () => {} }: { readonly everyMs: number; readonly waiting?: (holder: ProcessIdentity) => void },
): Promise<Claim> {
  const self = identify(process.pid);
  if (self === undefined) throw new Error(`process ${process.pid} is not found among those of this machine`);
  for (;;) {
    const claim = takeClaim(directory, self);
    if (claim !== undefined) return claim;
    const holder = claimHolder(directory);
    if (holder !== undefined) waiting(holder);
    await sleep(everyMs);
  }
}

/** The process that holds the claim; undefined when none that lives does. */
export const claimHolder = (directory: string): ProcessIdentity | undefined =>
  livingHolder(directory, claimNumbers(directory).at(-1) ?? 0);

/** When the holder last gave a sign of life, in Unix milliseconds; undefined when the claim was given back or never taken. */
export function lastSignOfLife(directory: string): number | undefined {
  const file = claimFile(directory, claimNumbers(directory).at(-1) ?? 0);
  const content = readJson(file, claimContent);
  return content !== undefined && "pid" in content ? statSync(file, { throwIfNoEntry: false })?.mtimeMs : undefined;
}

const claimContent = z.union([processIdentitySchema, z.object({ released: z.literal(true) })]);

const claimFile = (directory: string, number: number): string => join(directory, `${number}.json`);

function claimNumbers(directory: string): readonly number[] {
  let names: readonly string[];
  try {
    names = readdirSync(directory);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return [];
    throw error;
  }
  return names
    .filter((name) => /^\d+\.json$/.test(name))
    .map((name) => Number.parseInt(name, 10))
    .sort((a, b) => a - b);
}

function livingHolder(directory: string, number: number): ProcessIdentity | undefined {
  const content = readJson(claimFile(directory, number), claimContent);
  return content !== undefined && "pid" in content && isAlive(content) ? content : undefined;
}

function release(path: string): void {
  try {
    writeJsonAtomic(path, { released: true });
  } catch {
    // On a full disk, or in a folder that was removed, the end of the process releases it.
  }
}

function touch(path: string): void {
  const now = new Date();
  try {
    utimesSync(path, now, now);
  } catch {
    // In a folder that was removed, nobody looks for signs of life.
  }
}

function createExclusively(path: string, self: ProcessIdentity): boolean {
  const temporary = temporaryBeside(path);
  writeJsonAtomic(temporary, self);
  try {
    // A link never replaces, and the file appears with its content.
    linkSync(temporary, path);
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
}
