import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { errorCode } from "../../host/host-error.ts";
import { hashFile } from "../directory-hash.ts";
import type { ContentStore } from "../fetched/content-store.ts";
import { RemoteError, type RemoteFile } from "../fetched/remote.ts";
import { filesIn } from "./store.ts";

const run = promisify(execFile);

/**
 * Unpacks what BentoML exported, and moves its files into the store of this user. Times and owners stand in an archive, so
 * that two of the same files differ: what is pinned is the files.
 * @param archive absolute
 * @throws RemoteError when it is not there, is broken, or is something else
 */
export async function listArchive(archive: string, store: ContentStore): Promise<readonly RemoteFile[]> {
  const folder = mkdtempSync(store.partOf("unpacked-").file);
  try {
    await unpack(archive, folder);
    const paths = await filesIn(folder);
    if (!paths.includes("bento.yaml") && !paths.includes("model.yaml")) {
      throw new RemoteError("there is neither bento.yaml nor model.yaml in it", { code: "NotPacked" });
    }
    const files: RemoteFile[] = [];
    for (const path of paths) files.push(await keptFile(store, path, join(folder, path)));
    return files;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function unpack(archive: string, folder: string): Promise<void> {
  const args = ["-xf", archive, "-C", folder, "--no-same-owner", "--no-same-permissions"];
  try {
    await run("tar", args);
  } catch (error) {
    if (errorCode(error) === "ENOENT") throw new RemoteError("there is no program tar", { code: "NoTar" });
    const said = (error as { readonly stderr?: string }).stderr?.trim().split("\n")[0] ?? "";
    throw new RemoteError(`tar does not unpack it: ${said}`, { code: "Broken", cause: error });
  }
}

async function keptFile(store: ContentStore, path: string, file: string): Promise<RemoteFile> {
  const { hash, bytes } = await hashFile(file);
  if (!(await store.holds(hash))) store.keep(file, hash);
  return { path, bytes, hash, request: () => ({ url: pathToFileURL(store.pathOf(hash)).href }) };
}
