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
  /** The bounds at which slow answers can be counted, in ms, rising: those of a platform's buckets. Absent: the judge's own. */
  readonly ladder?: readonly number[];
  /** critical: harm in it is found sooner than in the others. information: it is judged and shown, and decides nothing. Absent: neither. */
  readonly importance?: "critical" | "information";
}

/** Whether it has a say in what becomes of a candidate. */
export const decides = ({ importance }: Pick<Guard, "importance">): boolean => importance !== "information";

/** The metric of the units of one group, as guards, counts and evidence name it: no metric of a document has a slash. */
export const metricOfGroup = (metric: string, group: string): string => `${metric}/${group}`;

/** The metric and the group that such a name is made of; without a group, of all units. */
export function groupIn(metric: string): { readonly of: string; readonly group?: string } {
  const [of = metric, group] = metric.split("/");
  return group === undefined ? { of } : { of, group };
}
