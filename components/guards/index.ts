import { errorRate } from "./error-rate.ts";
import type { Guard } from "./guard.ts";
import type { GuardKind, Watched } from "./kind.ts";
import { latency } from "./latency.ts";
import { mean } from "./mean.ts";
import { type Range, SHARES } from "./range.ts";
import { refusalRate } from "./refusal-rate.ts";
import { share } from "./share.ts";

export type { Guard } from "./guard.ts";
export type { ArmCounts, CopiesRule, CopyCounts, Figures, GuardKind } from "./kind.ts";
export { placeIn, type Range, SHARES } from "./range.ts";
export { refusesMore } from "./refusal-rate.ts";

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
export type WrittenGuard = Pick<Guard, "metric" | "margin" | "designEffect" | "range"> & {
  readonly direction?: Guard["direction"] | undefined;
};

/** Guards as a plan carries them: with their kind's source and direction, and with those that they bring along. */
export function resolveGuards(
  written: readonly WrittenGuard[],
  kinds: readonly GuardKind[] = guardKinds,
): readonly Guard[] {
  const named = new Set(written.map(({ metric }) => metric));
  return written.flatMap((each) => {
    const { metric, direction, margin, designEffect, range } = each;
    const kind = kindOf(each, kinds);
    const guard: Guard = {
      ...{ metric, source: kind.source, direction: direction ?? kind.directions[0], margin, designEffect },
      ...(range !== undefined && { range }),
    };
    const brought = kind.brings?.(guard) ?? [];
    return [guard, ...brought.filter((other) => !named.has(other.metric))];
  });
}

/** What feedback may be about, and where its values lie. */
export const feedbackRanges = (guards: readonly Guard[]): ReadonlyMap<string, Range> =>
  new Map(guards.flatMap(({ metric, source, range = SHARES }) => (source === "feedback" ? [[metric, range]] : [])));

/** The kinds that copies are judged by. */
export const copiesKinds = (
  kinds: readonly GuardKind[] = guardKinds,
): readonly (NamedKind & Required<Pick<GuardKind, "copies">>)[] =>
  namedKinds(kinds).filter(
    (kind): kind is NamedKind & Required<Pick<GuardKind, "copies">> => kind.copies !== undefined,
  );
