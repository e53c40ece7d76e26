import { existsSync } from "node:fs";
import { removeArtifact, storeArtifact, verifyArtifact } from "../state-folder/artifacts.ts";
import type { StateFolder } from "../state-folder/folder.ts";
import { artifactPath } from "../state-folder/paths.ts";
import { listSpecNames } from "../supervisor/process-names.ts";
import { readSpec } from "../supervisor/process-spec.ts";
import type { LocalInputs, LocalKind } from "./local-kind.ts";
import { requireRecord } from "./retirement.ts";

/** What is asked of the files of one content. */
export interface ArtifactInputs extends LocalInputs {
  /** Directory with the version's files, absolute. */
  readonly source: string;
  /** The content that the source must have. */
  readonly sha256: string;
  /** Whose files they are: once retired, they go only when their archive is verified. Absent in states of version 0.1.0. */
  readonly model?: string;
  /** Absent with `model`. */
  readonly version?: string;
}

/** What the engine keeps of them. */
export interface ArtifactState extends ArtifactInputs {
  /** The copy, relative to the state folder. */
  readonly path: string;
}

/** The files of a version, copied into the state folder under the hash of their content; versions with one content share them. */
export const artifact: LocalKind<ArtifactInputs, ArtifactState> = {
  replaces: ["stateDir", "sha256"],
  isShared: true,
  ignores: ["source", "model", "version"],
  nameOf: ({ sha256 }) => sha256,

  async create(folder, inputs) {
    await inTurn(() => storeArtifact(folder, inputs.source, inputs.sha256));
    return { ...inputs, path: artifactPath(inputs.sha256) };
  },

  read: async (folder, state) => ((await verifyArtifact(folder, state.sha256)) ? state : undefined),

  stands: (folder, { sha256 }) => existsSync(folder.path(artifactPath(sha256))),

  async delete(folder, state) {
    // Two versions may have the same content.
    if (isServed(folder, state.path)) return;
    await requireRecord(folder, { ...state, content: state.sha256 });
    await removeArtifact(folder, state.sha256);
  },
};

let lastTurn: Promise<void> = Promise.resolve();

/** Stores one artifact at a time, so that of two versions with the same content the second finds it stored. */
function inTurn(store: () => Promise<void>): Promise<void> {
  lastTurn = lastTurn.then(store, store);
  return lastTurn;
}

/** True when a process that is wanted reads its model from there; it does so whenever it starts. */
const isServed = (folder: StateFolder, path: string): boolean =>
  listSpecNames(folder).some((name) => readSpec(folder, name)?.args.includes(path));
