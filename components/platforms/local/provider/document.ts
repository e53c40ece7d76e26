import { existsSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { writeAtomic } from "../../../host/atomic-file.ts";
import { errorCode } from "../../../host/host-error.ts";
import { withoutHash } from "../../../sources/content.ts";
import type { StateFolder } from "../state-folder/folder.ts";
import { documentPath } from "../state-folder/paths.ts";
import type { LocalInputs, LocalKind } from "./local-kind.ts";

/** What is asked of a text file. */
export interface DocumentInputs extends LocalInputs {
  /** File name in the folder `documents` of the state folder. */
  readonly name: string;
  /** Its text, as a whole. */
  readonly content: string;
}

/** What the engine keeps of it. */
export interface DocumentState extends DocumentInputs {
  /** Relative to the state folder. */
  readonly path: string;
}

/** A text file for people or for a monitoring system; one that was changed by hand is written again. */
export const document: LocalKind<DocumentInputs, DocumentState> = {
  replaces: ["stateDir", "name"],
  nameOf: ({ name }) => name,
  upgrade: withoutHash,

  create: write,

  async read(folder, state) {
    try {
      return { ...state, content: await readFile(folder.path(documentPath(state.name)), "utf8") };
    } catch (error) {
      if (errorCode(error) === "ENOENT") return undefined;
      throw error;
    }
  },

  stands: (folder, { name }) => existsSync(folder.path(documentPath(name))),

  update: write,

  async delete(folder, state) {
    await rm(folder.path(documentPath(state.name)), { force: true });
  },
};

async function write(folder: StateFolder, inputs: DocumentInputs): Promise<DocumentState> {
  const path = documentPath(inputs.name);
  writeAtomic(folder.path(path), inputs.content);
  return { ...inputs, path };
}
