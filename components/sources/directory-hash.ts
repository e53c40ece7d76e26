import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { hashOfList, type ListedFile, renderFileList } from "./file-list.ts";

/** One file of a version's content. */
export interface HashedFile extends ListedFile {
  readonly bytes: number;
}

/** A directory holds something whose content cannot be pinned. */
export class UnhashableError extends Error {
  override readonly name = "UnhashableError";
}

/**
 * The hash that pins a version's content. For each file below the directory, in ascending byte order of its path in UTF-8,
 * one line `<sha256 of its bytes>  <path>\n`; the hash is the sha256 of these lines. For paths without a newline or a backslash that is
 * `find . -type f | sed 's|^\./||' | LC_ALL=C sort | xargs -d '\n' sha256sum | sha256sum`.
 * Names and bytes count; modes, times and empty directories do not. Files are read as streams.
 * @throws UnhashableError for a symbolic link, a socket, a device, a name with a newline or a backslash, or a directory without files.
 */
export async function hashDirectory(directory: string): Promise<string> {
  return hashOfFiles(await listDirectory(directory));
}

/** The path of every file below a directory, in the order of `hashDirectory`; none is read. @throws UnhashableError as `hashDirectory` */
export async function pathsIn(directory: string): Promise<readonly string[]> {
  const paths = (await filesBelow(directory, "")).sort(byBytes);
  if (paths.length === 0) throw new UnhashableError(`${directory} holds no file`);
  return paths;
}

/** Ascending byte order in UTF-8: how a list is ordered. */
export const byBytes = (one: string, other: string): number => Buffer.compare(Buffer.from(one), Buffer.from(other));

/** Every file below a directory with its own hash, in the order of `hashDirectory`. */
export async function listDirectory(directory: string): Promise<readonly HashedFile[]> {
  const files: HashedFile[] = [];
  for (const path of await pathsIn(directory)) files.push({ path, ...(await hashFile(join(directory, path))) });
  return files;
}

/** The hash of a directory from the hashes of its files, in their order. */
export const hashOfFiles = (files: readonly ListedFile[]): string => hashOfList(renderFileList(files));

async function filesBelow(directory: string, prefix: string): Promise<string[]> {
  // lstat, because readdir follows the directory itself when it is a link.
  if (prefix === "" && !(await lstat(directory)).isDirectory())
    throw new UnhashableError(`${directory} is not a directory`);
  const entries = await readdir(join(directory, prefix), { withFileTypes: true });
  const paths: string[] = [];
  for (const entry of entries) {
    const path = `${prefix}${entry.name}`;
    if (/[\n\r\\]/.test(entry.name))
      throw new UnhashableError(`${join(directory, path)}: a newline or a backslash in a name`);
    if (entry.isDirectory()) paths.push(...(await filesBelow(directory, `${path}/`)));
    else if (entry.isFile()) paths.push(path);
    else
      throw new UnhashableError(
        `${join(directory, path)} is ${entry.isSymbolicLink() ? "a symbolic link" : "not a regular file"}`,
      );
  }
  return paths;
}

/** The hash of one file, and how long it is. @param beside is given the same bytes */
export async function hashFile(
  path: string,
  beside?: Hash,
): Promise<{ readonly hash: string; readonly bytes: number }> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    beside?.update(chunk);
    bytes += chunk.length;
  }
  return { hash: hash.digest("hex"), bytes };
}
