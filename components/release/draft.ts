import { closest } from "./closest.ts";
import { type PathSegment, renderList } from "./problems.ts";

/** Notes one problem. @param path inside the document */
export type Report = (path: readonly PathSegment[], seen: string, allowed: string, cure: string) => void;

/** A section of which nothing is known. */
export type Loose = Readonly<Record<string, unknown>>;

/** A release of which nothing is known but that its sections, where they are sections, can be looked into. */
export interface Draft {
  readonly platform: Loose;
  readonly versions: Loose;
  readonly rollout: Loose;
  readonly retirement: Loose;
  readonly archive: Loose;
  readonly monitor: Loose;
  readonly modelRegistry: Loose;
  readonly consumers: readonly unknown[];
}

/** The sections of a document that may be malformed anywhere. */
export function readDraft(data: unknown): Draft {
  const release = looseOf(data);
  return {
    platform: looseOf(release.platform),
    versions: looseOf(release.versions),
    rollout: looseOf(release.rollout),
    retirement: looseOf(release.retirement),
    archive: looseOf(release.archive),
    monitor: looseOf(release.monitor),
    modelRegistry: looseOf(release.modelRegistry),
    consumers: listOf(release.consumers),
  };
}

/** A section to look into; empty for what is none. */
export function looseOf(value: unknown): Loose {
  const section = typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
  // Without a prototype, a version called "constructor" is as unknown as any other.
  return Object.assign(Object.create(null) as Record<string, unknown>, section);
}

/** A list to go through; empty for what is none. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A text; undefined for anything else. */
export function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** How far a version is on its way out; undefined when it is not, or its entry is malformed. */
export function phaseOf(draft: Draft, version: string): string | undefined {
  return textOf(looseOf(draft.retirement[version]).phase);
}

/** The versions that can take traffic for as long as anybody wants: deployed, and not on their way out. */
export function lastingVersions(draft: Draft): string[] {
  return Object.keys(draft.versions).filter((version) => !(version in draft.retirement));
}

/** Reports a name that is none of the versions, with the one that was meant. */
export function reportUnknown(
  draft: Draft,
  report: Report,
  path: readonly PathSegment[],
  version: string,
  known: readonly string[],
): void {
  // A document without any version has that one problem, not one for each name.
  if (Object.keys(draft.versions).length === 0) return;
  const meant = closest(version, known);
  report(
    path,
    `${JSON.stringify(version)}, which is not in versions`,
    known.length > 0 ? `one of ${renderList(known)}` : "a version that stands in versions",
    meant ? `Did you mean ${meant}?` : `Name one of these, or add ${version} to versions.`,
  );
}
