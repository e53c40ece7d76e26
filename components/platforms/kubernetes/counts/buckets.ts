import type { Guard } from "../../../guards/index.ts";
import { countsTails, rungsAmong } from "../../../metric-sources/index.ts";
import type { Gateway } from "../gateways/index.ts";

/** How much slower a margin lets a candidate be at most, where buckets are coarse: five times. */
const MOST_MARGIN = 4;

/** So many rungs are asked of a margin where the buckets have them: at a single one a guard sees one part of the answers. */
const WANTED_RUNGS = 2;

/**
 * The margins of latency that a gateway's buckets can show, as ratios, rising: in whole per cents, at two rungs where its
 * buckets have as many for any margin.
 */
export function marginsOf({ durations }: Pick<Gateway, "durations">): readonly number[] {
  const bounds = durations?.bounds ?? [];
  const ratios = bounds.flatMap((low) => bounds.map((high) => Math.round((high / low - 1) * 1e6) / 1e6));
  const margins = [...new Set(ratios)]
    .filter((margin) => margin > 0 && margin <= MOST_MARGIN && Number.isInteger(Math.round(margin * 1e8) / 1e6))
    .map((margin) => ({ margin, rungs: rungsAmong(bounds, margin).length }));
  const most = Math.max(0, ...margins.map(({ rungs }) => rungs));
  return margins
    .filter(({ rungs }) => rungs >= Math.max(1, Math.min(WANTED_RUNGS, most)))
    .map(({ margin }) => margin)
    .sort((a, b) => a - b);
}

/** A guard as the judge of a rollout behind a gateway is told it: of latency, at the bounds of the gateway's buckets. */
export function asMeasured(guard: Guard, { durations }: Pick<Gateway, "durations">): Guard {
  if (durations === undefined || !countsTails(guard)) return guard;
  return { ...guard, ladder: rungsAmong(durations.bounds, guard.margin.value).map(({ stableMs }) => stableMs) };
}
