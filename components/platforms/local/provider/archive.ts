import { existsSync } from "node:fs";
import { archiveVersion, removeArchive, verifyArchive } from "../state-folder/archive.ts";
import { findStateFolder, openStateFolder } from "../state-folder/folder.ts";
import { archivePath } from "../state-folder/paths.ts";
import type { LocalInputs, ResourceKind } from "./resource-kind.ts";

export interface ArchiveInputs extends LocalInputs {
  readonly model: string;
  readonly version: string;
  readonly sha256: string;
  /** Days from its making in which the archive cannot be deleted. */
  readonly retentionDays: number;
  readonly reason: string;
}

export interface ArchiveState extends ArchiveInputs {
  readonly uri: string;
  readonly manifestSha256: string;
}

export const archive: ResourceKind<ArchiveInputs, ArchiveState> = {
  replaces: ["stateDir", "model", "version", "sha256"],
  isShared: true,
  ignores: ["reason"],
  nameOf: ({ model, version }) => `${model}/${version}`,

  create: make,

  async read(state) {
    const folder = findStateFolder(state.stateDir);
    return folder && (await verifyArchive(folder, state)) ? state : undefined;
  },

  stands: (folder, { model, version }) => existsSync(folder.path(archivePath(model, version))),

  update: make,

  async delete(state) {
    await removeArchive(openStateFolder(state.stateDir), state);
  },
};

/** What is there already stays; its retention gets longer, never shorter. */
async function make(inputs: ArchiveInputs): Promise<ArchiveState> {
  const { uri, manifestSha256 } = await archiveVersion(openStateFolder(inputs.stateDir), inputs);
  return { ...inputs, uri, manifestSha256 };
}
