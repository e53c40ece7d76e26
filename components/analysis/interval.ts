import type { GuardCounts } from "./guard.ts";

/** What was counted in one interval. Counts are of this interval only, never running totals. */
export interface Interval {
  /** Start, ms epoch. */
  readonly at: number;
  /** Length in s. */
  readonly seconds: number;
  /** Number of the rollout step, from 0: evidence for a promotion is of the present step alone. @default 0 */
  readonly step?: number;
  /** Counts by guard name; a guard left out had none. */
  readonly counts: Readonly<Record<string, GuardCounts>>;
}
