import { removeArtifact, storeArtifact, verifyArtifact } from "../state-folder/artifacts.ts";
import { openStateFolder } from "../state-folder/folder.ts";
import { artifactPath } from "../state-folder/paths.ts";
import type { Placed, ResourceKind } from "./resource-kind.ts";

export interface ArtifactInputs {
  readonly stateDir: string;
  /** Directory with the version's files, absolute. */
  readonly source: string;
  /** The content that the source must have. */
  readonly sha256: string;
}

export interface ArtifactState extends ArtifactInputs, Placed {
  readonly path: string;
}

export const artifact: ResourceKind<ArtifactInputs, ArtifactState> = {
  replaces: ["stateDir", "sha256"],
  ignores: ["source"],

  async create(inputs) {
    const folder = openStateFolder(inputs.stateDir);
    await storeArtifact(folder, inputs.source, inputs.sha256);
    return { id: inputs.sha256, state: { ...inputs, path: artifactPath(inputs.sha256) } };
  },

  async read({ hostId: _, ...state }) {
    const folder = openStateFolder(state.stateDir);
    return (await verifyArtifact(folder, state.sha256)) ? state : undefined;
  },

  async delete(state) {
    await removeArtifact(openStateFolder(state.stateDir), state.sha256);
  },
};
