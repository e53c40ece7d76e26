import {
  type ClosedInterval,
  type Contents,
  contentOf,
  type Ended,
  emptyState,
  firstContents,
  type JudgesState,
  type Progress,
  type RolledBack,
  type RolloutState,
  serveContent,
} from "../../../rollout/index.ts";
import type { TrafficEvent, TrafficStatus } from "../../../traffic/status.ts";
import { FORMAT } from "./record-files.ts";
import type { RouteDocument } from "./route-document.ts";

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
  readonly trial?: { readonly state: JudgesState; readonly offset: number };
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

/**
 * What the files of a gateway tell, but for its judges: their snapshot goes on with the intervals after it. Progress is
 * there when it is the plan's. Files of version 0.1.0 know no contents: what they tell of the plan in force is taken for
 * them. A plan that was written just before the process ended was accepted: what serves is its stable version.
 * @param at now, RFC 3339
 */
export function stateOf(route: RouteRecord | undefined, record: RolloutRecord | undefined, at: string): RolloutState {
  const { since = at, ended = {}, takenBack = false, losses = [], events = [], contents = {} } = record ?? {};
  const known = { ...emptyState(since), ended, takenBack, losses, events };
  if (route === undefined) return { ...known, contents, serving: record?.serving };
  const { plan, generation, deprecatedSince } = route;
  const rolledBack = rollbackInForce(route, record);
  const serving = contentOf(plan, rolledBack?.to ?? plan.stable);
  const remembered = record?.contents ?? firstContents(plan, record, at);
  const isOfPlan = record?.progress.identity === plan.rollout.identity;
  return {
    ...known,
    plan,
    generation,
    deprecatedSince,
    ...(isOfPlan && { progress: record.progress }),
    contents: serveContent(remembered, serving, at),
    serving,
    rolledBack,
  };
}

/** The rollback of what the plan in force makes stable. */
function rollbackInForce({ plan }: RouteRecord, record: RolloutRecord | undefined): RolledBack | undefined {
  const back = record?.rolledBack;
  if (back?.version !== plan.stable || back.content !== contentOf(plan, plan.stable)) return undefined;
  const to = back.to ?? plan.previous;
  return to === undefined ? undefined : { ...back, to };
}

/** `route.json` of a state; undefined without a plan. */
export function routeRecordOf(
  { plan, generation, deprecatedSince }: RolloutState,
  servers: RouteDocument["servers"],
): RouteRecord | undefined {
  return plan && { format: FORMAT, generation, plan, servers, deprecatedSince };
}

/** `rollout.json` of a state; undefined without a plan. `offset`: how many bytes of intervals.jsonl the judges have read. */
export function rolloutRecordOf(state: RolloutState, offset: number): RolloutRecord | undefined {
  const { progress, judges, since, ended, contents, serving, takenBack, rolledBack, losses, events } = state;
  if (progress === undefined) return undefined;
  return {
    format: FORMAT,
    progress,
    ...(judges !== undefined && { trial: { state: judges, offset } }),
    since,
    ended,
    contents,
    ...(serving !== undefined && { serving }),
    ...(takenBack && { takenBack }),
    ...(rolledBack !== undefined && { rolledBack }),
    ...(losses.length > 0 && { losses }),
    events,
  };
}
