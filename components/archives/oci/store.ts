import * as pulumi from "@pulumi/pulumi";
import { refusal } from "../../kit/index.ts";
import type { ArchiveStore } from "../archive-store.ts";
import type { ArchiveInputs } from "./provider/archive.ts";

/** An image that is kept, in a registry. */
class Archive extends pulumi.CustomResource {
  declare readonly uri: pulumi.Output<string>;
  declare readonly manifestSha256: pulumi.Output<string>;

  constructor(name: string, args: ArchiveInputs, opts: pulumi.CustomResourceOptions) {
    super("model-lifecycle-oci:index:Archive", name, { uri: undefined, manifestSha256: undefined, ...args }, opts);
  }
}

/** What an archive in a registry is made from. */
export interface OciArchiveSettings {
  /** Registry and repository: `registry.example/archive/sentiment`. Another one makes new archives, and leaves those that stand. */
  readonly repository: string;
}

/**
 * Keeps versions that are images, each under the tag `<model>-<version>` of a repository, with all its processors, layers,
 * signatures and lists of parts. Nothing is ever deleted there: `pulumi destroy` takes the archive out of the stack alone.
 * How long the registry keeps it, and whether others may delete it, its own rules say.
 *
 * @example new ModelRetirement("sentiment-retirement", { release, endpoint, store: ociArchive({ repository: "registry.example/archive/sentiment" }) })
 * @throws pulumi.RunError for a version that is no image, and for `retentionDays`, which no registry is asked for
 */
export const ociArchive = ({ repository }: OciArchiveSettings): ArchiveStore => ({
  store({ name, parent, dependsOn }, { release, version, retentionDays, reason }) {
    const { origin, model, versions } = release;
    const { source, deployed = false } = versions[version] ?? {};
    if (retentionDays > 0) {
      throw refusal(
        `retentionDays: seen ${retentionDays}; allowed: 0 where archives are kept in a registry, which nothing here can lock. Take it out, and give ${repository} a rule of its registry that keeps tags from being deleted.`,
      );
    }
    if (source !== undefined && source.kind !== "oci") {
      throw refusal(
        `${origin}.versions.${version}.source.kind: seen "${source.kind}"; allowed: "oci", which is what an archive in a registry keeps. Build an image of the files, push it, and make it another version.`,
      );
    }
    const archive = new Archive(
      `${name}-copy`,
      {
        ...{ repository, model: model.name, version, deployed, reason },
        ...(source && { image: source.image, content: source.content }),
      },
      { parent, dependsOn: [...dependsOn] },
    );
    return { uri: archive.uri, manifestSha256: archive.manifestSha256 };
  },
});
