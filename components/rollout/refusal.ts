import { isDeepStrictEqual } from "node:util";
import type { TrafficPlan } from "../traffic/plan.ts";
import {
  asksForTraffic,
  attemptOf,
  type ContentEnd,
  type ContentRecord,
  type Contents,
  contentOf,
  recordOf,
} from "./contents.ts";
import type { Ended } from "./progress.ts";

/** Why a plan is not taken, or a version not gone back to. */
export interface Refusal {
  readonly code: /** The candidate's traffic was taken away before. */
    | "rolloutAborted"
    /** What is to serve everybody was rolled back before. */
    | "rolledBack"
    /** What is to serve everybody has neither completed a rollout nor served before. */
    | "unproven"
    /** The plan is older than what serves. */
    | "stale"
    /** A version would be retired before the time since its notice is over. */
    | "noticeTooShort";
  readonly error: string;
  readonly reason: string;
}

/** What a plan is judged by: plain data, from a gateway's memory or its files. */
export interface Memory {
  /** The plan in force; absent before the first one and after the route was removed. */
  readonly plan?: TrafficPlan | undefined;
  /** The rollout of the plan in force reached its target on evidence. */
  readonly isComplete: boolean;
  /** The content that serves everybody, or did until the route was removed; absent before the first plan. */
  readonly serving?: string | undefined;
  readonly contents: Contents;
  /** Rollouts that were ended, by identity. */
  readonly ended: Readonly<Record<string, Ended>>;
  /** When the notice of each version was first seen, in Unix seconds. */
  readonly deprecatedSince: Readonly<Record<string, number>>;
}

/** How what serves everybody comes to change. */
export type StableChange = "none" | "first" | "promotion" | "rollback" | "override";

/** Why a plan is not taken; undefined when it is. The plan in force always is. `now` in ms since 1970. */
export function refusalOf(plan: TrafficPlan, memory: Memory, now: number): Refusal | undefined {
  if (isDeepStrictEqual(memory.plan, plan)) return undefined;
  const change = stableChangeOf(plan, memory);
  if (typeof change !== "string") return change;
  return refuseCandidate(plan, memory) ?? refuseRetirement(plan, memory, now);
}

/** What a plan does to what serves everybody, or why it may not. */
export function stableChangeOf(plan: TrafficPlan, memory: Memory): StableChange | Refusal {
  const content = contentOf(plan, plan.stable);
  if (content === memory.serving) return "none";
  if (asksForTraffic(plan) && contentOf(plan, plan.candidate) === memory.serving) return refuseStale(plan);
  if (memory.isComplete && memory.plan !== undefined && contentOf(memory.plan, memory.plan.candidate) === content) {
    return "promotion";
  }
  const known = recordOf(memory.contents, content);
  if (memory.serving === undefined && known.ended === undefined) return "first";
  if (known.ended === undefined && known.servedSince !== undefined) return "rollback";
  if (plan.override !== undefined && !known.overrides.includes(plan.override)) return "override";
  return refuseStable(plan, known);
}

const refuseStale = ({ stable, candidate }: TrafficPlan): Refusal => ({
  code: "stale",
  error: `${candidate} serves everybody already; a plan that tries it beside ${stable} is older than what runs. Update the configuration; to go back to ${stable}, roll back`,
  reason: `${candidate} was promoted since`,
});

function refuseStable({ stable, override }: TrafficPlan, content: ContentRecord): Refusal {
  const used =
    override !== undefined && content.overrides.includes(override)
      ? `; the override "${override}" was used before, a new one needs a reason of its own`
      : "";
  if (content.ended !== undefined) {
    const what = content.ended.as === "stable" ? "was rolled back" : "was stopped as a candidate";
    return {
      code: "rolledBack",
      error: `${stable} ${what} and does not become stable: ${whenAndBy(content.ended)}; name the version that serves as stable and start ${stable} as attempt ${content.ended.attempt + 1}, or name an override with its reason${used}`,
      reason: content.ended.reason,
    };
  }
  return {
    code: "unproven",
    error: `${stable} has neither completed a rollout nor served everybody before; start it as a candidate and promote it when its rollout is complete, or name an override with its reason${used}`,
    reason: "stable changes by promotion, by rollback, or with an override",
  };
}

function refuseCandidate(plan: TrafficPlan, memory: Memory): Refusal | undefined {
  const end = asksForTraffic(plan) ? endedBefore(plan, memory) : undefined;
  if (end === undefined) return undefined;
  const attempt = (end.attempt ?? attemptOf(plan)) + 1;
  const isStable = end.as === "stable";
  return {
    code: isStable ? "rolledBack" : "rolloutAborted",
    error: `${isStable ? `${plan.candidate} was rolled back` : `the rollout of ${plan.candidate} was ended`} and does not open again: ${whenAndBy(end)}; start attempt ${attempt}, or another candidate`,
    reason: end.reason,
  };
}

/** How the rollout that a plan asks for was ended before: under its identity, or its candidate under any name at an attempt not before this one. */
export function endedBefore(
  plan: TrafficPlan,
  memory: Pick<Memory, "contents" | "ended">,
): (Ended & Partial<ContentEnd>) | undefined {
  const { candidate, rollout } = plan;
  if (candidate === undefined) return undefined;
  const { ended } = recordOf(memory.contents, contentOf(plan, candidate));
  if (ended !== undefined && attemptOf(plan) <= ended.attempt) return ended;
  return Object.hasOwn(memory.ended, rollout.identity) ? memory.ended[rollout.identity] : undefined;
}

function refuseRetirement(plan: TrafficPlan, memory: Memory, now: number): Refusal | undefined {
  const { noticeMs } = plan;
  // A first plan retires what nobody here was ever served with.
  if (noticeMs === undefined || memory.plan === undefined) return undefined;
  for (const [version, { phase }] of Object.entries(plan.notices)) {
    if (phase !== "retired" || memory.plan.notices[version]?.phase === "retired") continue;
    const since = memory.deprecatedSince[version];
    const earliest = (since === undefined ? now : since * 1000) + noticeMs;
    if (since !== undefined && now >= earliest) continue;
    return {
      code: "noticeTooShort",
      error: `${version} cannot be retired before ${new Date(earliest).toISOString()}: its callers are to have notice first${since === undefined ? ", and none was given; deprecate it" : ""}`,
      reason: `the least notice is ${Math.round(noticeMs / 1000)} s`,
    };
  }
  return undefined;
}

const whenAndBy = ({ at, by, cause }: Ended): string => `ended at ${at} by ${by ?? cause}`;
