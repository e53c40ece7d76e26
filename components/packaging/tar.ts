import { createReadStream } from "node:fs";

/** What stands in an archive: everything belongs to root, may be read by everybody, and is as old as the epoch. */
export type TarEntry =
  | { readonly path: string; readonly directory: true }
  | { readonly path: string; readonly directory?: never; readonly file: string; readonly bytes: number };

const BLOCK = 512;

/** What eleven octal digits can say of a length. */
const MOST_BYTES = 8 ** 11 - 1;

/**
 * An archive in the format that layers of images have (POSIX.1-2001, pax): the same entries are the same bytes on
 * every machine. https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html#tag_20_92_13
 * @param entries with relative paths, each directory before what is in it
 * @throws Error when a file is not as long as it was
 */
export async function* renderTar(entries: readonly TarEntry[]): AsyncGenerator<Uint8Array, void, undefined> {
  for (const entry of entries) {
    const path = entry.directory ? `${entry.path}/` : entry.path;
    const bytes = entry.directory ? 0 : entry.bytes;
    yield* extended(path, bytes);
    yield headerOf(fits(path) ? path : shortened(path), entry.directory ? "5" : "0", Math.min(bytes, MOST_BYTES));
    if (entry.directory) continue;
    let seen = 0;
    for await (const chunk of createReadStream(entry.file) as AsyncIterable<Buffer>) {
      seen += chunk.length;
      yield chunk;
    }
    if (seen !== bytes) throw new Error(`${entry.file} had ${bytes} bytes and has ${seen}: somebody writes it`);
    yield restOf(bytes);
  }
  yield Buffer.alloc(2 * BLOCK);
}

/** Longer names, and those of other letters, stand in a record of their own. */
const fits = (path: string): boolean => Buffer.byteLength(path) <= 100 && /^[\x20-\x7e]*$/.test(path);

const shortened = (path: string): string => path.replaceAll(/[^\x20-\x7e]/g, "_").slice(-100);

function* extended(path: string, bytes: number): Generator<Uint8Array, void, undefined> {
  const records = [
    ...(fits(path) ? [] : [recordOf("path", path)]),
    ...(bytes > MOST_BYTES ? [recordOf("size", String(bytes))] : []),
  ];
  if (records.length === 0) return;
  const content = Buffer.from(records.join(""));
  yield headerOf("pax", "x", content.length);
  yield content;
  yield restOf(content.length);
}

/** A record begins with its own length, the digits of which count as well. */
function recordOf(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  const bytes = Buffer.byteLength(rest);
  const length = [1, 2, 3, 4, 5]
    .map((digits) => bytes + digits)
    .find((total, index) => String(total).length === index + 1);
  return `${length}${rest}`;
}

function headerOf(path: string, type: "0" | "5" | "x", size: number): Buffer {
  const header = Buffer.alloc(BLOCK);
  const octal = (value: number, digits: number) => `${value.toString(8).padStart(digits, "0")}\0`;
  header.write(path, 0, 100, "latin1");
  header.write(octal(type === "5" ? 0o755 : 0o644, 7), 100);
  header.write(octal(0, 7), 108);
  header.write(octal(0, 7), 116);
  header.write(octal(size, 11), 124);
  header.write(octal(0, 11), 136);
  header.write(" ".repeat(8), 148);
  header.write(type, 156);
  header.write("ustar\u000000", 257, "latin1");
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return header;
}

/** What a content lacks to whole blocks. */
const restOf = (bytes: number): Buffer => Buffer.alloc((BLOCK - (bytes % BLOCK)) % BLOCK);
