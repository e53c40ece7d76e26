import type { TrafficPlan } from "../traffic/plan.ts";
import { attemptOf, contentOf, ended as endContent, endOfRollback } from "./contents.ts";
import { type Ended, end, type Transition } from "./progress.ts";
import type { Refusal } from "./refusal.ts";
import { isRunning, servingNow } from "./state.ts";
import type { Turn } from "./turn.ts";
import { wayBack } from "./way-back.ts";

/** Somebody ends the rollout that runs. */
export interface Abort {
  readonly reason: string;
  /** Who asks, `user@host`. */
  readonly by?: string | undefined;
}

/** Somebody takes the traffic back. */
export interface RollBack extends Abort {
  /** The version that is asked for by name. @default the way back of the plan */
  readonly to?: string | undefined;
  /** The versions that could serve. */
  readonly answers: readonly string[];
}

const MOST_ENDED = 1_000;

/** @param by who took the decision: a person by name, or the cause itself */
export function enact(turn: Turn, plan: TrafficPlan, { progress, change }: Transition, by?: string): void {
  const ended = progress.ended && { ...progress.ended, by: by ?? progress.ended.cause };
  turn.set({ progress: { ...progress, ...(ended !== undefined && { ended }) } });
  if (change === undefined) return;
  if (change.kind !== "complete" && change.kind !== "hold") turn.set({ since: turn.at });
  if (ended !== undefined) keepEnded(turn, plan, ended);
  turn.countGeneration();
  turn.order({ kind: "divide", decided: true });
  turn.note(change.kind, change.text);
  turn.order({ kind: "save" });
  if (ended !== undefined) turn.record(ended.cause === "person" ? "aborted" : "stopped", plan, ended);
}

/** It does not open again: neither the rollout nor its content at this attempt. */
export function keepEnded(turn: Turn, plan: TrafficPlan, end: Ended): void {
  const { candidate, rollout } = plan;
  const { ended, contents } = turn.state;
  turn.set({ ended: newest({ ...ended, [rollout.identity]: end }, MOST_ENDED) });
  if (candidate === undefined) return;
  const content = { ...end, version: candidate, as: "candidate", attempt: attemptOf(plan) } as const;
  turn.set({ contents: endContent(contents, contentOf(plan, candidate), content) });
}

/** Ends the rollout that runs; without one nothing changes. */
export function abort(turn: Turn, { reason, by }: Abort): undefined {
  const { plan, progress } = turn.state;
  if (plan === undefined || progress === undefined || progress.step < 0) {
    turn.note("abort", "there is no rollout to abort");
  } else if (progress.ended !== undefined) turn.note("abort", "the rollout had already ended");
  else enact(turn, plan, end(progress, turn.at, "person", reason), by);
}

/**
 * Aborts the rollout that runs; else the version before the last promotion takes all traffic. The same again does
 * nothing; further back goes only who names the version, which must have served everybody before.
 */
export function rollBack(turn: Turn, { reason, by, to, answers }: RollBack): Refusal | undefined {
  const { plan, takenBack, contents } = turn.state;
  if (plan === undefined) return undefined;
  const serving = servingNow(turn.state, plan);
  const way = wayBack({ plan, serving, to, takenBack, contents, answers: (version) => answers.includes(version) });
  if (way.kind === "refused") return way.refusal;
  if (way.kind === "nowhere") {
    turn.note("rollback", "no version that served before is kept warm: there is nothing to go back to");
    return undefined;
  }
  turn.set({ takenBack: true });
  if (isRunning(turn.state, plan)) abort(turn, { reason, by });
  else if (way.kind === "end") {
    turn.note("rollback", `already rolled back: ${serving} serves; to go further back, name the version`);
  }
  if (way.kind === "version") goBack(turn, plan, { from: serving, to: way.version, reason, by });
  else turn.order({ kind: "save" });
  return undefined;
}

/** Who served everybody until now is rolled back, be it the stable version of the plan or one further back. */
function goBack(
  turn: Turn,
  plan: TrafficPlan,
  {
    from,
    to,
    reason,
    by: who,
  }: { readonly from: string; readonly to: string; readonly reason: string; readonly by: string | undefined },
): void {
  const { serving, contents, since } = turn.state;
  const by = who === undefined ? {} : { by: who };
  const back = { version: plan.stable, content: contentOf(plan, plan.stable), to, at: turn.at, reason, ...by };
  turn.set({
    ...(serving !== undefined && {
      contents: endContent(contents, serving, { ...endOfRollback(back), version: from }),
    }),
    serving: contentOf(plan, to),
    rolledBack: back,
    since: turn.at,
  });
  turn.countGeneration();
  turn.order({ kind: "divide", decided: true, left: from });
  turn.record("rolledBack", plan, { cause: "person", reason, ...by, from: since, serving: to });
  turn.note("rollback", `${from} → ${to}${who === undefined ? "" : ` by ${who}`}: ${reason}`);
  turn.order({ kind: "save" });
}

const newest = <Value>(record: Readonly<Record<string, Value>>, most: number): Readonly<Record<string, Value>> =>
  Object.fromEntries(Object.entries(record).slice(-most));
