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
  /** The version that was stable before the last promotion, still warm: where a rollback without a candidate goes. */
  readonly previous?: string;
  /** The version on trial. Absent when no rollout runs. */
  readonly candidate?: string;
  /**
   * The candidate's share, in basis points (0 to 10,000).
   * `advance: manual`: the share itself. `advance: automatic`: the ceiling that the steps climb to.
   */
  readonly weight: number;
  /** `advance: manual` with weight "shadow": the candidate gets copies of requests and answers nobody. */
  readonly shadow: boolean;
  readonly rollout: RolloutPlan;
  /** Every deployed version and its content; retired ones are not deployed and stand in `notices` alone. */
  readonly versions: Readonly<Record<string, VersionPlan>>;
  /** Versions on their way out, by name. */
  readonly notices: Readonly<Record<string, VersionNotice>>;
  /** Requests with the same value of this header stay with one version, and count as one session. Absent: each request is drawn alone. */
  readonly stickyHeader?: string;
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

export interface Guard {
  /** `errorRate`, `latency`, or the name of a business metric that arrives as feedback. Unique within a rollout. */
  readonly metric: string;
  readonly source: "requests" | "feedback";
  /** Which change is harm. */
  readonly direction: "increase" | "decrease" | "either";
  /** absolute: a difference of shares (0.005 = half a point). relative: a ratio to stable (0.2 = 20 per cent). */
  readonly margin: { readonly kind: "absolute" | "relative"; readonly value: number };
  /** How much more the counts scatter than independent requests would (1 or more); evidence is tempered by its inverse. */
  readonly designEffect: number;
}
