import { archiveVersion, removeArchive, verifyArchive } from "../state-folder/archive.ts";
import { findStateFolder, openStateFolder } from "../state-folder/folder.ts";
import type { LocalInputs, Placed, ResourceKind } from "./resource-kind.ts";

export interface ArchiveInputs extends LocalInputs {
  readonly model: string;
  readonly version: string;
  readonly sha256: string;
  /** Days from its making in which the archive cannot be deleted. */
  readonly retentionDays: number;
  readonly reason: string;
}

export interface ArchiveState extends ArchiveInputs, Placed {
  readonly uri: string;
  readonly manifestSha256: string;
}

export const archive: ResourceKind<ArchiveInputs, ArchiveState> = {
  replaces: ["stateDir", "model", "version", "sha256"],
  ignores: ["reason"],
  nameOf: ({ model, version }) => `${model}/${version}`,

  async create(inputs) {
    const folder = openStateFolder(inputs.stateDir);
    const { uri, manifestSha256 } = await archiveVersion(folder, inputs);
    return { ...inputs, uri, manifestSha256 };
  },

  async read({ hostId: _, ...state }) {
    const folder = findStateFolder(state.stateDir);
    return folder && (await verifyArchive(folder, state)) ? state : undefined;
  },

  async delete(state) {
    await removeArchive(openStateFolder(state.stateDir), state);
  },
};
