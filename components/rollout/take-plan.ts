import { isDeepStrictEqual } from "node:util";
import type { TrafficPlan } from "../traffic/plan.ts";
import {
  asksForTraffic,
  contentOf,
  ended as endContent,
  firstContents,
  serving as serveContent,
  tried,
} from "./contents.ts";
import { describePlan, endingBy } from "./endings.ts";
import { isJudged, judgesOf } from "./judges.ts";
import { describeLearnt, type Learnt, type LearntEffects } from "./learnt.ts";
import { noticedSince } from "./notices.ts";
import { beginStep, changeTarget, startRollout } from "./progress.ts";
import { endedBefore, type Refusal, refusalOf, type StableChange, stableChangeOf } from "./refusal.ts";
import { isRunning, memoryOf, questionOf } from "./state.ts";
import { keepEnded } from "./take-back.ts";
import type { Turn } from "./turn.ts";

/** A plan comes into force, or is refused with the reason. @param learnt what past rollouts tell, should evidence begin */
export function takePlan(turn: Turn, plan: TrafficPlan, learnt?: Learnt): Refusal | undefined {
  const { state } = turn;
  const before = state.plan;
  const refusal = refusalOf(plan, memoryOf(state), turn.now);
  if (refusal !== undefined) return refusal;
  const change = stableChangeOf(plan, memoryOf(state));
  if (!isDeepStrictEqual(before, plan) && typeof change === "string") adopt(turn, plan, { change, learnt });
  turn.set({
    plan,
    generation: state.generation + 1,
    deprecatedSince: noticedSince(plan, state.deprecatedSince, turn.now),
  });
  turn.order({ kind: "divide", decided: false }, { kind: "save" });
  return undefined;
}

function adopt(
  turn: Turn,
  plan: TrafficPlan,
  { change, learnt }: { readonly change: StableChange; readonly learnt: Learnt | undefined },
): void {
  const before = turn.state.plan;
  const continues = plan.candidate !== undefined && before?.rollout.identity === plan.rollout.identity;
  const ending = before && endingBy(plan, change, isRunning(turn.state, before) && !continues);
  if (ending !== undefined && before !== undefined) turn.record(ending.how, before, ending);
  serve(turn, plan, change);
  let isAnew = false;
  if (continues && before !== undefined && turn.state.progress !== undefined)
    isAnew = changeShare(turn, plan, { before, learnt });
  else begin(turn, plan, learnt);
  turn.set({ since: turn.at });
  turn.note("plan", describePlan(plan));
  if (isAnew) turn.note("evidence", "judged on other terms from here on: evidence begins anew, the share stays");
  noteLearnt(turn, plan, learnt);
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
  const content = contentOf(plan, plan.stable);
  turn.set({
    contents: tried(serveContent(contents, content, turn.at, plan.override), plan),
    serving: content,
    rolledBack: undefined,
    takenBack: takenBack && change === "none" && !asksForTraffic(plan),
  });
}

/** Begins a plan's rollout. One that was ended once begins ended. */
function begin(turn: Turn, plan: TrafficPlan, learnt: Learnt | undefined): void {
  const fresh = startRollout(plan, turn.at);
  const ended = endedBefore(plan, turn.state);
  turn.set({ progress: ended === undefined ? fresh : { ...fresh, phase: "aborted", ended } });
  if (plan.candidate === undefined) turn.set({ judges: undefined });
  else forgetEvidence(turn, plan, learnt?.effects);
}

/** The same rollout under another plan. One that has ended stays as it is. @returns whether its evidence begins anew */
function changeShare(
  turn: Turn,
  plan: TrafficPlan,
  { before, learnt }: { readonly before: TrafficPlan; readonly learnt: Learnt | undefined },
): boolean {
  const { progress } = turn.state;
  if (progress === undefined || progress.ended !== undefined) return false;
  turn.set({ progress: changeTarget(progress, plan, turn.at) });
  if (questionOf(before) === questionOf(plan)) return false;
  forgetEvidence(turn, plan, learnt?.effects);
  return true;
}

/** What the past tells people of the evidence that begins. */
function noteLearnt(turn: Turn, plan: TrafficPlan, learnt: Learnt | undefined): void {
  const isUsed = learnt !== undefined && turn.state.judges?.effects === learnt.effects;
  const told = isUsed ? describeLearnt(plan.rollout, learnt) : undefined;
  if (told !== undefined) turn.note("evidence", told);
}

/** @param effects what the past taught */
function forgetEvidence(turn: Turn, plan: TrafficPlan, effects: LearntEffects | undefined): void {
  const { progress } = turn.state;
  turn.set({
    question: questionOf(plan),
    judges: isJudged(plan) ? judgesOf(plan.rollout, undefined, effects) : undefined,
    ...(progress !== undefined && { progress: { ...progress, proven: false, intervals: 0, taught: {} } }),
  });
  turn.order({ kind: "forgetEvidence" });
}

/** Nothing is served any more. Ended rollouts stay known. */
export function remove(turn: Turn): undefined {
  const { plan } = turn.state;
  if (plan === undefined) return;
  if (isRunning(turn.state, plan))
    turn.record("removed", plan, { cause: "plan", reason: "the endpoint was taken down" });
  turn.set({ plan: undefined, progress: undefined, judges: undefined, generation: 0, deprecatedSince: {} });
  turn.order({ kind: "divide", decided: false });
}

/** The rollout of the plan in force begins anew. @param unknown nobody knows whether its candidate was stopped: it is */
export function restart(turn: Turn, unknown: boolean, learnt?: Learnt): undefined {
  const { plan } = turn.state;
  if (plan === undefined) return;
  turn.set({ since: turn.at });
  if (unknown && plan.candidate !== undefined) {
    const reason = "what the rollout had come to is lost with a damaged file; start its next attempt";
    keepEnded(turn, plan, { at: turn.at, cause: "damage", by: "damage", reason });
  }
  begin(turn, plan, learnt);
}

/** Evidence begins anew on the step where the rollout stands. */
export function loseEvidence(turn: Turn): undefined {
  const { plan, progress } = turn.state;
  if (plan?.candidate === undefined || progress === undefined) return;
  turn.set({ progress: { ...progress, ...beginStep(progress, undefined) } });
  forgetEvidence(turn, plan, turn.state.judges?.effects);
}
