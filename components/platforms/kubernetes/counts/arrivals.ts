import type { Increase } from "../../../metric-sources/prometheus/index.ts";
import type { Arrivals } from "../../../rollout/index.ts";
import type { CountCursor } from "./cursor.ts";
import type { GaugeMove } from "./gauges.ts";
import type { CountQuestion } from "./question.ts";

/** A gateway hears of a weight some time after it was written: so many intervals are left out behind a change. */
const SETTLING_INTERVALS = 3;

/** What is known of the weight once counts were taken up to a moment; undefined where nobody asks what was drawn. */
export const weightKnown = (
  before: CountCursor["under"],
  { weight }: CountQuestion,
  counted: number,
): CountCursor["under"] =>
  weight === undefined ? undefined : before?.weight === weight ? before : { weight, since: counted };

/** Whether all of what was drawn from a moment on was drawn by the weight that is in force. */
export const isSettled = (under: CountCursor["under"], from: number, { weight, intervalMs }: CountQuestion): boolean =>
  under !== undefined && under.weight === weight && from >= under.since + SETTLING_INTERVALS * intervalMs;

/**
 * What was drawn in an interval: what was counted as sent, and what came under way. Answered slowly, a version has as many
 * as its weight gives it, only later; undefined where nothing was drawn.
 */
export function arrivalsIn(
  increases: readonly Increase[],
  underWay: readonly GaugeMove[],
  weight: number,
): Arrivals | undefined {
  const drawn = (arm: Increase["arm"]): number => {
    const ended = increases
      .filter((each) => each.arm === arm && each.outcome === "failed" && each.counts === "requests")
      .reduce((sum, { values }) => sum + (values[0] ?? 0), 0);
    return Math.max(
      0,
      underWay.filter((each) => each.arm === arm).reduce((sum, { by }) => sum + by, ended),
    );
  };
  const [stable, candidate] = [drawn("stable"), drawn("candidate")];
  return stable + candidate === 0 ? undefined : { draws: [{ weight, stable, candidate }] };
}
