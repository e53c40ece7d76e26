import type { Release, Timestamp } from "../spec/index.ts";
import { type MoveResult, move, refuse } from "./move.ts";
import { noticeOf, withRetirement } from "./retirement.ts";

export interface DeprecateArgs {
  readonly version: string;
  /** From when on it may be retired: RFC 3339 in UTC. */
  readonly sunset: Timestamp;
  /** What callers should use instead. @default the stable version */
  readonly successor?: string;
}

/**
 * Gives notice: the version still answers, its answers carry Deprecation, Sunset and Link headers. Again on a deprecated version: changes the notice.
 * Refused for the stable version and the candidate.
 */
export function deprecate(release: Release, { version, sunset, successor }: DeprecateArgs): MoveResult {
  return move(release, (resolved) => {
    const { rollout, retirement } = resolved;
    const phase = noticeOf(resolved, version)?.phase;
    if (version === rollout.stable || version === rollout.candidate) {
      const role = version === rollout.stable ? "stable" : "the candidate";
      const cure = role === "stable" ? "Promote another version first." : "End the rollout first: mlc abort";
      return refuse(`retirement.${version}`, `"${version}", which is ${role}`, "a version that no rollout needs", cure);
    }
    if (phase === "archived" || phase === "retired") {
      return refuse(
        `retirement.${version}.phase`,
        `"${phase}"`,
        "a version that is not archived or retired yet",
        `Take it back first: mlc reinstate ${version}`,
      );
    }
    const instead = successor ?? rollout.stable;
    const followers = Object.entries(retirement).filter(([, notice]) => notice.successor === version);
    const redirected = followers.reduce(
      (document, [follower, notice]) => withRetirement(document, follower, { ...notice, successor: instead }),
      release,
    );
    return {
      release: withRetirement(redirected, version, { phase: "deprecated", sunset, successor: instead }),
      reasons: [
        `${version} ${phase ? "keeps its notice" : "is deprecated"}: callers are told to use ${instead} by ${sunset}.`,
        ...followers.map(([follower]) => `${follower} named ${version} as its successor and now names ${instead}.`),
      ],
    };
  });
}
