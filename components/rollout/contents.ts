import type { TrafficPlan } from "../traffic/plan.ts";
import type { Ended } from "./progress.ts";

/** How a content lost its traffic, and under which name it had it. */
export interface ContentEnd extends Ended {
  readonly version: string;
  readonly as: "candidate" | "stable";
  /** It is tried again from the attempt after this one. */
  readonly attempt: number;
}

/** What is remembered of a version by its content, whatever name it has. */
export interface ContentRecord {
  /** When it first answered everybody as stable: RFC 3339. Absent: it has not proven itself. */
  readonly servedSince?: string;
  /** The last attempt at which it was a candidate with traffic; 0 when it never was. */
  readonly attempt: number;
  readonly ended?: ContentEnd;
  /** Reasons by which it was let in unproven: each counts once. */
  readonly overrides: readonly string[];
}

/** A version that served everybody and does so no more. */
export interface RolledBack {
  readonly version: string;
  readonly content: string;
  /** Who serves instead; the plan's previous version in files of version 0.1.0. */
  readonly to?: string;
  readonly at: string;
  readonly reason: string;
  /** Who asked for it. */
  readonly by?: string;
  /** How long after the decision it was still sent something, in ms. */
  readonly lastBadMs?: number;
}

/** By content, as the plan names it. */
export type Contents = Readonly<Record<string, ContentRecord>>;

const UNKNOWN: ContentRecord = { attempt: 0, overrides: [] };

/** What is known of a content; of one that nobody has seen, nothing. */
export const recordOf = (contents: Contents, content: string): ContentRecord =>
  Object.hasOwn(contents, content) ? (contents[content] ?? UNKNOWN) : UNKNOWN;

/** The content of a version of a plan; empty when the plan does not deploy it. */
export const contentOf = (plan: TrafficPlan, version: string | undefined): string =>
  version !== undefined && Object.hasOwn(plan.versions, version) ? (plan.versions[version]?.content ?? "") : "";

/** Which attempt a plan asks for; 1 where it names none. */
export const attemptOf = ({ rollout }: TrafficPlan): number => Number(rollout.attempt) || 1;

/** The candidate is to answer somebody, or to get copies. */
export const asksForTraffic = ({ candidate, weight, shadow }: TrafficPlan): boolean =>
  candidate !== undefined && (weight > 0 || shadow);

/** From here on it serves everybody. A reason that stands beside it counts as used. */
export function serving(contents: Contents, content: string, at: string, override?: string): Contents {
  const { ended: _, ...known } = recordOf(contents, content);
  const isNew = override !== undefined && !known.overrides.includes(override);
  const overrides = isNew ? [...known.overrides, override] : known.overrides;
  return { ...contents, [content]: { ...known, servedSince: known.servedSince ?? at, overrides } };
}

/** A candidate gets traffic. */
export function tried(contents: Contents, plan: TrafficPlan): Contents {
  if (!asksForTraffic(plan)) return contents;
  const content = contentOf(plan, plan.candidate);
  const known = recordOf(contents, content);
  return { ...contents, [content]: { ...known, attempt: Math.max(known.attempt, attemptOf(plan)) } };
}

/** Its traffic was taken away. The first attempt counts as used, also for what was never a candidate. */
export function ended(
  contents: Contents,
  content: string,
  end: Ended & Pick<ContentEnd, "version" | "as"> & { readonly attempt?: number },
): Contents {
  const known = recordOf(contents, content);
  const attempt = Math.max(1, known.attempt, end.attempt ?? 0);
  return { ...contents, [content]: { ...known, ended: { ...end, attempt } } };
}

/**
 * What a first plan tells, or the files of a gateway that did not remember contents: what serves and the way back have
 * served everybody, and what was taken away then stays so.
 */
export function firstContents(
  plan: TrafficPlan,
  record: { readonly ended: Readonly<Record<string, Ended>>; readonly rolledBack?: RolledBack } | undefined,
  at: string,
): Contents {
  let contents = tried(serving({}, contentOf(plan, plan.stable), at), plan);
  if (plan.previous !== undefined) contents = serving(contents, contentOf(plan, plan.previous), at);
  const { candidate, rollout } = plan;
  const end = record !== undefined && Object.hasOwn(record.ended, rollout.identity) && record.ended[rollout.identity];
  if (end && candidate !== undefined) {
    const attempt = attemptOf(plan);
    contents = ended(contents, contentOf(plan, candidate), { ...end, version: candidate, as: "candidate", attempt });
  }
  const back = record?.rolledBack;
  return back === undefined ? contents : ended(contents, back.content, endOfRollback(back));
}

/** A rollback as what is remembered of the content that it took out. */
export const endOfRollback = ({ version, at, reason, by }: RolledBack): Omit<ContentEnd, "attempt"> => ({
  version,
  as: "stable",
  at,
  cause: "person",
  reason,
  ...(by !== undefined && { by }),
});
