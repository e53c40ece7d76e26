import type { RolloutSettings, VersionNotice } from "../release/resolved.ts";

/**
 * What a data plane needs to know of a release: complete, resolved, plain data.
 *
 * `planTraffic` derives it from a release; a platform's route carries it; the gateway obeys it.
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

/** What a data plane has to know of a deployed version. */
export interface VersionPlan {
  /** What its bytes are, as its source pins them, and what answers for them: other bytes are another content, the same bytes behind the same program the same whatever the version is called. */
  readonly content: string;
}

/** How a rollout is climbed and judged, and which one it is. */
export interface RolloutPlan extends RolloutSettings {
  /** Which rollout this is: a hash over stable, candidate, their pins and the attempt. Empty when no rollout runs. */
  readonly identity: string;
}
