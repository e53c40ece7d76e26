import { parseTimestamp, type Release, type Timestamp } from "../release/index.ts";
import { type MoveResult, move, refuse } from "./move.ts";
import { noticeOf, withRetirement } from "./retirement.ts";

/** Which version is given notice, until when, and what replaces it. */
export interface DeprecateArgs {
  /** Its name in the release document. */
  readonly version: string;
  /** From when on it may be retired: RFC 3339 in UTC. */
  readonly sunset: Timestamp;
  /** What callers should use instead. @default the stable version */
  readonly successor?: string;
  /** The present, from which the notice runs. */
  readonly now: Date;
}

/**
 * Gives notice: the version still answers, its answers carry Deprecation, Sunset and Link headers. Again on a deprecated version: changes the notice.
 * Refused for the stable version and the candidate, and when the sunset is nearer than the least notice of the model.
 */
export function deprecate(release: Release, { version, sunset, successor, now }: DeprecateArgs): MoveResult {
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
    const earliest = now.getTime() + resolved.noticeMs;
    // What is no moment at all is refused with the document that it would make.
    if (parseTimestamp(sunset) < earliest) {
      const least = `${new Date(Math.ceil(earliest / 1000) * 1000).toISOString().slice(0, 19)}Z`;
      return refuse(
        `retirement.${version}.sunset`,
        `"${sunset}"`,
        `"${least}" or later: the least notice of this model is ${renderDays(resolved.noticeMs)}`,
        "Name a later sunset, or have a shorter model.notice reviewed.",
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

function renderDays(ms: number): string {
  const days = ms / 86_400_000;
  return days >= 1 ? `${Math.round(days)} days` : `${Math.round(ms / 1000)} seconds`;
}
