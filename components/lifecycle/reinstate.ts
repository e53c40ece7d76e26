import type { Release } from "../release/index.ts";
import { type MoveResult, move, refuse } from "./move.ts";
import { noticeOf, withoutRetirement } from "./retirement.ts";

/** Takes a version off its way out: it is deployed again without notice, and may be a candidate. */
export function reinstate(release: Release, { version }: { readonly version: string }): MoveResult {
  return move(release, (resolved) => {
    const { versions, retirement } = resolved;
    const notice = noticeOf(resolved, version);
    if (notice === undefined) {
      const known = Object.keys(retirement).join(", ") || "none is";
      return refuse(`retirement.${version}`, "nothing", `a version on its way out: ${known}`, "Nothing to take back.");
    }
    if (!Object.hasOwn(versions, version)) {
      return refuse(
        `versions.${version}`,
        "nothing",
        "the version's source and hash, as its archive names them",
        `Add ${version} to versions first.`,
      );
    }
    return {
      release: withoutRetirement(release, version),
      reasons: [`${version} was ${notice.phase}; its notice is withdrawn and it is deployed like any other version.`],
    };
  });
}
