import type { Range } from "./range.ts";

/** What watches one metric of a rollout, as the release document resolves it and a plan carries it. */
export interface Guard {
  /** The metric of a request that a kind claims, or the name of a business metric that arrives as feedback. Unique within a rollout. */
  readonly metric: string;
  /** Where its numbers come from: the data plane counts requests by itself, feedback is sent to it. */
  readonly source: "requests" | "feedback";
  /** Which change is harm. */
  readonly direction: "increase" | "decrease" | "either";
  /** absolute: a difference of shares (0.005 = half a point), or of means, in their units. relative: a ratio to stable (0.2 = 20 per cent). */
  readonly margin: { readonly kind: "absolute" | "relative"; readonly value: number };
  /** How much more the counts scatter than independent requests would (1 or more); evidence is tempered by its inverse. */
  readonly designEffect: number;
  /**
   * How long after a prediction what comes back about it is complete, in ms: the predictions of a second are compared
   * once they are so old, and what comes later is not. Absent for requests, and in plans of version 0.1.0, where feedback
   * counts when it arrives.
   */
  readonly maturesMs?: number;
  /** Where the values of a business metric lie whose mean is judged; absent for every other kind. */
  readonly range?: Range;
}
