import { createHash } from "node:crypto";

/** A file of a list. */
export interface ListedFile {
  /** Relative to the directory, with forward slashes. */
  readonly path: string;
  /** Of the file's bytes, 64 lower-case hex digits. */
  readonly hash: string;
}

/**
 * The list whose hash is the pin, a line `<sha256>  <path>` for each file: what `sha256sum` writes, and what
 * `sha256sum --check` reads in the directory. Kept beside the document it certifies itself.
 */
export const renderFileList = (files: readonly ListedFile[]): string =>
  files.map(({ hash, path }) => `${hash}  ${path}\n`).join("");

/** The hash of a list: the pin of the content that it lists. */
export const hashOfList = (text: string): string => createHash("sha256").update(text).digest("hex");

/** The files of a list; undefined when it is not the list of this content. */
export function parseFileList(text: string, content: string): readonly ListedFile[] | undefined {
  if (hashOfList(text) !== content) return undefined;
  return text
    .split("\n")
    .slice(0, -1)
    .map((line) => ({ hash: line.slice(0, 64), path: line.slice(66) }));
}

/** What differs between the files that are wanted and those that are there, a sentence each; empty when nothing does. */
export function differencesOf(wanted: readonly ListedFile[], found: readonly ListedFile[]): readonly string[] {
  const [before, now] = [wanted, found].map((files) => new Map(files.map(({ path, hash }) => [path, hash])));
  return [
    ...wanted.flatMap(({ path, hash }) => {
      const seen = now?.get(path);
      if (seen === undefined) return [`${path} is missing`];
      return seen === hash ? [] : [`${path} was changed`];
    }),
    ...found.filter(({ path }) => before?.has(path) !== true).map(({ path }) => `${path} was added`),
  ];
}
