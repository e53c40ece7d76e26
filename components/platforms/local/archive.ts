import type { ArchiveStore } from "../../archives/archive-store.ts";
import { type Transform, transformed } from "../../kit/index.ts";
import { withoutPin } from "../../sources/load-source.ts";
import { rootOfProject, stateDirOf } from "./places.ts";
import type { ArchiveInputs } from "./provider/archive.ts";
import { Archive } from "./resources.ts";

/** What a program may change of the archive on this machine. */
export interface LocalArchiveSettings {
  /** Changes what an archive's resource is created with. @default - nothing */
  readonly transform?: { readonly archive?: Transform<ArchiveInputs> };
}

/**
 * Keeps archives in the state folder, under `archive/<model>/<version>`, read-only and with a manifest of hashes.
 *
 * Until the retention of one is over nothing removes it: `pulumi destroy`, and an `up` without the component, end with
 * an error that names the date and the way out. After that the archive is removed like any other resource.
 */
export const localArchive = ({ transform }: LocalArchiveSettings = {}): ArchiveStore => ({
  store({ name, parent, dependsOn, tags }, { release, version, retentionDays, reason }) {
    // Of a retired version that has left `versions` the archive itself says what it holds.
    const source = release.versions[version]?.source;
    const archive = new Archive(
      ...transformed<ArchiveInputs>(
        transform?.archive,
        `${name}-copy`,
        {
          ...{ stateDir: stateDirOf(release), model: release.model.name, version, retentionDays, reason, tags },
          ...(source && { content: source.content, source: withoutPin(source), projectDir: rootOfProject() }),
        },
        { parent, dependsOn: [...dependsOn] },
      ),
    );
    return { uri: archive.uri, manifestSha256: archive.manifestSha256 };
  },
});
