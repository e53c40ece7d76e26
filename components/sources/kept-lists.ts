import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { errorCode } from "../host/host-error.ts";
import { type ListedFile, parseFileList, renderFileList } from "./file-list.ts";

/** Where the list of a content's files is kept beside the document, relative to the project's folder: it certifies itself. */
export const fileListPath = (content: string): string => join("pins", `${content}.files`);

/** The files of a content; undefined when their list is not kept, or not whole: it says what changed, and decides nothing. */
export function readFileListOf(root: string, content: string): readonly ListedFile[] | undefined {
  try {
    return parseFileList(readFileSync(join(root, fileListPath(content)), "utf8"), content);
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return undefined;
  }
}

/** Keeps the list of a content's files. */
export function writeFileListOf(root: string, content: string, files: readonly ListedFile[]): void {
  const path = join(root, fileListPath(content));
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, renderFileList(files));
}
