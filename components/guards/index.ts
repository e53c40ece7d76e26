import { errorRate } from "./error-rate.ts";
import { type Guard, groupIn, metricOfGroup } from "./guard.ts";
import type { GuardKind, Watched } from "./kind.ts";
import { latency } from "./latency.ts";
import { mean } from "./mean.ts";
import { type Range, SHARES } from "./range.ts";
import { refusalRate } from "./refusal-rate.ts";
import { share } from "./share.ts";

export { decides, type Guard, metricOfGroup } from "./guard.ts";
export type { ArmCounts, CopiesRule, CopyCounts, Figures, GuardKind, RequestOutcome } from "./kind.ts";
export { placeIn, type Range, SHARES } from "./range.ts";
export { refusesMore } from "./refusal-rate.ts";

export { errorRate };

/** Every kind of guard, one a line. A metric that no kind claims by name belongs to the first kind of business metrics that takes it. */
export const guardKinds: readonly GuardKind[] = [errorRate, refusalRate, latency, mean, share];

/** A kind whose metric has a fixed name. */
export type NamedKind = GuardKind & { readonly metric: string };

/** The kinds that claim a metric by its name. */
export const namedKinds = (kinds: readonly GuardKind[] = guardKinds): readonly NamedKind[] =>
  kinds.filter((kind): kind is NamedKind => kind.metric !== undefined);

/**
 * The kind that a guard belongs to.
 * @throws RangeError when no kind claims its metric and none takes business metrics
 */
export function kindOf(guard: Watched, kinds: readonly GuardKind[] = guardKinds): GuardKind {
  const kind =
    kinds.find(({ metric }) => metric === guard.metric) ??
    kinds.find(({ metric, takes }) => metric === undefined && takes?.(guard) !== false);
  if (kind === undefined) throw new RangeError(`saw the metric ${guard.metric}; no kind of guard takes it`);
  return kind;
}

/** A guard as it is written, with its margin read. */
export type WrittenGuard = Pick<Guard, "metric" | "margin" | "designEffect" | "maturesMs" | "range" | "importance"> & {
  readonly direction?: Guard["direction"] | undefined;
  /** Groups whose units are watched each for itself, beside all of them. */
  readonly groups?: readonly string[];
};

/** Guards as a plan carries them: with their kind's source and direction, and with those that they bring along. */
export function resolveGuards(
  written: readonly WrittenGuard[],
  kinds: readonly GuardKind[] = guardKinds,
): readonly Guard[] {
  const named = new Set(written.map(({ metric }) => metric));
  return written.flatMap((each) => {
    const { metric, direction, margin, designEffect, maturesMs = A_MINUTE, range, importance, groups = [] } = each;
    const kind = kindOf(each, kinds);
    const guard: Guard = {
      ...{ metric, source: kind.source, direction: direction ?? kind.directions[0], margin, designEffect },
      ...(kind.source === "feedback" && { maturesMs }),
      ...(range !== undefined && { range }),
      ...(importance !== undefined && { importance }),
    };
    const ofGroups = groups.map((group) => ({ ...guard, metric: metricOfGroup(metric, group) }));
    return [guard, ...ofGroups, ...broughtBy(guard, named, kinds)];
  });
}

/** What a guard brings along, and what that brings. @param named the metrics that are watched already; grows */
function broughtBy(guard: Guard, named: Set<string>, kinds: readonly GuardKind[]): readonly Guard[] {
  const brought = kindOf(guard, kinds).brings?.(guard) ?? [];
  return brought.flatMap((other) => {
    if (named.has(other.metric)) return [];
    named.add(other.metric);
    return [other, ...broughtBy(other, named, kinds)];
  });
}

/** How long feedback takes where nobody says so. */
const A_MINUTE = 60_000;

/** What a value that comes back may be. */
export interface FeedbackMetric {
  /** Where it lies. */
  readonly range: Range;
  /** The groups whose units are watched each for itself. */
  readonly groups: readonly string[];
}

/** What feedback may be about. */
export function feedbackMetrics(guards: readonly Guard[]): ReadonlyMap<string, FeedbackMetric> {
  const metrics = new Map<string, FeedbackMetric>();
  for (const { metric, source, range = SHARES } of guards) {
    if (source !== "feedback") continue;
    const { of, group } = groupIn(metric);
    const groups = metrics.get(of)?.groups ?? [];
    metrics.set(of, { range, groups: group === undefined ? groups : [...groups, group] });
  }
  return metrics;
}

/** The kinds that copies are judged by. */
export const copiesKinds = (
  kinds: readonly GuardKind[] = guardKinds,
): readonly (NamedKind & Required<Pick<GuardKind, "copies">>)[] =>
  namedKinds(kinds).filter(
    (kind): kind is NamedKind & Required<Pick<GuardKind, "copies">> => kind.copies !== undefined,
  );
