import { isDeepStrictEqual } from "node:util";
import type { TrafficEvent } from "../spec/status.ts";
import type { TrafficPlan } from "../spec/traffic.ts";
import {
  asksForTraffic,
  attemptOf,
  contentOf,
  ended as endContent,
  endOfRollback,
  firstContents,
  serving as serveContent,
  tried,
} from "./contents.ts";
import { describePlan, endingBy } from "./endings.ts";
import type { ClosedInterval } from "./interval.ts";
import { addInterval, isJudged, judgesOf } from "./judges.ts";
import { noticedSince } from "./notices.ts";
import { changeTarget, type Ended, end, type Outcome, observe, startRollout } from "./progress.ts";
import { endedBefore, type Refusal, refusalOf, type StableChange, stableChangeOf } from "./refusal.ts";
import { isRunning, memoryOf, questionOf, type RolloutState, servingNow } from "./state.ts";
import { type Order, Turn } from "./turn.ts";
import { wayBack } from "./way-back.ts";

/** What happens to a rollout. `now`: ms since 1970, for people and for notices; nothing is measured with it. */
export type Input = { readonly now: number } & (
  | { readonly kind: "plan"; readonly plan: TrafficPlan }
  | { readonly kind: "interval"; readonly interval: ClosedInterval }
  /** `by`: who asks, `user@host`. */
  | { readonly kind: "abort"; readonly reason: string; readonly by?: string | undefined }
  | {
      readonly kind: "rollBack";
      readonly reason: string;
      readonly by?: string | undefined;
      /** The version that is asked for by name. */
      readonly to?: string | undefined;
      /** The versions that could serve. */
      readonly answers: readonly string[];
    }
  /** The endpoint is taken down. */
  | { readonly kind: "remove" }
  /** How far the rollout had come is not kept. `unknown`: nobody knows whether its candidate was stopped; it is. */
  | { readonly kind: "restart"; readonly unknown: boolean }
  /** What was judged so far cannot be used: evidence begins anew, the share stays. */
  | { readonly kind: "evidenceLost" }
  /** Something that was kept cannot be used any more. */
  | { readonly kind: "loss"; readonly what: string }
  /** A version without traffic was still sent something, so many ms after the decision. */
  | { readonly kind: "sentLate"; readonly version: string; readonly ms: number }
  | { readonly kind: "note"; readonly event: TrafficEvent["kind"]; readonly text: string }
);

export interface Step {
  readonly state: RolloutState;
  readonly orders: readonly Order[];
  /** Why nothing changes. */
  readonly refusal?: Refusal;
}

const MOST_ENDED = 1_000;
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
      return takePlan(turn, input.plan);
    case "interval":
      return judge(turn, input.interval);
    case "abort":
      return abort(turn, input);
    case "rollBack":
      return rollBack(turn, input);
    case "remove":
      return remove(turn);
    case "restart":
      return restart(turn, input.unknown);
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

function takePlan(turn: Turn, plan: TrafficPlan): Refusal | undefined {
  const { state } = turn;
  const before = state.plan;
  const refusal = refusalOf(plan, memoryOf(state), turn.now);
  if (refusal !== undefined) return refusal;
  const change = stableChangeOf(plan, memoryOf(state));
  if (!isDeepStrictEqual(before, plan) && typeof change === "string") adopt(turn, plan, change);
  turn.set({
    plan,
    generation: state.generation + 1,
    deprecatedSince: noticedSince(plan, state.deprecatedSince, turn.now),
  });
  turn.order({ kind: "divide", decided: false }, { kind: "save" });
  return undefined;
}

function adopt(turn: Turn, plan: TrafficPlan, change: StableChange): void {
  const before = turn.state.plan;
  const continues = plan.candidate !== undefined && before?.rollout.identity === plan.rollout.identity;
  const ending = before && endingBy(plan, change, isRunning(turn.state, before) && !continues);
  if (ending !== undefined && before !== undefined) turn.record(ending.how, before, ending);
  serve(turn, plan, change);
  if (continues && before !== undefined && turn.state.progress !== undefined) changeShare(turn, plan, before);
  else begin(turn, plan);
  turn.set({ since: turn.at });
  turn.note("plan", describePlan(plan));
  if (change === "override") turn.note("override", `${plan.stable} serves unproven: ${plan.override}`);
}

/** What is remembered of contents when a plan changes what serves everybody. */
function serve(turn: Turn, plan: TrafficPlan, change: StableChange): void {
  const { plan: before, serving, takenBack } = turn.state;
  let { contents } = turn.state;
  if (change === "first") contents = { ...contents, ...firstContents(plan, undefined, turn.at) };
  else if (change === "rollback" && serving !== undefined) {
    const reason = `a plan made ${plan.stable} stable again`;
    const version = before?.stable ?? "";
    contents = endContent(contents, serving, { version, as: "stable", at: turn.at, cause: "plan", reason });
  }
  const sha256 = contentOf(plan, plan.stable);
  turn.set({
    contents: tried(serveContent(contents, sha256, turn.at, plan.override), plan),
    serving: sha256,
    rolledBack: undefined,
    takenBack: takenBack && change === "none" && !asksForTraffic(plan),
  });
}

/** Begins a plan's rollout. One that was ended once begins ended. */
function begin(turn: Turn, plan: TrafficPlan): void {
  const fresh = startRollout(plan, turn.at);
  const ended = endedBefore(plan, turn.state);
  turn.set({ progress: ended === undefined ? fresh : { ...fresh, phase: "aborted", ended } });
  if (plan.candidate === undefined) turn.set({ judges: undefined });
  else forgetEvidence(turn, plan);
}

/** The same rollout under another plan. One that has ended stays as it is. */
function changeShare(turn: Turn, plan: TrafficPlan, before: TrafficPlan): void {
  const { progress } = turn.state;
  if (progress === undefined || progress.ended !== undefined) return;
  turn.set({ progress: changeTarget(progress, plan, turn.at) });
  if (questionOf(before) !== questionOf(plan)) forgetEvidence(turn, plan);
}

function forgetEvidence(turn: Turn, plan: TrafficPlan): void {
  const { progress } = turn.state;
  turn.set({
    question: questionOf(plan),
    judges: isJudged(plan) ? judgesOf(plan.rollout) : undefined,
    ...(progress !== undefined && { progress: { ...progress, proven: false, intervals: 0, taught: {} } }),
  });
  turn.order({ kind: "forgetEvidence" });
}

function judge(turn: Turn, interval: ClosedInterval): undefined {
  const { plan, progress, judges } = turn.state;
  if (plan === undefined || progress === undefined || judges === undefined || progress.ended !== undefined) return;
  const added = addInterval(plan.rollout, judges, interval);
  turn.set({ judges: added.judges });
  enact(turn, plan, observe(progress, plan.rollout, observationOf(interval, added.verdicts, turn.now)));
}

const observationOf = (closed: ClosedInterval, verdicts: ReturnType<typeof addInterval>["verdicts"], now: number) => ({
  at: new Date(now).toISOString(),
  ms: closed.live.seconds * 1000,
  closed,
  verdicts,
});

/** @param by who took the decision: a person by name, or the cause itself */
function enact(turn: Turn, plan: TrafficPlan, { progress, change }: Outcome, by?: string): void {
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

function keepEnded(turn: Turn, plan: TrafficPlan, end: Ended): void {
  const { candidate, rollout } = plan;
  const { ended, contents } = turn.state;
  turn.set({ ended: newest({ ...ended, [rollout.identity]: end }, MOST_ENDED) });
  if (candidate === undefined) return;
  const content = { ...end, version: candidate, as: "candidate", attempt: attemptOf(plan) } as const;
  turn.set({ contents: endContent(contents, contentOf(plan, candidate), content) });
}

/** Ends the rollout that runs; without one nothing changes. */
function abort(turn: Turn, { reason, by }: { readonly reason: string; readonly by?: string | undefined }): undefined {
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
function rollBack(
  turn: Turn,
  { reason, by, to, answers }: Extract<Input, { readonly kind: "rollBack" }>,
): Refusal | undefined {
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
  const back = { version: plan.stable, sha256: contentOf(plan, plan.stable), to, at: turn.at, reason, ...by };
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

/** Nothing is served any more. Ended rollouts stay known. */
function remove(turn: Turn): undefined {
  const { plan } = turn.state;
  if (plan === undefined) return;
  if (isRunning(turn.state, plan))
    turn.record("removed", plan, { cause: "plan", reason: "the endpoint was taken down" });
  turn.set({ plan: undefined, progress: undefined, judges: undefined, generation: 0, deprecatedSince: {} });
  turn.order({ kind: "divide", decided: false });
}

function restart(turn: Turn, unknown: boolean): undefined {
  const { plan } = turn.state;
  if (plan === undefined) return;
  turn.set({ since: turn.at });
  if (unknown && plan.candidate !== undefined) {
    const reason = "what the rollout had come to is lost with a damaged file; start its next attempt";
    keepEnded(turn, plan, { at: turn.at, cause: "damage", by: "damage", reason });
  }
  begin(turn, plan);
}

function loseEvidence(turn: Turn): undefined {
  const { plan, progress } = turn.state;
  if (plan?.candidate === undefined || progress === undefined) return;
  turn.set({ progress: { ...progress, stepElapsedMs: 0, stepArms: {}, stepCopies: 0 } });
  forgetEvidence(turn, plan);
}

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

const newest = <Value>(record: Readonly<Record<string, Value>>, most: number): Readonly<Record<string, Value>> =>
  Object.fromEntries(Object.entries(record).slice(-most));
