import { constants } from "node:fs";
import { type FileHandle, lstat, open, realpath } from "node:fs/promises";
import { resolve, sep } from "node:path";
import { z } from "zod";

/** One line of a file of golden requests. */
export interface GoldenRequest {
  /** Counted from 1. */
  readonly line: number;
  readonly input: Readonly<Record<string, unknown>>;
  /** The input as it is sent. */
  readonly body: string;
  readonly expect?: Readonly<Record<string, unknown>>;
  readonly label?: string;
}

/** What is wrong with a golden file. Says nothing of what is in it: it may be a file that nobody meant to show. */
export interface GoldenFault {
  readonly seen: string;
  readonly allowed: string;
  readonly cure: string;
}

/** What stands in a file of golden requests, or what is wrong with it. */
export interface GoldenFile {
  /** None when there are faults. */
  readonly requests: readonly GoldenRequest[];
  readonly faults: readonly GoldenFault[];
}

/** Largest golden file in bytes. */
const MOST_BYTES = 16 * 1024 * 1024;
const MOST_REQUESTS = 100_000;

const anObject = z.record(z.string(), z.unknown());
const goldenLine = z.strictObject({
  input: anObject,
  expect: anObject.exactOptional(),
  label: z.string().exactOptional(),
});

/** Why a line is none, by the field it fails at. */
const lineFaults = {
  json: "that are no JSON",
  line: 'that are no object of "input" and perhaps "expect" and "label"',
  input: 'without an object "input"',
  expect: 'with an "expect" that is no object',
  label: 'with a "label" that is no text',
} as const;
type LineFault = keyof typeof lineFaults;

/**
 * The golden requests of a file in the project's folder, or everything that is wrong with it. Opens nothing but a regular
 * file, so that a pipe or a device is an answer and not a wait.
 */
export async function readGolden(projectDir: string, path: string): Promise<GoldenFile> {
  const content = await readInside(projectDir, path);
  if (typeof content !== "string") return { requests: [], faults: [content] };
  const lines = content.split("\n").flatMap((text, index) => (text.trim() === "" ? [] : [{ text, line: index + 1 }]));
  if (lines.length === 0) return { requests: [], faults: [faultOf(path, "with no golden request in it")] };
  if (lines.length > MOST_REQUESTS) return { requests: [], faults: [faultOf(path, `with ${lines.length} lines`)] };
  const parsed = lines.map(parseLine);
  const faults = Object.entries(lineFaults).flatMap(([fault, text]) => {
    const at = parsed.flatMap((each) => ("fault" in each && each.fault === fault ? [each.line] : []));
    return at.length === 0 ? [] : [faultOf(path, `with ${countOf(at.length, "line")} ${text} (${renderLines(at)})`)];
  });
  return { requests: faults.length > 0 ? [] : parsed.flatMap((each) => ("fault" in each ? [] : [each])), faults };
}

/** `line 3`, `lines 3, 4, 5 and 57 more`. */
export function renderLines(lines: readonly number[]): string {
  const shown = lines.slice(0, 3).join(", ");
  const more = lines.length > 3 ? ` and ${lines.length - 3} more` : "";
  return `${lines.length === 1 ? "line" : "lines"} ${shown}${more}`;
}

const countOf = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;

function faultOf(path: string, seen: string): GoldenFault {
  return {
    seen: `${JSON.stringify(path)}, ${seen}`,
    allowed: `a regular file inside the project, of at most ${MOST_BYTES / 1024 / 1024} MiB and ${MOST_REQUESTS} requests: one JSON object {"input", "expect", "label"} a line`,
    cure: "Correct the path, or write the file; docs/model-format.md shows its lines.",
  };
}

async function readInside(projectDir: string, path: string): Promise<string | GoldenFault> {
  try {
    const top = await realpath(projectDir);
    const file = await realpath(resolve(top, path));
    if (!file.startsWith(top.endsWith(sep) ? top : `${top}${sep}`)) {
      return faultOf(path, "which leads out of the project's folder");
    }
    // Before it is opened: opening a device may do something.
    if (!(await lstat(file)).isFile()) return faultOf(path, `which is no file in ${projectDir}`);
    const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
    try {
      return await readRegular(handle, path);
    } finally {
      await handle.close();
    }
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (code === "ENOENT" || code === "ENOTDIR") return faultOf(path, `which is no file in ${projectDir}`);
    if (/^E[A-Z]+$/.test(code)) return faultOf(path, `which cannot be read (${code})`);
    throw error;
  }
}

async function readRegular(handle: FileHandle, path: string): Promise<string | GoldenFault> {
  const found = await handle.stat();
  if (!found.isFile()) return faultOf(path, "which is no regular file");
  if (found.size > MOST_BYTES) return faultOf(path, `which has ${found.size} bytes`);
  // As many as it said it has: a file that grows meanwhile is cut.
  const bytes = Buffer.alloc(found.size);
  const { bytesRead } = await handle.read(bytes, 0, found.size, 0);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(0, bytesRead));
  } catch {
    return faultOf(path, "which is no UTF-8 text");
  }
}

function parseLine({
  text,
  line,
}: {
  readonly text: string;
  readonly line: number;
}): GoldenRequest | { readonly fault: LineFault; readonly line: number } {
  try {
    const { data, error } = goldenLine.safeParse(JSON.parse(text));
    // Writing it down throws when it is nested deeper than the stack.
    if (data !== undefined) return { ...data, line, body: JSON.stringify(data.input) };
    const at = error.issues[0]?.path[0];
    return { line, fault: at === "input" || at === "expect" || at === "label" ? at : "line" };
  } catch {
    return { line, fault: "json" };
  }
}
