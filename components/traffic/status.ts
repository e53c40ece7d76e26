import type { TrafficPlan } from "./plan.ts";

/** What a data plane says of itself: read by `mlc status`, the live page, the provider and the demo's report. */
export interface TrafficStatus {
  readonly model: string;
  /** RFC 3339. */
  readonly at: string;
  /** Counts every accepted plan and every change the data plane makes by itself. */
  readonly generation: number;
  readonly plan: TrafficPlan;
  /** Who serves now, in basis points that sum to 10,000; every deployed version has its row. */
  readonly weights: Readonly<Record<string, number>>;
  /** True while the candidate gets copies. */
  readonly shadowing: boolean;
  /** Since when the weights are what they are: RFC 3339. */
  readonly since: string;
  readonly rollout: RolloutStatus;
  readonly requests: Readonly<Record<string, VersionCounts>>;
  /** What damaged files of the data plane lost, the newest last, at most 20; absent when nothing was. */
  readonly losses?: readonly { readonly at: string; readonly what: string }[];
  /** The newest last, at most 200. */
  readonly events: readonly TrafficEvent[];
}

/** Where a rollout stands. */
export type RolloutPhase =
  /** No candidate. */
  | "idle"
  /** The candidate climbs or bakes. */
  | "progressing"
  /** Undecided after the longest time, and configured to hold; or the traffic is not divided as the weight says. */
  | "holding"
  /** The candidate reached its target on evidence: promotion is one edit away. */
  | "complete"
  /** A guard, or a person, ended it: the candidate has no traffic until another identity comes. */
  | "aborted"
  /** After a promotion: the previous version serves again until the configuration says so too. */
  | "rolledBack";

/** The rollout as it stands, or that none runs. */
export interface RolloutStatus {
  readonly phase: RolloutPhase;
  readonly identity: string;
  readonly candidate?: string;
  /** Index into the ladder of steps; -1 when no rollout runs. */
  readonly step: number;
  /** The steps actually climbed: the plan's steps up to its weight, then the weight. */
  readonly ladder: readonly ("shadow" | number)[];
  readonly stepSince?: string;
  readonly startedAt?: string;
  /** The judge's verdict on what has been seen so far, with its evidence (analysis/). */
  readonly verdict?: unknown;
  /** What the evidence says of guards on means, in each metric's own units; the rates of all others are shares. */
  readonly figures?: Readonly<Record<string, GuardFigures>>;
  /** Feedback by metric: values that wait until all about their moment is complete, and those that came too late for it. */
  readonly feedback?: Readonly<Record<string, { readonly waiting: number; readonly late: number }>>;
  /** Whether the traffic is divided as the weight says; absent before anything was drawn. */
  readonly share?: ShareStatus;
  /** Why it ended, when it was ended. */
  readonly ended?: {
    readonly at: string;
    /** `guard:<metric>`, `person`, `plan`, `inconclusive`, or `damage` when what came of it was lost. */
    readonly cause: string;
    readonly reason: string;
    /** Who: `user@host` of the person who asked, else the cause. */
    readonly by?: string;
    /** From the candidate's first request to the decision, in seconds. */
    readonly detectSeconds?: number;
    /** From the decision to the last request sent to the candidate, in milliseconds; 0 when none was sent after it. */
    readonly lastBadMs?: number;
  };
  /** What happens next and when it is expected, in words and in seconds. */
  readonly next?: { readonly what: string; readonly expectedSeconds?: number };
}

/** A guard's margin, and what was seen of both versions, in the metric's own units. */
export interface GuardFigures {
  readonly margin: string;
  readonly stable: string;
  readonly candidate: string;
}

/** How the requests were divided that the candidate and stable were drawn for, since the weight is what it is. */
export interface ShareStatus {
  /** The candidate's share that they were drawn with, in basis points. */
  readonly weight: number;
  readonly stable: number;
  readonly candidate: number;
  /** ln of the e-value against "they were drawn with that weight"; below 0 they speak for it. */
  readonly log: number;
  /** At this `log` they do not fit. */
  readonly threshold: number;
  /**
   * The traffic is, or was in this rollout, not divided as the weight said: what was seen and what to do. The candidate
   * neither climbs nor completes; another attempt, or other guards, begin without it.
   */
  readonly mismatch?: string;
}

/** What a version was asked since the data plane started counting, and how it answered. */
export interface VersionCounts {
  readonly requests: number;
  readonly errors: number;
  /** Answered by stable after the candidate failed; charged to the candidate's errors as well. */
  readonly failedOver: number;
  readonly shadowed: number;
  readonly pinned: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Something that changed who serves, or that a person has to know. */
export interface TrafficEvent {
  readonly at: string;
  /** plan, override, evidence (it begins anew, or weighs less), step, abort, rollback, complete, hold, server-down, server-up, start, loss, drift, gateway and effective (in a cluster). */
  readonly kind: string;
  readonly text: string;
}
