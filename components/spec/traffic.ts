/**
 * What a data plane needs to know of a release: complete, resolved, plain data.
 *
 * `planTraffic` in lifecycle/ derives it from a release; a platform's route carries it; the gateway obeys it.
 * A weight step changes `weight` (or `shadow`) here and nothing else anywhere.
 */
export interface TrafficPlan {
  readonly model: string;
  /** The version that answers whatever is not given to the candidate. */
  readonly stable: string;
  /** Why `stable` serves although it has not proven itself: the reason that the document names. */
  readonly override?: string;
  /** The version that was stable before the last promotion, still warm: where a rollback without a candidate goes. */
  readonly previous?: string;
  /** The version on trial. Absent when no rollout runs. */
  readonly candidate?: string;
  /**
   * The candidate's share, in basis points (0 to 10,000).
   * `advance: manual`: the share itself. `advance: automatic`: the ceiling that the steps climb to.
   */
  readonly weight: number;
  /** Weight "shadow": the candidate gets copies of requests and answers nobody; `weight` is 0, and automatic steps end there. */
  readonly shadow: boolean;
  readonly rollout: RolloutPlan;
  /** Every deployed version and its content; retired ones are not deployed and stand in `notices` alone. */
  readonly versions: Readonly<Record<string, VersionPlan>>;
  /** Versions on their way out, by name. */
  readonly notices: Readonly<Record<string, VersionNotice>>;
  /** Requests with the same value of this header stay with one version, and count as one session. Absent: each request is drawn alone. */
  readonly stickyHeader?: string;
  /** The longest a version may take over an answer, in milliseconds. Absent in plans of version 0.1.0: 30,000. */
  readonly deadlineMs?: number;
  /** The least time from a version's notice to its retirement, in milliseconds. Absent in plans of version 0.1.0: none. */
  readonly noticeMs?: number;
}

export interface VersionPlan {
  /** Content hash of the version's directory. */
  readonly sha256: string;
}

export interface VersionNotice {
  readonly phase: "deprecated" | "archived" | "retired";
  /** When the version stops answering: RFC 3339 in UTC. */
  readonly sunset: string;
  /** The version to use instead. */
  readonly successor: string;
}

export interface RolloutPlan {
  /** Which rollout this is: a hash over stable, candidate, their pins and the attempt. Empty when no rollout runs. */
  readonly identity: string;
  readonly attempt: string;
  /** Where the candidate's share stops on its way to `weight`, in order. */
  readonly steps: readonly TrafficStep[];
  readonly advance: "automatic" | "manual";
  readonly guards: readonly Guard[];
  /** The least time on a step before it is left upwards, in milliseconds. */
  readonly bakeMs: number;
  /** Without a decision after this time the verdict is inconclusive, in milliseconds. */
  readonly maxDurationMs: number;
  readonly onInconclusive: "hold" | "rollback" | "promote";
  /** Chance of stopping a harmless candidate, over the whole rollout (0 to 1). */
  readonly alpha: number;
  /** Chance of calling a harmful candidate harmless (0 to 1). */
  readonly beta: number;
}

export type TrafficStep = { readonly kind: "shadow" } | { readonly kind: "weight"; readonly weight: number };

/** What a data plane counts by itself; every other metric arrives as feedback. */
export const requestMetrics: readonly string[] = ["errorRate", "refusalRate", "latency"];

export interface Guard {
  /** `errorRate`, `refusalRate`, `latency`, or the name of a business metric that arrives as feedback. Unique within a rollout. */
  readonly metric: string;
  readonly source: "requests" | "feedback";
  /** Which change is harm. */
  readonly direction: "increase" | "decrease" | "either";
  /** absolute: a difference of shares (0.005 = half a point). relative: a ratio to stable (0.2 = 20 per cent). */
  readonly margin: { readonly kind: "absolute" | "relative"; readonly value: number };
  /** How much more the counts scatter than independent requests would (1 or more); evidence is tempered by its inverse. */
  readonly designEffect: number;
}

/**
 * The steps a rollout actually climbs: the plan's steps below its weight, then the weight; what is given by hand is the only step.
 * Empty without a candidate, [0] when the candidate is to have no traffic.
 */
export function ladder(plan: TrafficPlan): readonly ("shadow" | number)[] {
  if (plan.candidate === undefined) return [];
  if (plan.shadow) return ["shadow"];
  if (plan.rollout.advance === "manual" || plan.weight === 0) return [plan.weight];
  const below = plan.rollout.steps.map((step) => (step.kind === "shadow" ? step.kind : step.weight));
  return [...below.filter((step) => step === "shadow" || step < plan.weight), plan.weight];
}

/** Who gets how much when the candidate has this share: basis points that sum to 10,000, a row for every deployed version. */
export function trafficWeights(plan: TrafficPlan, candidateWeight: number): Readonly<Record<string, number>> {
  const weights = Object.fromEntries(Object.keys(plan.versions).map((version) => [version, 0]));
  if (plan.candidate !== undefined) weights[plan.candidate] = candidateWeight;
  weights[plan.stable] = 10_000 - (plan.candidate === undefined ? 0 : candidateWeight);
  return weights;
}

/**
 * Turns shares of any size into whole basis points that sum to 10,000: each is rounded down, and what is left goes to the largest remainders,
 * the earlier name first (Hamilton's method).
 * @throws RangeError when a share is negative or not finite, or when none is above zero.
 */
export function splitWeights(shares: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  const total = Object.values(shares).reduce((sum, share) => sum + share, 0);
  if (Object.values(shares).some((share) => !(share >= 0)) || !(total > 0 && total < Number.POSITIVE_INFINITY)) {
    throw new RangeError("shares are zero or more, finite, and not all zero");
  }
  const exact = Object.entries(shares).map(([name, share]) => ({ name, exact: (share / total) * 10_000 }));
  const left = 10_000 - exact.reduce((sum, row) => sum + Math.floor(row.exact), 0);
  const byRemainder = exact.toSorted((a, b) => (b.exact % 1) - (a.exact % 1));
  const favoured = new Set(byRemainder.slice(0, left).map(({ name }) => name));
  return Object.fromEntries(exact.map((row) => [row.name, Math.floor(row.exact) + (favoured.has(row.name) ? 1 : 0)]));
}
