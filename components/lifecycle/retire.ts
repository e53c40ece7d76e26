import { type Problem, parseTimestamp, type Release } from "../release/index.ts";
import { type MoveResult, move, refuse } from "./move.ts";
import { noticeOf, withRetirement } from "./retirement.ts";

/** Which version is switched off, and when that is asked. */
export interface RetireArgs {
  /** Its name in the release document. */
  readonly version: string;
  /** The present, against which the sunset is held. */
  readonly now: Date;
}

/**
 * Switches an archived version off: it is no longer deployed and answers 410 with its successor.
 * Refused before its sunset and while a consumer still lists it.
 */
export function retire(release: Release, { version, now }: RetireArgs): MoveResult {
  return move(release, (resolved) => {
    const { consumers, rollout } = resolved;
    const notice = noticeOf(resolved, version);
    if (notice?.phase !== "archived") {
      const cures = {
        deprecated: `Archive it first: mlc archive ${version}`,
        retired: "It is retired already: nothing to do.",
      };
      const cure = notice ? cures[notice.phase] : `Give notice first: mlc deprecate ${version}`;
      return refuse(`retirement.${version}.phase`, notice ? `"${notice.phase}"` : "nothing", "archived", cure);
    }
    const problems: Problem[] = consumers.flatMap(({ name, contact, versions }, index) =>
      versions.includes(version)
        ? refuse(
            `consumers[${index}].versions`,
            `${name} still uses ${version}`,
            `versions without ${version}`,
            `Ask ${contact} to move to ${notice.successor}, then take ${version} off the list.`,
          ).problems
        : [],
    );
    if (now.getTime() < parseTimestamp(notice.sunset)) {
      const cure = `Wait for the sunset, or bring it forward: mlc reinstate ${version}, mlc deprecate ${version}`;
      const seen = `"${notice.sunset}", which is not over at ${now.toISOString()}`;
      problems.push(...refuse(`retirement.${version}.sunset`, seen, "a sunset in the past", cure).problems);
    }
    if (problems.length > 0) return { problems };
    const retired = withRetirement(release, version, { ...notice, phase: "retired" });
    const reasons = [`${version} is no longer deployed; callers get 410 and the name of ${notice.successor}.`];
    if (rollout.previous !== version) return { release: retired, reasons };
    const { previous: _previous, ...kept } = retired.rollout;
    return {
      release: { ...retired, rollout: kept },
      reasons: [...reasons, `${version} was the way back from ${rollout.stable}: a rollback has nowhere to go now.`],
    };
  });
}
