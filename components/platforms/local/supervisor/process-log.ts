import { closeSync, copyFileSync, fstatSync, openSync, readSync, statSync, truncateSync } from "node:fs";

/** A log never takes more than this, twice: the running file and one older, in bytes. */
export const logLimit: number = 5 * 1024 * 1024;

const tailBytes = 4096;
const tailLines = 20;

/** The last lines of a log, at most 20 of 4 KB in all, of what was written behind `fromByte`. */
export function readLogTail(path: string, fromByte = 0): readonly string[] {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch {
    return [];
  }
  try {
    const { size } = fstatSync(file);
    // A log that became shorter was bounded in between.
    const begin = Math.max(fromByte <= size ? fromByte : 0, size - tailBytes);
    const buffer = Buffer.alloc(size - begin);
    const read = readSync(file, buffer, 0, buffer.length, begin);
    const text = buffer.toString("utf8", 0, read).trimEnd();
    return text === "" ? [] : text.split("\n").slice(-tailLines);
  } finally {
    closeSync(file);
  }
}

/** The size of a log in bytes; 0 when there is none. */
export const logSize = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

/**
 * Keeps a log within its limit: what stands in it moves to `<path>.1`, whose content is lost. The file itself stays, as
 * its writer keeps it open for appending; a line written between copy and cut is lost.
 */
export function boundLog(path: string, limit: number = logLimit): void {
  if (logSize(path) <= limit) return;
  try {
    copyFileSync(path, `${path}.1`);
  } finally {
    // Also on a full disk: the log may be what fills it.
    truncateSync(path);
  }
}
