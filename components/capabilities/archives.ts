import { archiveKinds } from "../release/kinds.ts";
import type { Delivery } from "../release/resolved.ts";
import type { Capability, ServingPlan, Shortfall } from "./capability.ts";

const words: Readonly<Record<Delivery, string>> = {
  files: "files that are copied",
  image: "images that are pulled",
  claim: "volumes that are mounted",
};

const namesOf = (forms: readonly Delivery[]): string => forms.map((each) => words[each]).join(", ") || "none";

/** What of versions that are served here can be archived: a kind of archive says what it takes. */
export const archives: Capability<readonly Delivery[]> = {
  means:
    "What a version may be so that an archive can be filled with it; each kind of archive says which of these it takes.",
  refuses:
    "A kind of archive that takes none of them, and versions to be archived that are something else than it takes.",
  check(kept, { release }) {
    const { archive } = release;
    const takes = takenBy(archive?.kind);
    if (archive === undefined || takes === undefined) return [];
    if (!takes.some((each) => kept.includes(each))) return [ofNoUse(archive.kind, takes, kept)];
    return unkept(archive.kind, takes, release);
  },
  describe: namesOf,
};

const takenBy = (kind: string | undefined): readonly Delivery[] | undefined =>
  archiveKinds.find((each) => each.kind === kind)?.takes;

function ofNoUse(kind: string, takes: readonly Delivery[], kept: readonly Delivery[]): Shortfall {
  const others = archiveKinds.filter((each) => each.takes?.some((form) => kept.includes(form)) ?? true);
  const named = others.map((each) => `archive: { kind: ${each.kind} }`).join(" or ");
  return {
    path: "archive.kind",
    seen: `"${kind}", which keeps ${namesOf(takes)}`,
    allowed: `a kind that keeps ${namesOf(kept)}`,
    cure: named === "" ? "remove archive" : `write ${named} with its fields, or remove archive`,
  };
}

/** Versions that are to be kept, and are not what the archive takes. */
const unkept = (
  kind: string,
  takes: readonly Delivery[],
  { versions, retirement }: ServingPlan["release"],
): readonly Shortfall[] =>
  Object.entries(retirement).flatMap(([version, { phase }]) => {
    const source = versions[version]?.source;
    if (source === undefined || phase === "deprecated") return [];
    const { delivers = "files" } = source;
    if (takes.includes(delivers)) return [];
    return [
      {
        path: `retirement.${version}.phase`,
        seen: `"${phase}" of a version from ${source.kind}: ${words[delivers]}`,
        allowed: `${namesOf(takes)}, which archive ${kind} keeps,`,
        cure: "keep the version deprecated, or take it out of versions and retirement without an archive",
      },
    ];
  });
