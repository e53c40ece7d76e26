import type { Rule } from "../../rule.ts";
import { archive } from "../../subjects/archive.ts";

/** Six months, the least for which logs of a high-risk system are kept: they say little without the model that they are of. */
const LEAST_DAYS = 183;

/** Nobody can delete an archive before its time. */
export const archiveIsLocked: Rule<"archive"> = {
  id: "archive-is-locked",
  subject: "archive",
  title: "An archive cannot be deleted for a time",
  severity: "medium",
  source:
    "Regulation (EU) 2024/1689, articles 19(1) and 26(6): logs of a high-risk system are kept for at least six months",
  settings: { days: { title: "The least `retentionDays` of an archive", minimum: 1, default: LEAST_DAYS } },
  unjudged({ version, retentionDays }) {
    if (retentionDays !== undefined) return undefined;
    return { kind: "unknown", why: `how long ${version} is kept, the rules of its registry say` };
  },
  check({ model, version, retentionDays = 0 }, { days = LEAST_DAYS } = {}) {
    if (retentionDays >= days) return [];
    return [
      {
        path: "retentionDays",
        seen: `${retentionDays}`,
        cause: `the archive of ${version} of ${model} is locked for less than ${days} days: a later up or destroy may take the record away`,
        cure: `give ModelRetirement (or ModelArchive) retentionDays: ${days}; it is extended in place`,
      },
    ];
  },
  examples: {
    good: [
      { name: "an archive that is locked for ten years", archive: archive.example },
      { name: "an archive that is locked for six months", archive: { ...archive.example, retentionDays: LEAST_DAYS } },
    ],
    bad: [
      { name: "an archive that nothing locks", archive: { ...archive.example, retentionDays: 0 } },
      { name: "an archive that is locked for a month", archive: { ...archive.example, retentionDays: 30 } },
    ],
    unjudged: [{ name: "an image in a registry", archive: { model: "sentiment", version: "v1" } }],
  },
};
