import type { ResolvedRelease } from "../../release/index.ts";

/** What a version is in its release, the most important first. */
export const roles = [
  "stable",
  "candidate",
  "previous",
  "deployed",
  "deprecated",
  "archived",
  "retired",
  "removed",
] as const;

/** One of them; `removed` is a version that has left the release. */
export type Role = (typeof roles)[number];

/** What came of a version's rollout, as far as it is known. */
export type Outcome = "running" | "promoted" | "ended" | "superseded" | "rolled back" | "serves again";

/** Roles by version. */
export type Roles = Readonly<Record<string, Role>>;

/** What each version of a release is. */
export function rolesOf({ versions, rollout, retirement }: ResolvedRelease): Roles {
  const roleOf = (version: string): Role => {
    if (version === rollout.stable) return "stable";
    if (version === rollout.candidate) return "candidate";
    const phase = retirement[version]?.phase;
    if (phase !== undefined) return phase;
    return version === rollout.previous ? "previous" : "deployed";
  };
  return Object.fromEntries(Object.keys(versions).map((version) => [version, roleOf(version)]));
}

/**
 * What an edit of the roles says of a version's rollout.
 * @param last what was known before
 * @returns undefined while it never had one
 */
export function outcomeOf(version: string, before: Roles, after: Roles, last?: Outcome): Outcome | undefined {
  const was = before[version];
  const is = after[version] ?? "removed";
  if (is === "candidate") return "running";
  if (was === "candidate") return is === "stable" ? "promoted" : "ended";
  if (was === is) return last;
  if (is === "stable") return was === "previous" ? "serves again" : last;
  if (was !== "stable") return last;
  const successor = Object.keys(after).find((other) => after[other] === "stable");
  return successor !== undefined && before[successor] === "previous" ? "rolled back" : "superseded";
}
