import { closeSync, fstatSync, openSync, readSync } from "node:fs";

/** Bytes of a file, any of them, without the rest. */
export interface ReadableFile {
  readonly bytes: number;
  /** So many from there on; fewer where the file ends. */
  readonly read: (from: number, count: number) => Buffer;
}

/** How long a file of the same content is, by its path; undefined when there is none of that name. */
export type SizeOf = (path: string) => number | undefined;

/** Opens a file for as long as it is looked at. */
export function withFile<Answer>(path: string, look: (file: ReadableFile) => Answer): Answer {
  const opened = openSync(path, "r");
  try {
    return look({
      bytes: fstatSync(opened).size,
      read(from, count) {
        const bytes = Buffer.alloc(count);
        return bytes.subarray(0, readSync(opened, bytes, 0, count, from));
      },
    });
  } finally {
    closeSync(opened);
  }
}
