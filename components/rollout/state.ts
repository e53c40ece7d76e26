import { createHash } from "node:crypto";
import type { TrafficPlan } from "../traffic/plan.ts";
import type { TrafficEvent, TrafficStatus } from "../traffic/status.ts";
import type { Contents, RolledBack } from "./contents.ts";
import type { JudgesState } from "./judges.ts";
import { type Ended, type Progress, shareOf } from "./progress.ts";
import type { Memory } from "./refusal.ts";

/** Everything that decisions rest on. Plain data: who keeps it can stop at any moment, and go on elsewhere. */
export interface RolloutState {
  /** The plan in force; absent before the first one, and after the endpoint was taken down. */
  readonly plan?: TrafficPlan | undefined;
  /** Counts every accepted plan and every change that was decided without one. */
  readonly generation: number;
  /** When each version's notice was first seen, in Unix seconds. */
  readonly deprecatedSince: Readonly<Record<string, number>>;
  /** Since when traffic is divided as it is now: RFC 3339. */
  readonly since: string;
  /** Of the plan in force. */
  readonly progress?: Progress | undefined;
  /** Absent without a candidate, and without guards. */
  readonly judges?: JudgesState | undefined;
  /** What is asked of whom: evidence of another question is none. */
  readonly question: string;
  /** Rollouts that were ended, by identity: none of them opens again. The newest last, at most 1,000. */
  readonly ended: Readonly<Record<string, Ended>>;
  readonly contents: Contents;
  /** The content that serves everybody, or did until the endpoint was taken down. */
  readonly serving?: string | undefined;
  /** What the plan makes stable was taken back. */
  readonly rolledBack?: RolledBack | undefined;
  /** A person took traffic back, and no plan has moved any since: the same again does nothing. */
  readonly takenBack: boolean;
  /** What damaged files lost, the newest last, at most 20. */
  readonly losses: NonNullable<TrafficStatus["losses"]>;
  /** The newest last, at most 200. */
  readonly events: readonly TrafficEvent[];
}

/** Nothing has been planned yet. */
export const emptyState = (since: string): RolloutState => ({
  generation: 0,
  deprecatedSince: {},
  since,
  question: "",
  ended: {},
  contents: {},
  takenBack: false,
  losses: [],
  events: [],
});

/** Who serves everybody but those whom the candidate has. */
export const servingNow = ({ rolledBack }: RolloutState, plan: TrafficPlan): string => rolledBack?.to ?? plan.stable;

/** How traffic is to be divided now; undefined when nothing is to be served. */
export interface Division {
  readonly plan: TrafficPlan;
  readonly stable: string;
  /** The candidate's part, in basis points. */
  readonly weight: number;
  readonly shadowing: boolean;
}

/** How traffic is to be divided by a state; undefined while nothing is to be served. */
export function divisionOf(state: RolloutState): Division | undefined {
  const { plan, progress } = state;
  if (plan === undefined || progress === undefined) return undefined;
  return { plan, stable: servingNow(state, plan), ...shareOf(progress) };
}

/** What plans are judged by. */
export const memoryOf = ({
  plan,
  progress,
  serving,
  contents,
  ended,
  deprecatedSince,
}: Omit<RolloutState, "judges" | "question">): Memory => ({
  plan,
  isComplete: progress?.phase === "complete",
  serving,
  contents,
  ended,
  deprecatedSince,
});

/** The plan has a candidate whose rollout was not ended. */
export const isRunning = ({ progress }: RolloutState, { candidate }: TrafficPlan): boolean =>
  candidate !== undefined && progress?.ended === undefined;

/** Which rollout is judged on which terms: 16 hex digits. The weight is none of them. */
export function questionOf({ rollout: { identity, guards, alpha, beta, steps, maxDurationMs } }: TrafficPlan): string {
  const terms = JSON.stringify([identity, guards, alpha, beta, steps, maxDurationMs]);
  return createHash("sha256").update(terms).digest("hex").slice(0, 16);
}
