/** Whether a feature drifts, over periods: one loud window is not drift yet, and one quiet one does not end it. */

/** What is remembered of a feature between periods. Plain data: survives JSON. */
export interface Hysteresis {
  /** Of the last five periods, which were above a threshold; the newest stands last. */
  readonly recent: readonly boolean[];
  /** How many periods were calm without a break, up to now. */
  readonly calm: number;
  readonly drifting: boolean;
}

/** Drift begins when 3 of the last 5 periods are above a threshold, and ends after 3 calm ones in a row. */
export const PERIODS = { looked: 5, above: 3, calm: 3 } as const;

/** Before the first period. */
export const NO_PERIODS: Hysteresis = { recent: [], calm: 0, drifting: false };

/** After one more period. Between above and calm nothing begins and nothing ends. */
export function stepHysteresis(
  before: Hysteresis,
  period: { readonly above: boolean; readonly calm: boolean },
): Hysteresis {
  const recent = [...before.recent, period.above].slice(-PERIODS.looked);
  const calm = period.calm ? before.calm + 1 : 0;
  const begins = recent.filter((above) => above).length >= PERIODS.above;
  return { recent, calm, drifting: begins || (before.drifting && calm < PERIODS.calm) };
}
