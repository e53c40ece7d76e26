import { createHash } from "node:crypto";
import type { ResolvedRelease, ResolvedVersion } from "../release/index.ts";
import type { TrafficPlan } from "./plan.ts";

/** What a data plane needs to know of a release. A weight step changes `weight` and `shadow` here and nothing else. */
export function planTraffic(release: ResolvedRelease): TrafficPlan {
  const { model, platform, versions, rollout, retirement } = release;
  const { stable, override, previous, candidate, weight, stickyHeader, guardIndexes: _, ...settings } = rollout;
  const deployed = Object.entries(versions).filter(([, version]) => version.deployed);
  return {
    model: model.name,
    stable,
    ...(override === undefined ? {} : { override }),
    ...(previous === undefined ? {} : { previous }),
    ...(candidate === undefined ? {} : { candidate }),
    weight: weight?.kind === "weight" ? weight.weight : 0,
    shadow: weight?.kind === "shadow",
    rollout: { identity: rolloutIdentity(release), ...settings },
    versions: Object.fromEntries(deployed.map(([name, version]) => [name, { content: contentOf(version) }])),
    notices: retirement,
    ...(stickyHeader === undefined ? {} : { stickyHeader }),
    ...(platform.deadlineMs === undefined ? {} : { deadlineMs: platform.deadlineMs }),
    noticeMs: release.noticeMs,
  };
}

/**
 * Which rollout a release asks for: 16 hex digits over stable, candidate, their pins and the attempt; empty without a candidate.
 * Weight, steps and guards may change within one rollout; what is tried against what may not.
 */
export function rolloutIdentity({ versions, rollout }: ResolvedRelease): string {
  const { stable, candidate, attempt } = rollout;
  if (candidate === undefined) return "";
  const pin = (version: string): string | undefined => {
    const found = versions[version];
    return found && contentOf(found);
  };
  const facts = [stable, pin(stable), candidate, pin(candidate), attempt];
  return createHash("sha256").update(JSON.stringify(facts)).digest("hex").slice(0, 16);
}

/**
 * What clients get from a version: its pin; where a program of its own answers for it, a hash over that and the pin, as the
 * same files behind another command are another version.
 */
export function contentOf({ source: { content }, serve }: ResolvedVersion): string {
  if (serve === undefined) return content;
  return createHash("sha256")
    .update(JSON.stringify([content, serve]))
    .digest("hex");
}
