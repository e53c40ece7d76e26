import { bucketOf, LATENCY_BUCKETS } from "../../../analysis/index.ts";
import type { RequestOutcome } from "../../../guards/index.ts";
import type { Arrivals, Excess } from "../../../rollout/index.ts";
import type { ValueSum } from "./cohorts.ts";

type Mutable<Shape> = { -readonly [Key in keyof Shape]: Shape[Key] };

/** Everything counted of one version since the process started. */
export interface VersionCounter {
  requests: number;
  /** Answers of 500 and above, and requests without an answer. */
  errors: number;
  failedOver: number;
  shadowed: number;
  pinned: number;
  readonly codes: Map<number, number>;
  readonly latency: Float64Array;
  latencySumMs: number;
  /** Monotonic ms of the last request or copy that was sent to it without naming it. */
  lastDrawnAt: number;
}

/** There from the start, so that the first of them is seen as an increase; code 0 is no answer. */
const EXPECTED_CODES = [0, 200, 400, 404, 413, 415, 422, 429, 500, 502, 503, 504];

/** Nothing counted of a version yet. */
export const createVersionCounter = (): VersionCounter => ({
  requests: 0,
  errors: 0,
  failedOver: 0,
  shadowed: 0,
  pinned: 0,
  codes: new Map(EXPECTED_CODES.map((code) => [code, 0])),
  latency: new Float64Array(LATENCY_BUCKETS),
  latencySumMs: 0,
  lastDrawnAt: Number.NEGATIVE_INFINITY,
});

/** One arm of the comparison, during one interval. */
export interface ArmCounter {
  requests: number;
  errors: number;
  refusals: number;
  readonly latency: Float64Array;
  /** By metric. */
  readonly feedback: Map<string, { count: number; sum: number }>;
}

/** Nothing counted of one side of the comparison yet. */
export const createArmCounter = (): ArmCounter => ({
  requests: 0,
  errors: 0,
  refusals: 0,
  latency: new Float64Array(LATENCY_BUCKETS),
  feedback: new Map(),
});

/** What the judge compares, since the last interval was closed. Pinned, copied and failed-over answers never get here. */
export interface ComparedCounts {
  readonly stable: ArmCounter;
  readonly candidate: ArmCounter;
  /** What was drawn, whatever became of it; absent when nothing was, and while the interval is open. */
  readonly arrivals?: Arrivals | undefined;
  /** Requests of inputs and addresses beyond their fair share: too much of one kind to be evidence of harm. */
  readonly excess: { readonly stable: Mutable<Excess>; readonly candidate: Mutable<Excess> };
  /** Copies that were answered or failed, and how stable did with the same requests. */
  readonly copies: {
    requests: number;
    errors: number;
    stableErrors: number;
    refusals: number;
    stableRefusals: number;
  };
}

/** Nothing counted of either side yet. */
export const createComparedCounts = (): ComparedCounts => ({
  stable: createArmCounter(),
  candidate: createArmCounter(),
  excess: { stable: { requests: 0, bad: 0 }, candidate: { requests: 0, bad: 0 } },
  copies: { requests: 0, errors: 0, stableErrors: 0, refusals: 0, stableRefusals: 0 },
});

/** Status that stands in the counts for a request that got no answer. */
export const NO_ANSWER = 0;

/** Whether an answer is none that a client can use. */
export const isError = (status: number): boolean => status === NO_ANSWER || status >= 500;

/** Counts one answer. @param ms from the request to its end */
export function countAnswer(counter: VersionCounter, status: number, ms: number): void {
  counter.requests++;
  if (isError(status)) counter.errors++;
  counter.codes.set(status, (counter.codes.get(status) ?? 0) + 1);
  if (status === NO_ANSWER) return;
  const bucket = bucketOf(ms);
  counter.latency[bucket] = (counter.latency[bucket] ?? 0) + 1;
  counter.latencySumMs += ms;
}

/** Whether a client has its prediction. */
export const isGood = (status: number): boolean => status >= 200 && status < 300;

/** A status that is neither a prediction nor a refusal is a failure: nobody asked to be sent elsewhere. */
export const outcomeOf = (status: number): RequestOutcome =>
  isGood(status) ? "answered" : status >= 400 && status < 500 ? "refused" : "failed";

/**
 * A failure is slower than any time: what fails fast, or never answers, is not quick.
 * @param ms absent without an answer
 */
export function countInArm(arm: ArmCounter, outcome: RequestOutcome, ms: number | undefined): void {
  arm.requests++;
  if (outcome === "failed") arm.errors++;
  if (outcome === "refused") arm.refusals++;
  const took = outcome === "failed" ? Number.POSITIVE_INFINITY : ms;
  if (took === undefined) return;
  const bucket = bucketOf(took);
  arm.latency[bucket] = (arm.latency[bucket] ?? 0) + 1;
}

/** Counts values that came back from the business. */
export function countFeedback(arm: ArmCounter, metric: string, { count, sum }: ValueSum): void {
  const seen = arm.feedback.get(metric);
  if (seen === undefined) arm.feedback.set(metric, { count, sum });
  else {
    seen.count += count;
    seen.sum += sum;
  }
}

/** The latency below which a share of the answers lies, as the upper bound of its bucket in ms; 0 without answers. */
export function quantile(latency: Float64Array, share: number, boundOf: (bucket: number) => number): number {
  let total = 0;
  for (const count of latency) total += count;
  if (total === 0) return 0;
  let below = 0;
  for (const [bucket, count] of latency.entries()) {
    below += count;
    if (below >= share * total) return Number.isFinite(boundOf(bucket)) ? boundOf(bucket) : boundOf(bucket - 1);
  }
  return 0;
}
