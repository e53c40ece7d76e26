import type * as pulumi from "@pulumi/pulumi";
import type { Tags } from "../kit/index.ts";
import type { ResolvedArchive, ResolvedRelease } from "../release/index.ts";

export interface ArchiveContext {
  /** Logical name of the archive; every child's name starts with it. */
  readonly name: string;
  readonly parent: pulumi.ComponentResource;
  /** What must exist before the copy is made: the version's files. */
  readonly dependsOn: readonly pulumi.Resource[];
  /** For every resource that can carry them. */
  readonly tags: Tags;
}

export interface ArchivePlan {
  readonly release: ResolvedRelease;
  readonly version: string;
  /** Days in which nobody can delete the archive. */
  readonly retentionDays: number;
  readonly reason: string;
}

export interface ArchiveHandle {
  /** Where the archive lies. */
  readonly uri: pulumi.Output<string>;
  /** Hash of the manifest that lists every file with its own hash. */
  readonly manifestSha256: pulumi.Output<string>;
}

/** Where archives are kept. Made by a factory: `localArchive()`. */
export interface ArchiveStore {
  store(context: ArchiveContext, plan: ArchivePlan): ArchiveHandle;
}

/** Makes the store that a release names by `archive`; `load.ts` of a kind's folder exports it as `load`. */
export type LoadStore<Part = ResolvedArchive> = (part: Part) => ArchiveStore;
