import type { Direction, Guard, Margin } from "./guard.ts";
import type { Path } from "./path.ts";

/**
 * What the judge says of a rollout.
 * - `continue`: nothing is decided yet
 * - `promote`: every guard is shown non-inferior, now
 * - `rollback`: harm is shown; it stays so whatever comes later
 * - `inconclusive`: the time for a decision is over and there is none
 * - `noData`: a guard's arm is silent; waits, never promotes, never counts as failure, ends when data comes
 */
export type Decision = "continue" | "promote" | "rollback" | "inconclusive" | "noData";

/** What the judge says, and on what. */
export interface Verdict {
  readonly verdict: Decision;
  readonly evidence: Evidence;
}

/** A log e-value over time. `p` = min(1, exp(-max)) holds however often one looks. */
export interface Curve {
  /** ln of the e-value now. */
  readonly log: number;
  readonly max: number;
  /** Interval (from 0) of the maximum; null before any evidence. */
  readonly maxAt: number | null;
  readonly p: number;
  readonly path: Path;
}

/** What was counted of one version. */
export interface ArmTotals {
  readonly units: number;
  readonly events: number;
  /** events / units; null without units. */
  readonly rate: number | null;
}

/** One side of a guard, or one rung of its latency ladder. */
export interface ComparisonEvidence {
  readonly side: "increase" | "decrease";
  /** Latency only: an arm's events are its requests slower than this. */
  readonly stableMs?: number;
  readonly candidateMs?: number;
  readonly stable: ArmTotals;
  readonly candidate: ArmTotals;
  /** Rates in which each block weighs the same on both arms, as it is judged; null before any block. */
  readonly compared: { readonly stable: number; readonly candidate: number } | null;
  readonly rollbackLog: number;
  readonly promoteLog: number;
}

/** What is known of one guard. */
export interface GuardEvidence {
  readonly name: string;
  readonly kind: Guard["kind"];
  readonly direction: Direction;
  readonly margin: Margin;
  readonly designEffect: number;
  /** What its word weighs beside the others' in a rollback; one of 0 decides nothing. */
  readonly stake: number;
  /** The comparison that speaks loudest for harm stands first. */
  readonly comparisons: readonly ComparisonEvidence[];
  readonly rollback: Curve;
  /** Of the comparison that is furthest from being shown non-inferior. */
  readonly promote: Curve;
  readonly nonInferior: boolean;
  /**
   * How much more often than stable's the candidate's units may still show the event, 0 to 1: the largest excess that the
   * counts leave possible, to about `excessBeta`. 1 before any unit of both. No guarantee rests on it. Absent where it is
   * not asked for.
   */
  readonly possibleExcess?: number;
  /** Candidate units still needed for `nonInferior` at the observed rates and split; null when they do not lead there. */
  readonly unitsToPromote: number | null;
}

/** The guard that most likely caused a rollback. */
export interface Culprit {
  readonly guard: string;
  readonly side: "increase" | "decrease";
  readonly stableMs?: number;
  readonly candidateMs?: number;
  readonly p: number;
  /** Holm's p over all guards: may exceed alpha when several guards fired together only. */
  readonly adjustedP: number;
  /** Interval at which the guard's evidence was highest. */
  readonly interval: number;
}

/** What would happen next if the rates stayed as observed. */
export interface Next {
  readonly decision: "promote" | "rollback" | null;
  /** Candidate units until then; divide by the candidate's rate for a time. Null when it cannot be told. */
  readonly candidateUnits: number | null;
  /** Between how many it takes in eight of ten rollouts: chance decides much of it. */
  readonly between: readonly [least: number, most: number] | null;
  /** The guard that decides when. */
  readonly guard: string | null;
  readonly reason: string;
}

/** Everything a verdict rests on, in numbers. */
export interface Evidence {
  readonly intervals: number;
  /** Start of the first interval, ms epoch; null before any. */
  readonly from: number | null;
  /** Time judged, without the time in which data was missing. Compared with `maxDuration`. Unit: s. */
  readonly seconds: number;
  readonly alpha: number;
  readonly beta: number;
  /** ln(1/alpha) and ln(1/beta). */
  readonly thresholds: { readonly rollback: number; readonly promote: number };
  /** All guards together: the mean of their e-values. */
  readonly combined: Curve;
  /** The interval that decided for rollback, and its start. */
  readonly fired: { readonly interval: number; readonly at: number } | null;
  readonly culprit: Culprit | null;
  readonly guards: readonly GuardEvidence[];
  readonly missing: readonly { readonly guard: string; readonly arm: "stable" | "candidate" }[];
  readonly next: Next;
}
