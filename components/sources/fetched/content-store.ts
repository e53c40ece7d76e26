import { createHash } from "node:crypto";
import { chmodSync, closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { writeAtomic } from "../../host/atomic-file.ts";
import { cacheFolder } from "../../host/cache-folder.ts";
import { errorCode } from "../../host/host-error.ts";
import { hashFile } from "../directory-hash.ts";
import { hashOfList, type ListedFile, parseFileList, renderFileList } from "../file-list.ts";

/**
 * Files of this user by the hash of their bytes, shared by versions, stacks and projects. What is in it is whole: a file
 * gets its place when its hash is known. It may be deleted at any time.
 */
export interface ContentStore {
  /** Where a file of these bytes is, or will be. */
  readonly pathOf: (sha256: string) => string;
  /** Whether it is there; one whose bytes are others by now is removed. */
  readonly holds: (sha256: string) => Promise<boolean>;
  /** Where a download is written that is not whole yet, and what is kept beside it. */
  readonly partOf: (key: string) => { readonly file: string; readonly tag: string; readonly claim: string };
  /** Moves a whole download to its place. */
  readonly keep: (file: string, sha256: string) => void;
  /** What the bytes behind a mark were the last time. */
  readonly knownAs: (key: string) => string | undefined;
  readonly rememberAs: (key: string, sha256: string) => void;
  /** The list that a content is the hash of. */
  readonly listOf: (content: string) => readonly ListedFile[] | undefined;
  readonly keepList: (files: readonly ListedFile[]) => void;
}

/** @param root @default `${XDG_CACHE_HOME:-~/.cache}/model-lifecycle/contents` */
export function openContentStore(root: string = cacheFolder(process.env, "contents")): ContentStore {
  const pathOf = (sha256: string) => join(root, "files", sha256.slice(0, 2), sha256);
  const inFolder = (folder: string, name: string) => {
    mkdirSync(join(root, folder), { recursive: true, mode: 0o700 });
    return join(root, folder, name);
  };
  return {
    pathOf,
    async holds(sha256) {
      const path = pathOf(sha256);
      try {
        if ((await hashFile(path)).sha256 === sha256) return true;
        rmSync(path, { force: true });
        return false;
      } catch (error) {
        if (errorCode(error) === "ENOENT") return false;
        throw error;
      }
    },
    partOf: (key) => ({
      file: inFolder("parts", key),
      tag: inFolder("parts", `${key}.tag`),
      claim: inFolder("parts", `${key}.claim`),
    }),
    keep(file, sha256) {
      const path = pathOf(sha256);
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      const opened = openSync(file, "r");
      try {
        fsyncSync(opened);
      } finally {
        closeSync(opened);
      }
      chmodSync(file, 0o444);
      renameSync(file, path);
    },
    knownAs: (key) => readIfThere(inFolder("known", key)),
    rememberAs: (key, sha256) => writeAtomic(inFolder("known", key), sha256),
    listOf(content) {
      const text = readIfThere(inFolder("lists", content));
      return text === undefined ? undefined : parseFileList(text, content);
    },
    keepList(files) {
      const text = renderFileList(files);
      writeAtomic(inFolder("lists", hashOfList(text)), text);
    },
  };
}

/** A name for what these facts say. */
export const keyOf = (...facts: readonly unknown[]): string =>
  createHash("sha256").update(JSON.stringify(facts)).digest("hex");

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}
