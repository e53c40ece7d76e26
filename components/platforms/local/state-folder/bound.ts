import { readJson, writeJsonAtomic } from "../../../host/atomic-file.ts";
import { type ProcessIdentity, processIdentitySchema } from "../../../host/process-identity.ts";
import type { StateFolder } from "./folder.ts";
import { boundFile } from "./paths.ts";

/** Binds a folder to a process: once that is gone, what runs from the folder is ended, and the folder goes. */
export const bindTo = (folder: StateFolder, owner: ProcessIdentity): void =>
  writeJsonAtomic(folder.path(boundFile), owner);

/** The process that a folder is there for; undefined when it is there for good. */
export const boundTo = (folder: StateFolder): ProcessIdentity | undefined =>
  readJson(folder.path(boundFile), processIdentitySchema);
