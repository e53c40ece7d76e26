import type { Rule } from "../../rule.ts";
import { notice } from "../../subjects/notice.ts";

/**
 * What the document calls archived, the program keeps. A policy sees what a program registers and never what it
 * deletes; a program that no longer registers the archive while the document still names the version shows here.
 */
export const archivedVersionIsKept: Rule<"notice"> = {
  id: "archived-version-is-kept",
  subject: "notice",
  title: "The stack keeps an archive of every version that is archived or retired",
  severity: "high",
  unjudged({ version, phase, archived }) {
    if (phase === "deprecated") return { kind: "notApplicable", why: `${version} is deprecated and still deployed` };
    if (archived !== "unknown") return undefined;
    return { kind: "unknown", why: `a store of this stack does not tell whether what it keeps is ${version}` };
  },
  check({ model, version, phase, archived }) {
    if (archived === "yes") return [];
    return [
      {
        path: `retirement.${version}.phase`,
        seen: `"${phase}", and no archive of ${version} in the stack`,
        cause: `this program keeps nothing of ${version} of ${model}, or deletes what it kept`,
        cure: "add ModelRetirement to the program, or put it back; where another stack keeps the record, switch this rule off",
      },
    ];
  },
  examples: {
    good: [
      { name: "a retired version with its archive", notice: notice.example },
      { name: "an archived version with its archive", notice: { ...notice.example, phase: "archived" } },
    ],
    bad: [
      { name: "a retired version whose archive left the program", notice: { ...notice.example, archived: "no" } },
      {
        name: "an archived version of which no archive is made",
        notice: { ...notice.example, phase: "archived", archived: "no" },
      },
    ],
    unjudged: [
      { name: "a deprecated version", notice: { ...notice.example, phase: "deprecated", archived: "no" } },
      {
        name: "a retired version beside a store that does not tell",
        notice: { ...notice.example, archived: "unknown" },
      },
    ],
  },
};
