import { randomUUID } from "node:crypto";
import {
  closeSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import type { z } from "zod";
import { errorCode, HostError } from "./host-error.ts";

/** How a file is written. */
export interface WriteOptions {
  /** @default 0o644 */
  readonly mode?: number;
}

/**
 * Replaces a file as a whole: after a crash or a full disk there is either the old content or the new, never a part.
 * @throws HostError when the disk is full; the old file is untouched.
 */
export function writeAtomic(path: string, content: string | Uint8Array, options: WriteOptions = {}): void {
  const temporary = temporaryBeside(path);
  try {
    const file = openSync(temporary, "wx", options.mode ?? 0o644);
    try {
      writeFully(file, Buffer.from(content));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw explainFullDisk(path, error);
  }
  syncDirectory(dirname(path));
}

/** Writes `value` as JSON, as a whole. @throws HostError when the disk is full; the old file is untouched. */
export function writeJsonAtomic(path: string, value: unknown, options: WriteOptions = {}): void {
  writeAtomic(path, `${JSON.stringify(value, undefined, 2)}\n`, options);
}

/**
 * Reads a JSON file of a known shape; undefined when there is none.
 * @throws HostError when it is damaged, naming the place inside it.
 */
export function readJson<Schema extends z.ZodType>(path: string, schema: Schema): z.output<Schema> | undefined {
  const text = readTextIfPresent(path);
  if (text === undefined) return undefined;
  const parsed = schema.safeParse(parseJson(path, text));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw damaged(path, `${issue?.path.join(".") || "the document"}: ${issue?.message ?? "not what was expected"}`);
}

/**
 * Reads a JSON file that its reader can do without; undefined when there is none, it is damaged, of another shape, or
 * may not be read.
 */
export function readJsonIfSound<Schema extends z.ZodType>(path: string, schema: Schema): z.output<Schema> | undefined {
  try {
    return readJson(path, schema);
  } catch {
    return undefined;
  }
}

/**
 * Appends one line to a JSON Lines file. Survives the death of the process; after a power failure the last lines may
 * be missing.
 * @throws HostError when the disk is full; no part of the line stays.
 */
export function appendJsonLine(path: string, value: unknown, options: WriteOptions = {}): void {
  const file = openSync(path, "a", options.mode ?? 0o644);
  const sizeBefore = fstatSync(file).size;
  try {
    writeFully(file, Buffer.from(`${JSON.stringify(value)}\n`));
  } catch (error) {
    ftruncateSync(file, sizeBefore);
    throw explainFullDisk(path, error);
  } finally {
    closeSync(file);
  }
}

/**
 * Reads a JSON Lines file; empty when there is none. A last line without its end was being written at a crash and is
 * left out.
 * @throws HostError when another line is damaged.
 */
export function readJsonLines<Schema extends z.ZodType>(path: string, schema: Schema): readonly z.output<Schema>[] {
  const lines = (readTextIfPresent(path) ?? "").split("\n").slice(0, -1);
  return lines.map((line, index) => {
    const parsed = schema.safeParse(parseJson(path, line));
    if (parsed.success) return parsed.data;
    throw damaged(path, `line ${index + 1}: ${parsed.error.issues[0]?.message ?? "not what was expected"}`);
  });
}

/** A name for a file that will be renamed to `path`: in the same folder, so that the rename stays on one file system. */
export const temporaryBeside = (path: string): string =>
  join(dirname(path), `.${basename(path)}.${randomUUID().slice(0, 8)}.tmp`);

/** True for the name of a file that is being written, or whose writer died. */
export const isTemporary = (name: string): boolean => name.startsWith(".") && name.endsWith(".tmp");

/** Makes a rename or a removal in this folder last over a power failure. */
export function syncDirectory(path: string): void {
  // Windows cannot open a folder for syncing.
  if (process.platform === "win32") return;
  const directory = openSync(path, "r");
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}

/**
 * Puts a directory in the place of the one that is there, whole or not at all.
 * @param fill writes the new content into an empty directory beside it
 * @throws HostError when the disk is full; otherwise what `fill` throws. What was there stays then.
 */
export async function replaceDirectory(path: string, fill: (copy: string) => void | Promise<void>): Promise<void> {
  const copy = temporaryBeside(path);
  try {
    mkdirSync(copy, { recursive: true });
    await fill(copy);
    rmSync(path, { recursive: true, force: true });
    renameSync(copy, path);
    syncDirectory(dirname(path));
  } catch (error) {
    throw explainFullDisk(path, error);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** An error that says the disk is full, or the error as it came. */
export function explainFullDisk(path: string, error: unknown): unknown {
  const code = errorCode(error);
  if (code !== "ENOSPC" && code !== "EDQUOT") return error;
  return new HostError(
    {
      path,
      seen: `no space left to write (${code})`,
      allowed: "some free space on this disk",
      cure: "Nothing was changed. Free some space, then run the same command again.",
    },
    { cause: error },
  );
}

// One write may store only a part of the buffer, on a disk that is nearly full without an error.
function writeFully(file: number, content: Uint8Array): void {
  for (let written = 0; written < content.length; ) written += writeSync(file, content, written);
}

function readTextIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw damaged(path, error instanceof Error ? error.message : String(error));
  }
}

const damaged = (path: string, seen: string): HostError =>
  new HostError({
    path,
    seen: `damaged (${seen})`,
    allowed: "the JSON that this library writes",
    cure: "Remove this file, then run `pulumi up`: it is written again.",
  });
