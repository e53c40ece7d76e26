import {
  createJudge,
  type JudgeSettings,
  type JudgeState,
  METHOD,
  type ShareState,
  type Verdict,
} from "../analysis/index.ts";
import { copiesKinds, type GuardKind, guardKinds, kindOf } from "../guards/index.ts";
import { WHOLE } from "../traffic/ladder.ts";
import type { RolloutPlan, TrafficPlan } from "../traffic/plan.ts";
import type { ClosedInterval } from "./interval.ts";
import { effectOf, type LearntEffects } from "./learnt.ts";
import { addPaired, isPairedWindows, type PairedWindows } from "./paired.ts";
import { addShare, checkedShare } from "./share.ts";

/** What the two judges of a rollout remember. Copies never enter the live comparison: nobody received those answers. */
export interface JudgesState {
  readonly live: JudgeState;
  readonly copies: JudgeState;
  /** Whether the traffic is divided as the weights say. Absent before anything was drawn, and in files of 0.1.0. */
  readonly share?: ShareState;
  /** What the past taught when the evidence began: it stays the same over the rollout. Absent where it taught nothing. */
  readonly effects?: LearntEffects;
  /** What this rollout will teach, when it is promoted. Absent before anything was counted. */
  readonly paired?: PairedWindows;
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

/** The past taught nothing. */
const NO_EFFECTS: LearntEffects = {};

/**
 * What the judge of a rollout is told. Published with the evidence, so that anybody can judge again.
 * @param effects what the past taught: evidence is divided by it where it is more than what is written
 */
export function judgeSettings(
  plan: RolloutPlan,
  effects: LearntEffects = NO_EFFECTS,
  kinds: readonly GuardKind[] = guardKinds,
): JudgeSettings {
  const { guards, beta, maxDurationMs, steps } = plan;
  return {
    guards: guards.map((guard) => kindOf(guard, kinds).judged({ ...guard, designEffect: effectOf(guard, effects) })),
    alpha: alphaOf(plan),
    beta,
    maxDuration: maxDurationMs / 1000,
    steps: Math.max(1, steps.filter(({ kind }) => kind === "weight").length),
    ...gaugeOf(plan),
  };
}

/** Copies are judged as well where the plan begins with them: then what may go wrong is shared by two. */
const judgesIn = ({ steps }: RolloutPlan): number => (steps.some(({ kind }) => kind === "shadow") ? 2 : 1);

const alphaOf = (plan: RolloutPlan): number => plan.alpha / judgesIn(plan);

/** What harm is still possible is asked where a budget limits it; of two answers the smaller counts, so each has half of beta. */
const gaugeOf = (plan: RolloutPlan): Pick<JudgeSettings, "excessBeta"> =>
  (plan.harmBudget ?? WHOLE) < WHOLE ? { excessBeta: plan.beta / judgesIn(plan) } : {};

/** The margins are the guards', or what the kind allows without one. */
function copiesSettings(plan: RolloutPlan, effects: LearntEffects): JudgeSettings {
  const { guards, beta } = plan;
  const judged = copiesKinds().map(({ metric, copies, directions, source, judged: comparisonOf }) => {
    const guard = guards.find((each) => each.metric === metric);
    const { margin = copies.margin } = guard ?? {};
    const designEffect = guard === undefined ? 1 : effectOf(guard, effects);
    return comparisonOf({ metric, source, direction: directions[0], margin, designEffect });
  });
  return { guards: judged, alpha: alphaOf(plan), beta, ...gaugeOf(plan) };
}

/**
 * The judges of a rollout at its beginning, or where they stopped.
 * @param effects what the past taught, at the beginning; who stopped remembers it
 * @throws RangeError on guards that make no sense, or on what judges of other guards remembered
 */
export function judgesOf(
  plan: RolloutPlan,
  state?: JudgesState,
  effects: LearntEffects | undefined = state?.effects,
): JudgesState {
  const { live, copies } = create(plan, { ...state, effects });
  const paired = state?.paired;
  if (paired !== undefined && !isPairedWindows(paired)) throw new RangeError("the counts side by side are damaged");
  return {
    live: live.state,
    copies: copies.state,
    ...(state?.share !== undefined && { share: checkedShare(state.share) }),
    ...(effects !== undefined && { effects }),
    ...(paired !== undefined && { paired }),
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
    judges: {
      ...state,
      ...{ live: judges.live.state, copies: judges.copies.state, paired: addPaired(state.paired, live) },
      ...(share !== undefined && { share }),
    },
    verdicts: { live: verdict, copies: judges.copies.verdict, share },
  };
}

/** What the live judge says of what it has seen. */
export const verdictOf = (plan: RolloutPlan, { live, effects }: JudgesState): Verdict =>
  createJudge(judgeSettings(plan, effects), live).verdict;

/** What the live judge was told and says, by which method: what a record and an evidence document have of it. */
export const judgedBy = (
  plan: RolloutPlan,
  judges: JudgesState,
): { readonly method: number; readonly settings: JudgeSettings; readonly verdict: Verdict } => ({
  method: METHOD,
  settings: judgeSettings(plan, judges.effects),
  verdict: verdictOf(plan, judges),
});

/** Natural logarithms of each guard's e-values, for harm and for no harm; none without a verdict. */
export const evaluesOf = (
  verdict: Verdict | undefined,
): readonly { readonly metric: string; readonly rollback: number; readonly promote: number }[] =>
  (verdict?.evidence.guards ?? []).map(({ name, rollback, promote }) => ({
    metric: name,
    rollback: rollback.log,
    promote: promote.log,
  }));

const create = (
  plan: RolloutPlan,
  { live, copies, effects = NO_EFFECTS }: { readonly [part in keyof JudgesState]?: JudgesState[part] | undefined },
) => ({
  live: createJudge(judgeSettings(plan, effects), live),
  copies: createJudge(copiesSettings(plan, effects), copies),
});
