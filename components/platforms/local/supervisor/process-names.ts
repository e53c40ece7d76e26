import { readdirSync } from "node:fs";
import { errorCode } from "../../../host/host-error.ts";
import type { StateFolder } from "../state-folder/folder.ts";
import { directories, isName } from "../state-folder/paths.ts";

const specSuffix = ".json";
const statusSuffix = ".status.json";

/** Whether a file says that a process is wanted. */
export const isSpecFile = (file: string): boolean =>
  file.endsWith(specSuffix) && !file.endsWith(statusSuffix) && !file.startsWith(".");

const isStatusFile = (file: string): boolean => file.endsWith(statusSuffix) && !file.startsWith(".");

/** The names of all processes that are wanted. */
export const listSpecNames = (folder: StateFolder): readonly string[] =>
  listFiles(folder)
    .filter(isSpecFile)
    .map((file) => file.slice(0, -specSuffix.length))
    .filter(isName);

/** The names of all processes that a supervisor knows, or knew. */
export const listStatusNames = (folder: StateFolder): readonly string[] =>
  listFiles(folder)
    .filter(isStatusFile)
    .map((file) => file.slice(0, -statusSuffix.length))
    .filter(isName);

function listFiles(folder: StateFolder): readonly string[] {
  try {
    return readdirSync(folder.path(directories.processes));
  } catch (error) {
    // Whoever removes the folder wants nothing of it to run on.
    if (errorCode(error) === "ENOENT") return [];
    throw error;
  }
}
