import type { Interval } from "../analysis/index.ts";

/** Requests that count for no version: too many of one input, or of one address, to be evidence. */
export interface Excess {
  readonly requests: number;
  /** Failed or refused. */
  readonly bad: number;
}

/** What was counted in one interval: what the judges are given, and when. */
export interface ClosedInterval {
  readonly live: Interval;
  /** Copies against stable's answers to the same requests; absent when nothing was copied. */
  readonly copies?: Interval;
  /** What was left out of `live` on both sides; absent when nothing was. */
  readonly excess?: { readonly stable: Excess; readonly candidate: Excess };
}
