import { createJudge, type JudgeSettings, type JudgeState, type ShareState, type Verdict } from "../analysis/index.ts";
import { copiesKinds, type GuardKind, guardKinds, kindOf } from "../guards/index.ts";
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

/** There is a candidate, and something to judge it by. */
export const isJudged = ({ candidate, rollout }: TrafficPlan): boolean =>
  candidate !== undefined && rollout.guards.length > 0;

/** What the judge of a rollout is told. Published with the evidence, so that anybody can judge again. */
export function judgeSettings(plan: RolloutPlan, kinds: readonly GuardKind[] = guardKinds): JudgeSettings {
  const { guards, beta, maxDurationMs, steps } = plan;
  return {
    guards: guards.map((guard) => kindOf(guard, kinds).judged(guard)),
    alpha: alphaOf(plan),
    beta,
    maxDuration: maxDurationMs / 1000,
    steps: Math.max(1, steps.filter(({ kind }) => kind === "weight").length),
  };
}

/** Copies are judged as well where the plan begins with them: then each of the two tests has half of alpha. */
const alphaOf = ({ alpha, steps }: RolloutPlan): number =>
  steps.some(({ kind }) => kind === "shadow") ? alpha / 2 : alpha;

/** The margins are the guards', or what the kind allows without one. */
function copiesSettings(plan: RolloutPlan): JudgeSettings {
  const { guards, beta } = plan;
  const judged = copiesKinds().map(({ metric, copies, directions, source, judged: comparisonOf }) => {
    const guard = guards.find((each) => each.metric === metric);
    const { margin = copies.margin, designEffect = 1 } = guard ?? {};
    return comparisonOf({ metric, source, direction: directions[0], margin, designEffect });
  });
  return { guards: judged, alpha: alphaOf(plan), beta };
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
