import {
  createJudge,
  type Guard as JudgedGuard,
  type JudgeSettings,
  type JudgeState,
  type ShareState,
  type Verdict,
} from "../analysis/index.ts";
import type { Guard } from "../release/resolved.ts";
import type { RolloutPlan, TrafficPlan } from "../traffic/plan.ts";
import type { ClosedInterval } from "./interval.ts";
import { addShare, checkedShare } from "./share.ts";

/** What the two judges of a rollout remember. Copies never enter the live comparison: nobody received those answers. */
export interface JudgesState {
  readonly live: JudgeState;
  readonly copies: JudgeState;
  /** Whether the traffic is divided as the weights say. Absent before anything was drawn, and in files of 0.1.0. */
  readonly share?: ShareState;
}

/** What both judges say of what they have seen. */
export interface Verdicts {
  readonly live: Verdict;
  readonly copies: Verdict;
  /** How the traffic is divided that both were counted in: evidence of a split that is not by chance is none. */
  readonly share?: ShareState | undefined;
}

/** What can be read off an answer that nobody used. */
const COPIES_GUARDS = ["errorRate", "refusalRate"] as const;

/** There is a candidate, and something to judge it by. */
export const isJudged = ({ candidate, rollout }: TrafficPlan): boolean =>
  candidate !== undefined && rollout.guards.length > 0;

/** What the judge of a rollout is told. Published with the evidence, so that anybody can judge again. */
export function judgeSettings({ guards, alpha, beta, maxDurationMs, steps }: RolloutPlan): JudgeSettings {
  return {
    guards: guards.map(judgedGuard),
    alpha,
    beta,
    maxDuration: maxDurationMs / 1000,
    steps: Math.max(1, steps.filter(({ kind }) => kind === "weight").length),
  };
}

function judgedGuard({ metric, direction, margin, designEffect }: Guard): JudgedGuard {
  if (metric === "latency") {
    const relative = { kind: "relative", value: margin.value } as const;
    return { kind: "latency", name: metric, direction: "increase", margin: relative, designEffect };
  }
  return { kind: "proportion", name: metric, direction, margin, designEffect };
}

/** The margins are the guards', or half a point. */
function copiesSettings({ guards, alpha, beta }: RolloutPlan): JudgeSettings {
  const judged = COPIES_GUARDS.map((name) => {
    const guard = guards.find(({ metric }) => metric === name);
    const margin = guard?.margin ?? ({ kind: "absolute", value: 0.005 } as const);
    const designEffect = guard?.designEffect ?? 1;
    return { kind: "proportion", name, direction: "increase", margin, designEffect } as const;
  });
  return { guards: judged, alpha, beta };
}

/**
 * The judges of a rollout at its beginning, or where they stopped.
 * @throws RangeError on guards that make no sense, or on what judges of other guards remembered
 */
export function judgesOf(plan: RolloutPlan, state?: JudgesState): JudgesState {
  const { live, copies } = create(plan, state);
  return {
    live: live.state,
    copies: copies.state,
    ...(state?.share !== undefined && { share: checkedShare(state.share) }),
  };
}

/** One interval more. @throws RangeError on counts that cannot be */
export function addInterval(
  plan: RolloutPlan,
  state: JudgesState,
  { live, copies, arrivals }: ClosedInterval,
): { readonly judges: JudgesState; readonly verdicts: Verdicts } {
  const judges = create(plan, state);
  const verdict = judges.live.add(live);
  if (copies !== undefined) judges.copies.add(copies);
  const share = addShare(plan, state.share, arrivals);
  return {
    judges: { live: judges.live.state, copies: judges.copies.state, ...(share !== undefined && { share }) },
    verdicts: { live: verdict, copies: judges.copies.verdict, share },
  };
}

/** What the live judge says of what it has seen. */
export const verdictOf = (plan: RolloutPlan, { live }: JudgesState): Verdict =>
  createJudge(judgeSettings(plan), live).verdict;

const create = (plan: RolloutPlan, state?: JudgesState) => ({
  live: createJudge(judgeSettings(plan), state?.live),
  copies: createJudge(copiesSettings(plan), state?.copies),
});
