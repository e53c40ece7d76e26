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
  readonly pathOf: (hash: string) => string;
  /** Whether it is there; one whose bytes are others by now is removed. */
  readonly holds: (hash: string) => Promise<boolean>;
  /** Where a download is written that is not whole yet, and what is kept beside it. */
  readonly partOf: (key: string) => { readonly file: string; readonly tag: string; readonly claim: string };
  /** Moves a whole download to its place. */
  readonly keep: (file: string, hash: string) => void;
  /** What the bytes behind a mark were the last time. */
  readonly knownAs: (key: string) => string | undefined;
  readonly rememberAs: (key: string, hash: string) => void;
  /** The list that a content is the hash of. */
  readonly listOf: (content: string) => readonly ListedFile[] | undefined;
  readonly keepList: (files: readonly ListedFile[]) => void;
}

/** @param root @default `${XDG_CACHE_HOME:-~/.cache}/model-lifecycle/contents` */
export function openContentStore(root: string = cacheFolder(process.env, "contents")): ContentStore {
  const pathOf = (hash: string) => join(root, "files", hash.slice(0, 2), hash);
  const inFolder = (folder: string, name: string) => {
    mkdirSync(join(root, folder), { recursive: true, mode: 0o700 });
    return join(root, folder, name);
  };
  return {
    pathOf,
    async holds(hash) {
      const path = pathOf(hash);
      try {
        if ((await hashFile(path)).hash === hash) return true;
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
    keep(file, hash) {
      const path = pathOf(hash);
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
    rememberAs: (key, hash) => writeAtomic(inFolder("known", key), hash),
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
