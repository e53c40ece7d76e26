import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { writeAtomic } from "../../../host/atomic-file.ts";
import { errorCode } from "../../../host/host-error.ts";
import { findStateFolder, openStateFolder } from "../state-folder/folder.ts";
import { documentPath } from "../state-folder/paths.ts";
import type { LocalInputs, ResourceKind } from "./resource-kind.ts";

export interface DocumentInputs extends LocalInputs {
  /** File name in the folder `documents` of the state folder. */
  readonly name: string;
  readonly content: string;
}

export interface DocumentState extends DocumentInputs {
  readonly path: string;
  readonly sha256: string;
}

export const document: ResourceKind<DocumentInputs, DocumentState> = {
  replaces: ["stateDir", "name"],
  nameOf: ({ name }) => name,

  create: write,

  async read(state) {
    const folder = findStateFolder(state.stateDir);
    if (folder === undefined) return undefined;
    try {
      return { ...state, content: await readFile(folder.path(documentPath(state.name)), "utf8") };
    } catch (error) {
      if (errorCode(error) === "ENOENT") return undefined;
      throw error;
    }
  },

  stands: (folder, { name }) => existsSync(folder.path(documentPath(name))),

  update: write,

  async delete(state) {
    const folder = openStateFolder(state.stateDir);
    await rm(folder.path(documentPath(state.name)), { force: true });
  },
};

async function write(inputs: DocumentInputs): Promise<DocumentState> {
  const folder = openStateFolder(inputs.stateDir);
  const path = documentPath(inputs.name);
  writeAtomic(folder.path(path), inputs.content);
  return { ...inputs, path, sha256: createHash("sha256").update(inputs.content).digest("hex") };
}
