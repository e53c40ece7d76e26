import type { VersionNotice } from "../../components/release/resolved.ts";
import { archive } from "./archive.ts";
import type { Found, StackResource, Subject } from "./subject.ts";
import { traffic } from "./traffic.ts";

/** A version on its way out, with what the stack keeps of it. */
export interface NoticeFacts {
  readonly model: string;
  readonly version: string;
  readonly phase: VersionNotice["phase"];
  /** Whether the stack keeps an archive of it; `unknown` where a store does not tell which version it keeps. */
  readonly archived: "yes" | "no" | "unknown";
}

const example: NoticeFacts = { model: "sentiment", version: "v1", phase: "retired", archived: "yes" };

/** Versions of which notice was given: the output `traffic.notices` of every `CanaryRollout`, held against the archives. */
export const notice: Subject<NoticeFacts> = { title: "versions on their way out", find: findNotices, example };

function findNotices(resources: readonly StackResource[]): readonly Found<NoticeFacts>[] {
  const archives = archive.find(resources);
  return traffic.find(resources).flatMap(({ urn, read }): readonly Found<NoticeFacts>[] => {
    const found = read();
    if ("untold" in found) return [{ urn, read: () => found }];
    const { model, notices } = found.facts;
    return Object.entries(notices).map(([version, { phase }]) => ({
      urn,
      read: () => ({ facts: { model, version, phase, archived: isArchived(archives, model, version) } }),
    }));
  });
}

function isArchived(
  archives: ReturnType<typeof archive.find>,
  model: string,
  version: string,
): NoticeFacts["archived"] {
  const read = archives.map((each) => each.read());
  const isKept = read.some((each) => "facts" in each && each.facts.model === model && each.facts.version === version);
  if (isKept) return "yes";
  return read.some((each) => "untold" in each) ? "unknown" : "no";
}
