import type { Margin } from "../analysis/index.ts";
import type { Guard } from "./guard.ts";
import { type GuardKind, judgedRates, proportionOf, type Watched } from "./kind.ts";
import type { Range } from "./range.ts";
import { share } from "./share.ts";

/**
 * A business metric that is the mean of values in a declared range, such as revenue. A value counts as its place in the
 * range, 0 to 1, so that what judges shares judges means, under the same guarantee.
 */
export const mean: GuardKind = {
  ...share,
  takes: ({ range }) => range !== undefined,
  judged: (guard) => proportionOf({ ...guard, margin: placedMargin(guard.margin, rangeOf(guard)) }),
  harm(seen, against, guard) {
    const { stable, candidate } = judgedRates(seen);
    return `candidate a mean of ${renderMean(candidate, rangeOf(guard))} over ${seen.candidate.units} values, ${against} ${renderMean(stable, rangeOf(guard))} over ${seen.stable.units}`;
  },
  figures: (guard, { stable, candidate }) => ({
    stable: renderMean(stable.rate, rangeOf(guard)),
    candidate: renderMean(candidate.rate, rangeOf(guard)),
    margin: guard.margin.kind === "absolute" ? `${guard.margin.value}` : `${round(guard.margin.value * 100)} %`,
  }),
};

/**
 * A margin of the mean as one of its place m = (x - a) / (b - a). A difference d is d / (b - a). A ratio r to stable's mean
 * is one to its place, and r a / (b - a) on top: x1 > (1 + r) x0 is m1 > (1 + r) m0 + r a / (b - a), x1 < (1 - r) x0 likewise.
 */
export function placedMargin({ kind, value }: Guard["margin"], { least, most }: Range): Margin {
  if (kind === "absolute") return { kind, value: value / (most - least) };
  return { kind, value, offset: (value * least) / (most - least) };
}

function rangeOf({ metric, range }: Watched): Range {
  if (range === undefined) throw new TypeError(`saw no range of ${metric}; a mean has one`);
  return range;
}

const renderMean = (place: number | null, { least, most }: Range): string =>
  place === null ? "no data" : `${round(least + place * (most - least))}`;

/** To as many digits as the document may give. */
const round = (value: number): number => Math.round(value * 10_000) / 10_000;
