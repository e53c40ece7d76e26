import type { Interval } from "../analysis/index.ts";

/** Requests that count for no version: too many of one input, or of one address, to be evidence. */
export interface Excess {
  readonly requests: number;
  /** Failed or refused. */
  readonly bad: number;
}

/** Requests that were drawn with one weight. */
export interface Draws {
  /** The candidate's share when they were drawn, in basis points. */
  readonly weight: number;
  readonly stable: number;
  readonly candidate: number;
}

/**
 * What was drawn, before anything is left out of the comparison: failures that are excused, the excess of few inputs, and
 * what a client left are in it. Requests that name their version, copies and what failed over were not drawn. What was
 * not drawn one by one must not be here: a shell that cannot tell leaves arrivals out.
 */
export interface Arrivals {
  /** In the order in which the weights were in force. */
  readonly draws: readonly Draws[];
  /**
   * Where sessions stay together only the first request of each is a draw. Since when whoever counted remembers them, in
   * ms since 1970: after that moment changes, sessions may come again. Absent where each request is drawn for itself.
   */
  readonly sessionsSince?: number;
}

/** How much the candidate can be given now, whatever the evidence says. */
export interface Limit {
  /** Its largest share, in basis points. */
  readonly weight: number;
  /** What would have to change for more, in words: `2 ready pods of v2 more`. */
  readonly because: string;
}

/** What was counted in one interval: what the judges are given, and when. */
export interface ClosedInterval {
  readonly live: Interval;
  /** Copies against stable's answers to the same requests; absent when nothing was copied. */
  readonly copies?: Interval;
  /** What was left out of `live` on both sides; absent when nothing was. */
  readonly excess?: { readonly stable: Excess; readonly candidate: Excess };
  /** Absent when nothing was drawn, in intervals of 0.1.0, and where nobody can count it. */
  readonly arrivals?: Arrivals;
  /** Nothing is raised beyond it; nothing is lowered for it either. Absent: there is none. */
  readonly limit?: Limit;
}
