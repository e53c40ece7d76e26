import type * as pulumi from "@pulumi/pulumi";
import type { Tags } from "../kit/index.ts";
import type { ResolvedArchive, ResolvedRelease } from "../release/index.ts";

/** Where in a program a version is archived. */
export interface ArchiveContext {
  /** Logical name of the archive; every child's name starts with it. */
  readonly name: string;
  /** The component that archives: the parent of every resource. */
  readonly parent: pulumi.ComponentResource;
  /** What must exist before the copy is made: the version's files. */
  readonly dependsOn: readonly pulumi.Resource[];
  /** For every resource that can carry them. */
  readonly tags: Tags;
}

/** Which version is archived, and how. */
export interface ArchivePlan {
  /** The release that has, or had, the version. */
  readonly release: ResolvedRelease;
  /** The version to keep, also one that is in `versions` no more. */
  readonly version: string;
  /** Days from its making in which nobody can delete the archive: 0 or more. */
  readonly retentionDays: number;
  /** Why it is kept, for the manifest. */
  readonly reason: string;
}

/** What a store made of a version. */
export interface ArchiveHandle {
  /** Where the archive lies. */
  readonly uri: pulumi.Output<string>;
  /** Hash of the manifest that lists every file with its own hash. */
  readonly manifestSha256: pulumi.Output<string>;
}

/** Where archives are kept. Made by a factory: `localArchive()`. */
export interface ArchiveStore {
  /** Creates what keeps one version; called once for each. */
  store(context: ArchiveContext, plan: ArchivePlan): ArchiveHandle;
}

/** What a store may ask of the platform that serves the versions. */
export interface ArchivingPlatform {
  /** Its kind, for messages. */
  readonly kind: string;
  /** The archive that it keeps by itself; absent when it keeps none. */
  readonly archive?: ArchiveStore;
}

/**
 * Makes the store that a release names by `archive`; `load.ts` of a kind's folder exports it as `load`.
 * @throws pulumi.RunError when the platform has not what this kind of archive needs
 */
export type LoadStore<Part = ResolvedArchive> = (part: Part, platform: ArchivingPlatform) => ArchiveStore;
