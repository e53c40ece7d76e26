import type { ArchiveStore } from "../../archives/archive-store.ts";
import { type Transform, transformed } from "../../kit/index.ts";
import { stateDirOf } from "./local.ts";
import type { ArchiveInputs } from "./provider/archive.ts";
import { Archive } from "./resources.ts";

export interface LocalArchiveSettings {
  readonly transform?: { readonly archive?: Transform<ArchiveInputs> };
}

/**
 * Keeps archives in the state folder, under `archive/<model>/<version>`, read-only and with a manifest of hashes.
 *
 * `pulumi destroy` leaves them there: the record outlives what it records.
 */
export const localArchive = ({ transform }: LocalArchiveSettings = {}): ArchiveStore => ({
  store({ name, parent, dependsOn, tags }, { release, version, retentionDays, reason }) {
    const { sha256 } = release.versions[version]?.source ?? { sha256: "" };
    const archive = new Archive(
      ...transformed<ArchiveInputs>(
        transform?.archive,
        `${name}-copy`,
        { stateDir: stateDirOf(release), model: release.model.name, version, sha256, retentionDays, reason, tags },
        { parent, dependsOn: [...dependsOn], retainOnDelete: true },
      ),
    );
    return { uri: archive.uri, manifestSha256: archive.manifestSha256 };
  },
});
