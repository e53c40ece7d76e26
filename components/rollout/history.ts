import type { Interval, JudgeSettings, Verdict } from "../analysis/index.ts";
import type { EndingRecord } from "./endings.ts";
import type { Arrivals, ClosedInterval } from "./interval.ts";
import type { PairedHistory } from "./learnt.ts";
import { isPairedWindows } from "./paired.ts";

/** One ending without what it was judged on. */
export interface HistorySummary extends Omit<EndingRecord, "settings" | "verdict" | "question" | "method" | "paired"> {
  /** Begins with the time: the order of names is the order of endings. */
  readonly id: string;
}

/** An ending with what it was judged on. */
export interface HistoryRecord extends EndingRecord {
  readonly id: string;
}

/** An ending with the intervals that are its evidence. */
export interface HistoryEntry extends HistoryRecord {
  readonly intervals: readonly ClosedInterval[];
}

/** An ending without what it was judged on. */
export function summaryOf<Record extends Partial<HistoryEntry>>(
  record: Record,
): Omit<Record, "settings" | "method" | "verdict" | "question" | "paired" | "intervals"> {
  const {
    settings: _settings,
    method: _method,
    verdict: _verdict,
    question: _question,
    paired: _paired,
    intervals: _intervals,
    ...summary
  } = record;
  return summary;
}

/** Everything that is needed to judge the running or last rollout again. */
export interface RolloutEvidence {
  readonly identity: string;
  readonly settings?: JudgeSettings;
  /** Version of the judge's method that the verdict is of; absent: 1. */
  readonly method?: number;
  readonly verdict?: Verdict;
  readonly intervals: readonly Interval[];
  /** What the shadow steps were judged on, apart from the live comparison. */
  readonly copies: readonly Interval[];
  /** What was drawn in each interval, to see again whether the traffic was divided as the weights said; absent when nothing was. */
  readonly arrivals?: readonly Arrivals[];
}

/** What a rollout is or was judged on, as it is shown. */
export const evidenceOf = ({
  identity,
  settings,
  method,
  verdict,
  intervals,
}: Pick<HistoryEntry, "identity" | "settings" | "method" | "verdict" | "intervals">): RolloutEvidence => ({
  identity,
  ...(settings !== undefined && { settings }),
  ...(method !== undefined && { method }),
  ...(verdict !== undefined && { verdict }),
  intervals: intervals.map(({ live }) => live),
  copies: intervals.flatMap(({ copies }) => (copies === undefined ? [] : [copies])),
  ...(intervals.some(({ arrivals }) => arrivals !== undefined) && {
    arrivals: intervals.flatMap(({ arrivals }) => (arrivals === undefined ? [] : [arrivals])),
  }),
});

/** How many promoted rollouts teach the next one. */
const TEACHING = 5;

/** What the newest promoted rollouts among some endings have counted side by side, the oldest first. Endings that have none of it teach nothing. */
export const taughtBy = (endings: readonly Pick<EndingRecord, "how" | "paired">[]): readonly PairedHistory[] =>
  endings
    .flatMap(({ how, paired }) => (how === "promoted" && isPairedWindows(paired) ? [paired] : []))
    .slice(-TEACHING);
