import type { TrafficPlan } from "../traffic/plan.ts";
import type { TrafficEvent } from "../traffic/status.ts";
import type { ClosedInterval } from "./interval.ts";
import { addInterval, type Verdicts } from "./judges.ts";
import type { Learnt } from "./learnt.ts";
import { type Observation, observe } from "./observe.ts";
import type { Refusal } from "./refusal.ts";
import type { RolloutState } from "./state.ts";
import { type Abort, abort, enact, type RollBack, rollBack } from "./take-back.ts";
import { loseEvidence, remove, restart, takePlan } from "./take-plan.ts";
import { type Order, Turn } from "./turn.ts";

/** What happens to a rollout. `now`: ms since 1970, for people and for notices; nothing is measured with it. */
export type Input = { readonly now: number } & (
  | { readonly kind: "interval"; readonly interval: ClosedInterval }
  /** `learnt`: what past rollouts tell the one that begins; absent where nothing is known of any. */
  | { readonly kind: "plan"; readonly plan: TrafficPlan; readonly learnt?: Learnt | undefined }
  | ({ readonly kind: "abort" } & Abort)
  | ({ readonly kind: "rollBack" } & RollBack)
  /** The endpoint is taken down. */
  | { readonly kind: "remove" }
  /** How far the rollout had come is not kept. `unknown`: nobody knows whether its candidate was stopped; it is. */
  | { readonly kind: "restart"; readonly unknown: boolean; readonly learnt?: Learnt | undefined }
  /** What was judged so far cannot be used: evidence begins anew, the share stays. */
  | { readonly kind: "evidenceLost" }
  /** Something that was kept cannot be used any more. */
  | { readonly kind: "loss"; readonly what: string }
  /** A version without traffic was still sent something, so many ms after the decision. */
  | { readonly kind: "sentLate"; readonly version: string; readonly ms: number }
  | { readonly kind: "note"; readonly event: TrafficEvent["kind"]; readonly text: string }
);

/** What comes of an input. */
export interface Step {
  readonly state: RolloutState;
  readonly orders: readonly Order[];
  /** Why nothing changes. */
  readonly refusal?: Refusal;
}

const MOST_LOSSES = 20;

/**
 * Decides: what was, and what happens, give what is from here on and what has to be done for it. Ended stays ended, and
 * nothing raises a share after an end.
 * @throws RangeError on an interval that cannot be: its evidence is lost
 */
export function step(state: RolloutState, input: Input): Step {
  const turn = new Turn(state, input.now);
  const refusal = take(turn, input);
  return refusal === undefined ? { state: turn.state, orders: turn.orders } : { state, orders: [], refusal };
}

/** Takes what was counted before this state was kept, and decides nothing: that is left to the next interval. */
export function replay(state: RolloutState, interval: ClosedInterval, now: number): RolloutState {
  const { plan, progress, judges } = state;
  if (plan === undefined || judges === undefined) return state;
  const added = addInterval(plan.rollout, judges, interval);
  const next = { ...state, judges: added.judges };
  if (progress === undefined || added.judges.live.intervals <= progress.intervals) return next;
  const { change, progress: seen } = observe(progress, plan.rollout, observationOf(interval, added.verdicts, now));
  return change === undefined ? { ...next, progress: seen } : next;
}

function take(turn: Turn, input: Input): Refusal | undefined {
  switch (input.kind) {
    case "plan":
      return takePlan(turn, input.plan, input.learnt);
    case "interval":
      return judge(turn, input.interval);
    case "abort":
      return abort(turn, input);
    case "rollBack":
      return rollBack(turn, input);
    case "remove":
      return remove(turn);
    case "restart":
      return restart(turn, input.unknown, input.learnt);
    case "evidenceLost":
      return loseEvidence(turn);
    case "loss":
      return noteLoss(turn, input.what);
    case "sentLate":
      return noteLate(turn, input);
    case "note":
      turn.note(input.event, input.text);
  }
  return undefined;
}

function judge(turn: Turn, interval: ClosedInterval): undefined {
  const { plan, progress, judges } = turn.state;
  if (plan === undefined || progress === undefined || judges === undefined || progress.ended !== undefined) return;
  const added = addInterval(plan.rollout, judges, interval);
  turn.set({ judges: added.judges });
  enact(turn, plan, observe(progress, plan.rollout, observationOf(interval, added.verdicts, turn.now)));
}

const observationOf = (closed: ClosedInterval, verdicts: Verdicts, now: number): Observation => ({
  at: new Date(now).toISOString(),
  ms: closed.live.seconds * 1000,
  closed,
  verdicts,
});

function noteLoss(turn: Turn, what: string): undefined {
  turn.set({ losses: [...turn.state.losses, { at: turn.at, what }].slice(-MOST_LOSSES) });
  turn.note("loss", what);
}

function noteLate(turn: Turn, { version, ms }: { readonly version: string; readonly ms: number }): undefined {
  const { plan, progress, rolledBack } = turn.state;
  if (rolledBack?.version === version && ms > (rolledBack.lastBadMs ?? 0)) {
    turn.set({ rolledBack: { ...rolledBack, lastBadMs: ms } });
    turn.order({ kind: "save" });
  }
  if (plan?.candidate === version && progress?.ended !== undefined && ms > (progress.ended.lastBadMs ?? 0)) {
    turn.set({ progress: { ...progress, ended: { ...progress.ended, lastBadMs: ms } } });
    turn.order({ kind: "save" });
  }
}
