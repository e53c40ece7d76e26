import type { TrafficEvent, TrafficStatus } from "../../../spec/status.ts";
import type { Contents, RolledBack } from "./content-memory.ts";
import type { Ended, Progress } from "./rollout.ts";
import type { RouteDocument } from "./route-document.ts";
import type { ClosedInterval, TrialState } from "./trial.ts";

/** The last accepted plan: `route.json`. */
export interface RouteRecord extends RouteDocument {
  readonly format: number;
  readonly generation: number;
  /** Unix seconds at which each version's notice was first seen: what the `Deprecation` header says. */
  readonly deprecatedSince: Readonly<Record<string, number>>;
}

/** How far it came: `rollout.json`. */
export interface RolloutRecord {
  readonly format: number;
  readonly progress: Progress;
  readonly since: string;
  /** What the judges remembered when this was written, and how many bytes of intervals.jsonl they had read. */
  readonly trial?: { readonly state: TrialState; readonly offset: number };
  /** Rollouts that were ended, by identity: none of them opens again. The newest last, at most 1,000. */
  readonly ended: Readonly<Record<string, Ended>>;
  /** The promotion that was taken back; gone with the first plan that has another stable version. */
  readonly rolledBack?: RolledBack;
  /** What is known of each content; absent in files of version 0.1.0. */
  readonly contents?: Contents;
  /** The content that serves everybody, or did until the route was removed; absent in files of version 0.1.0. */
  readonly serving?: string;
  /** A person took traffic back, and no plan has moved any since: the same again does nothing. */
  readonly takenBack?: boolean;
  /** What damaged files lost, the newest last, at most 20. */
  readonly losses?: NonNullable<TrafficStatus["losses"]>;
  readonly events: readonly TrafficEvent[];
}

/** A line of `intervals.jsonl`. */
export interface RecordedInterval extends ClosedInterval {
  /** Which rollout, judged on which terms, it is evidence for: 16 hex digits. */
  readonly question: string;
}
