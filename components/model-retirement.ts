import type * as pulumi from "@pulumi/pulumi";
import type { ArchiveStore } from "./archives/archive-store.ts";
import { LifecycleComponent, type Tags } from "./kit/index.ts";
import { ModelArchive } from "./model-archive.ts";
import type { ModelEndpoint } from "./model-endpoint.ts";
import type { ResolvedRelease } from "./release/index.ts";

/** What a `ModelRetirement` is made from. */
export interface ModelRetirementArgs {
  /** Each phase of `retirement` is one edit: deprecated (answers carry the date), archived (a verified copy is kept), retired (410). */
  readonly release: ResolvedRelease;
  /** Who serves the versions until they are retired. */
  readonly endpoint: ModelEndpoint;
  /** Where the copies are kept: `localArchive()`. Another store makes other archives, and never touches what serves. */
  readonly store: ArchiveStore;
  /** Days from its making in which nobody can delete an archive; see `ModelArchiveArgs`. @default 0: nothing is locked, and deleting leaves the archive on disk */
  readonly retentionDays?: number;
  /** Tags for every resource below, beside `model`, `owner` and `managed-by`. A change updates in place. @default {} */
  readonly tags?: Tags;
}

/**
 * Takes versions out of service without losing the record: a version is archived before its server may go.
 *
 * @example new ModelRetirement("sentiment-retirement", { release, endpoint, store: localArchive() })
 */
export class ModelRetirement extends LifecycleComponent {
  /** Archives by version. */
  readonly archives: Readonly<Record<string, ModelArchive>>;

  constructor(name: string, args: ModelRetirementArgs, opts?: pulumi.ComponentResourceOptions) {
    const { release, endpoint, store, retentionDays = 0, tags = {} } = args;
    super("ModelRetirement", name, { model: release.model.name }, opts);
    const kept = Object.entries(release.retirement).filter(([, { phase }]) => phase !== "deprecated");
    this.archives = Object.fromEntries(
      kept.map(([version, { successor }]) => [
        version,
        new ModelArchive(
          `${name}-${version}`,
          {
            release,
            version,
            store,
            retentionDays,
            reason: `superseded by ${successor}`,
            // Also the route, so that a record that may not go yet stops a destroy while the endpoint still serves.
            after: [endpoint.nodes.route, ...(endpoint.nodes.variants[version] ?? [])],
            tags,
          },
          { parent: this },
        ),
      ]),
    );
    this.registerOutputs({ archives: Object.keys(this.archives) });
  }
}
