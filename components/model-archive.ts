import type * as pulumi from "@pulumi/pulumi";
import type { ArchiveStore } from "./archives/archive-store.ts";
import { LifecycleComponent, type Tags, tagsOf } from "./kit/index.ts";
import type { ResolvedRelease } from "./release/index.ts";

/** What a `ModelArchive` is made from. */
export interface ModelArchiveArgs {
  /** The release that has, or had, the version. What it says of traffic changes nothing here. */
  readonly release: ResolvedRelease;
  /** The version to keep, also one that is in `versions` no more: its archive says what it held. Changing it makes another archive. */
  readonly version: string;
  /** Where the copy is kept: `localArchive()`. Another store makes another archive, and never touches what serves. */
  readonly store: ArchiveStore;
  /**
   * Days from its making in which nobody can delete the archive: a `destroy`, or an `up` without it, ends with an error.
   * More extend it in place, fewer change nothing. @default 0: nothing is locked, and deleting leaves the archive on disk
   */
  readonly retentionDays?: number;
  /** Why it is kept; stands in the manifest. @default "archived" */
  readonly reason?: string;
  /** What must exist before the copy is made. @default - none */
  readonly after?: readonly pulumi.Resource[];
  /** Tags for every resource below, beside `model`, `owner` and `managed-by`. A change updates in place. @default {} */
  readonly tags?: Tags;
}

/**
 * Keeps a version's files with a manifest of their hashes, locked for a time.
 *
 * @example new ModelArchive("sentiment-v1", { release, version: "v1", store: localArchive() })
 */
export class ModelArchive extends LifecycleComponent {
  /** Where the archive lies. */
  readonly uri: pulumi.Output<string>;
  /** Hash of the manifest that lists every file with its own hash: 64 hex digits. */
  readonly manifestSha256: pulumi.Output<string>;

  constructor(name: string, args: ModelArchiveArgs, opts?: pulumi.ComponentResourceOptions) {
    const { release, version, store, retentionDays = 0, reason = "archived", after = [], tags } = args;
    super("ModelArchive", name, { model: release.model.name, version }, opts);
    const context = { name, parent: this, dependsOn: after, tags: tagsOf(release, tags) };
    const { uri, manifestSha256 } = store.store(context, { release, version, retentionDays, reason });
    this.uri = uri;
    this.manifestSha256 = manifestSha256;
    this.registerOutputs({ uri, manifestSha256 });
  }
}
