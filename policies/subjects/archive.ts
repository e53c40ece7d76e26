import type { Found, StackResource, Subject } from "./subject.ts";

const COMPONENT = "model-lifecycle:index:ModelArchive";
/** What a platform's store makes of it. */
const KEPT = /^model-lifecycle-[a-z0-9-]+:index:Archive$/;

/** An archived version as the stack keeps it. */
export interface ArchiveFacts {
  readonly model: string;
  readonly version: string;
  /** Days from its making in which nobody can delete it. With 0 nothing is locked. Absent where that is said elsewhere. */
  readonly retentionDays?: number;
}

const example: ArchiveFacts = { model: "sentiment", version: "v1", retentionDays: 3_650 };

/** What is kept of a version: the resource below each `ModelArchive` that its store made. */
export const archive: Subject<ArchiveFacts> = { title: "archives", find: findArchives, example };

function findArchives(resources: readonly StackResource[]): readonly Found<ArchiveFacts>[] {
  return resources
    .filter(({ type }) => type === COMPONENT)
    .map(({ urn }) => {
      const kept = resources.find(({ type, parent }) => parent === urn && KEPT.test(type));
      return { urn, read: () => (kept === undefined ? { untold } : { facts: factsOf(kept) }) };
    });
}

function factsOf({ outputs }: StackResource): ArchiveFacts {
  const { model, version, retentionDays } = outputs;
  const named = { model: String(model), version: String(version) };
  return retentionDays === undefined ? named : { ...named, retentionDays: Number(retentionDays) };
}

const untold = {
  path: "retentionDays",
  cause: "the store of this ModelArchive makes no resource that tells what is kept and for how long",
  cure: "read the retention where the archive is kept, and switch this rule off for the stack",
};
