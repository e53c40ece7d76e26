import { createHash } from "node:crypto";
import type { HashedFile } from "./directory-hash.ts";

/** A file of a list: its hash and its path. */
export type ListedFile = Pick<HashedFile, "path" | "sha256">;

/**
 * The list whose hash is the pin, a line `<sha256>  <path>` for each file: what `sha256sum` writes, and what
 * `sha256sum --check` reads in the directory. Kept beside the document it certifies itself.
 */
export const renderFileList = (files: readonly ListedFile[]): string =>
  files.map(({ sha256, path }) => `${sha256}  ${path}\n`).join("");

/** The files of a list; undefined when it is not the list of this content. */
export function parseFileList(text: string, content: string): readonly ListedFile[] | undefined {
  if (createHash("sha256").update(text).digest("hex") !== content) return undefined;
  return text
    .split("\n")
    .slice(0, -1)
    .map((line) => ({ sha256: line.slice(0, 64), path: line.slice(66) }));
}

/** What differs between the files that are wanted and those that are there, a sentence each; empty when nothing does. */
export function differencesOf(wanted: readonly ListedFile[], found: readonly ListedFile[]): readonly string[] {
  const [before, now] = [wanted, found].map((files) => new Map(files.map(({ path, sha256 }) => [path, sha256])));
  return [
    ...wanted.flatMap(({ path, sha256 }) => {
      const seen = now?.get(path);
      if (seen === undefined) return [`${path} is missing`];
      return seen === sha256 ? [] : [`${path} was changed`];
    }),
    ...found.filter(({ path }) => before?.has(path) !== true).map(({ path }) => `${path} was added`),
  ];
}
