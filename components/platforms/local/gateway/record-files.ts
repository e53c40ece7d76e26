import { copyFileSync, existsSync, readFileSync, renameSync, rmSync } from "node:fs";
import { basename } from "node:path";
import { writeJsonAtomic } from "../../../host/atomic-file.ts";
import { errorCode, HostError } from "../../../host/host-error.ts";

/** The format this code reads and writes. */
export const FORMAT = 2;

/** Every record says by which rules it was written. */
export interface Formatted {
  readonly format: number;
}

/** Throws when a record is not what this gateway works with. */
export type Check<Document> = (record: unknown) => Document;

/** What stood in the files of a record, and what is lost of it. */
export interface Recovered<Document> {
  readonly record?: Document;
  /** In words for people; absent when nothing is. */
  readonly loss?: string;
}

type Reading<Document> =
  | { readonly kind: "none" }
  | { readonly kind: "record"; readonly record: Document; readonly format: number }
  | { readonly kind: "damaged"; readonly why: string; readonly error: unknown };

/** These pass: a program that starts again reads the file after all. */
const TRANSIENT = new Set(["EMFILE", "ENFILE", "ENOMEM"]);

/** Each record stands twice, so that one damaged file loses nothing. */
const copyOf = (path: string): string => `${path}.copy`;

/** Writes a record and its copy. */
export function writeRecord(path: string, record: Formatted): void {
  writeJsonAtomic(path, record);
  writeJsonAtomic(copyOf(path), record);
}

/** Removes a record, its copy first: what is left of a removal is not taken for a loss. */
export function removeRecord(path: string): void {
  rmSync(copyOf(path), { recursive: true, force: true });
  rmSync(path, { recursive: true, force: true });
}

/**
 * Reads a record for somebody who only looks; undefined when there is none.
 * @throws HostError when there is one and neither it nor its copy can be read: it is never taken for none.
 */
export function readRecord<Document>(path: string, check: Check<Document>): Document | undefined {
  const first = read(path, check);
  const found = first.kind === "record" ? first : read(copyOf(path), check);
  if (found.kind === "record") {
    if (found.format <= FORMAT) return found.record;
    throw new HostError({
      path,
      seen: `format ${found.format} was written by a newer version`,
      allowed: `format ${FORMAT}`,
      cure: "Install the newer version.",
    });
  }
  if (first.kind === "none" && found.kind === "none") return undefined;
  const { why, error } = first.kind === "damaged" ? first : (found as Extract<Reading<Document>, { kind: "damaged" }>);
  throw new HostError(
    {
      path,
      seen: `it cannot be read (${why})`,
      allowed: "the record that the gateway writes",
      cure: "Make it readable for its owner, or close what keeps too many files open, and run the same again. A damaged one is set aside when the gateway starts: `mlc doctor` says more.",
    },
    { cause: error },
  );
}

/**
 * Reads a record for the gateway, which has to serve whatever stands there: the copy replaces what is damaged, and what
 * cannot be used is set aside as `<name>.damaged`.
 * @throws HostError when the system lacks something for the moment
 */
export function recoverRecord<Document extends object>(path: string, check: Check<Document>): Recovered<Document> {
  const name = basename(path);
  const first = read(path, check, { refusesTransient: true });
  if (first.kind === "record" && first.format <= FORMAT) {
    if (!existsSync(copyOf(path))) copyFileSync(path, copyOf(path));
    return { record: first.record };
  }
  const copy = read(copyOf(path), check, { refusesTransient: true });
  if (first.kind === "none" && copy.kind === "none") return {};
  const why = first.kind === "damaged" ? first.why : first.kind === "none" ? "it was gone" : newer(first.format);
  setAside(path);
  if (copy.kind === "record" && copy.format <= FORMAT) {
    writeJsonAtomic(path, copy.record);
    return { record: copy.record, loss: `${name} could not be used (${why}); its copy is used, nothing is lost` };
  }
  setAside(copyOf(path));
  if (first.kind === "record") {
    return {
      record: { ...first.record, format: FORMAT },
      loss: `${name}: ${why}; what this version understands is used`,
    };
  }
  return { loss: `${name} is lost (${why})` };
}

const newer = (format: number): string => `format ${format} was written by a newer version`;

/** Keeps a file that cannot be used for whoever wants to look at it. The newest one only. */
export function setAside(path: string): void {
  const aside = `${path}.damaged`;
  rmSync(aside, { recursive: true, force: true });
  if (existsSync(path)) renameSync(path, aside);
}

function read<Document>(
  path: string,
  check: Check<Document>,
  { refusesTransient = false }: { readonly refusesTransient?: boolean } = {},
): Reading<Document> {
  try {
    const record: unknown = JSON.parse(readFileSync(path, "utf8"));
    const format = typeof record === "object" && record !== null && "format" in record ? record.format : undefined;
    if (typeof format !== "number") throw new Error("it has no format");
    return { kind: "record", record: check(record), format };
  } catch (error) {
    const code = errorCode(error);
    if (code === "ENOENT") return { kind: "none" };
    const why = error instanceof Error ? error.message.slice(0, 200) : String(error);
    if (refusesTransient && code !== undefined && TRANSIENT.has(code)) {
      throw new HostError(
        { path, seen: why, allowed: "a file that can be read", cure: "Close what keeps too many files open." },
        { cause: error },
      );
    }
    return { kind: "damaged", why, error };
  }
}
