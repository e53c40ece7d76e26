import { existsSync } from "node:fs";
import { withContent } from "../../../sources/content.ts";
import { loadSource, type SourcePart } from "../../../sources/load-source.ts";
import { removeArtifact, storeArtifact, verifyArtifact } from "../state-folder/artifacts.ts";
import type { StateFolder } from "../state-folder/folder.ts";
import { artifactPath } from "../state-folder/paths.ts";
import { listSpecNames } from "../supervisor/process-names.ts";
import { readSpec } from "../supervisor/process-spec.ts";
import type { LocalInputs, LocalKind } from "./local-kind.ts";
import { requireRecord } from "./retirement.ts";

/** What is asked of the files of one content. */
export interface ArtifactInputs extends LocalInputs {
  /** Where the files come from. */
  readonly source: SourcePart;
  /** The project's folder, absolute: sources may be relative to it. */
  readonly projectDir: string;
  /** The content that the source must have. */
  readonly content: string;
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
  replaces: ["stateDir", "content"],
  isShared: true,
  ignores: ["source", "projectDir", "model", "version"],
  nameOf: ({ content }) => content,
  upgrade: withContent,

  async create(folder, inputs) {
    const source = await loadSource(inputs.source, { root: inputs.projectDir });
    await inTurn(() => storeArtifact(folder, source, inputs.content));
    return { ...inputs, path: artifactPath(inputs.content) };
  },

  read: async (folder, state) => ((await verifyArtifact(folder, state.content)) ? state : undefined),

  stands: (folder, { content }) => existsSync(folder.path(artifactPath(content))),

  async delete(folder, state) {
    // Two versions may have the same content.
    if (isServed(folder, state.path)) return;
    await requireRecord(folder, state);
    await removeArtifact(folder, state.content);
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
