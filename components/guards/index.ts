import { errorRate } from "./error-rate.ts";
import type { Guard } from "./guard.ts";
import type { GuardKind } from "./kind.ts";
import { latency } from "./latency.ts";
import { refusalRate } from "./refusal-rate.ts";
import { share } from "./share.ts";

export type { Guard } from "./guard.ts";
export type { ArmCounts, CopiesRule, CopyCounts, GuardKind } from "./kind.ts";
export { refusalMargin } from "./refusal-rate.ts";

/** Every kind of guard, one a line. A metric that no kind claims by name belongs to the kind of business metrics. */
export const guardKinds: readonly GuardKind[] = [errorRate, refusalRate, latency, share];

/** A kind whose metric has a fixed name. */
export type NamedKind = GuardKind & { readonly metric: string };

/** The kinds that claim a metric by its name. */
export const namedKinds = (kinds: readonly GuardKind[] = guardKinds): readonly NamedKind[] =>
  kinds.filter((kind): kind is NamedKind => kind.metric !== undefined);

/**
 * The kind that a metric belongs to.
 * @throws RangeError when no kind claims it and none takes business metrics
 */
export function kindOf(metric: string, kinds: readonly GuardKind[] = guardKinds): GuardKind {
  const kind = kinds.find((each) => each.metric === metric) ?? kinds.find((each) => each.metric === undefined);
  if (kind === undefined) throw new RangeError(`saw the metric ${metric}; no kind of guard takes it`);
  return kind;
}

/** A guard as it is written, with its margin read. */
export type WrittenGuard = Pick<Guard, "metric" | "margin" | "designEffect"> & {
  readonly direction?: Guard["direction"] | undefined;
};

/** Guards as a plan carries them: with their kind's source and direction, and with those that they bring along. */
export function resolveGuards(
  written: readonly WrittenGuard[],
  kinds: readonly GuardKind[] = guardKinds,
): readonly Guard[] {
  const named = new Set(written.map(({ metric }) => metric));
  return written.flatMap(({ metric, direction, margin, designEffect }) => {
    const kind = kindOf(metric, kinds);
    const guard = { metric, source: kind.source, direction: direction ?? kind.directions[0], margin, designEffect };
    const brought = kind.brings?.(guard) ?? [];
    return [guard, ...brought.filter((other) => !named.has(other.metric))];
  });
}

/** The kinds that copies are judged by. */
export const copiesKinds = (
  kinds: readonly GuardKind[] = guardKinds,
): readonly (NamedKind & Required<Pick<GuardKind, "copies">>)[] =>
  namedKinds(kinds).filter(
    (kind): kind is NamedKind & Required<Pick<GuardKind, "copies">> => kind.copies !== undefined,
  );
