import type { Release } from "../release/index.ts";
import { type MoveResult, move, refuse } from "./move.ts";
import { noticeOf, withRetirement } from "./retirement.ts";

/** Orders the verified copy of a deprecated version; it still answers. */
export function archive(release: Release, { version }: { readonly version: string }): MoveResult {
  return move(release, (resolved) => {
    const notice = noticeOf(resolved, version);
    if (notice?.phase !== "deprecated") {
      const cure = notice
        ? `It is ${notice.phase} already: nothing to do.`
        : `Give notice first: mlc deprecate ${version}`;
      return refuse(`retirement.${version}.phase`, notice ? `"${notice.phase}"` : "nothing", "deprecated", cure);
    }
    return {
      release: withRetirement(release, version, { ...notice, phase: "archived" }),
      reasons: [`A copy of ${version} is kept, its hashes verified; it answers until it is retired.`],
    };
  });
}
