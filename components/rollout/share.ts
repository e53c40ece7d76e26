import {
  addSplit,
  type ShareSettings,
  type ShareState,
  type Split,
  shareLogE,
  shareThreshold,
} from "../analysis/index.ts";
import { WHOLE } from "../traffic/ladder.ts";
import type { RolloutPlan } from "../traffic/plan.ts";
import type { ShareStatus } from "../traffic/status.ts";
import type { Arrivals } from "./interval.ts";
import { describeRung } from "./progress.ts";

/** Where counts scatter more than chance for the guards, they do so for the split: what is asked again goes the same way. */
const settingsOf = ({ guards }: RolloutPlan): ShareSettings => ({
  designEffect: Math.max(
    1,
    ...guards.flatMap(({ source, designEffect }) => (source === "requests" ? designEffect : [])),
  ),
});

/**
 * What is known of the split after an interval; undefined before anything was drawn. Each request counts under the weight
 * it was drawn with, also where the weight changed in the middle of the interval.
 * @throws RangeError on counts or weights that cannot be
 */
export function addShare(
  plan: RolloutPlan,
  before: ShareState | undefined,
  arrivals: Arrivals | undefined,
): ShareState | undefined {
  const settings = settingsOf(plan);
  return (
    arrivals?.draws.reduce<ShareState | undefined>((state, { weight, stable, candidate }) => {
      const memory = arrivals.sessionsSince === undefined ? {} : { memory: arrivals.sessionsSince };
      return addSplit(state, { weight: weight / WHOLE, stable, candidate, ...memory }, settings);
    }, before) ?? before
  );
}

/** What was kept of the split. @throws RangeError on what `addShare` cannot have left */
export function checkedShare(kept: ShareState): ShareState {
  const { weight, stable, candidate, stretch } = kept;
  if ([weight, stable, candidate, stretch].every(Number.isFinite)) return kept;
  throw new RangeError(`the split that was kept: saw ${JSON.stringify(kept)}; allowed are numbers`);
}

/** What the weights do not explain, in a sentence that says what to do; undefined while they explain it. */
export function describeMismatch({ attempt }: RolloutPlan, share: ShareState | undefined): string | undefined {
  if (share?.mismatch === undefined) return undefined;
  const { p } = share.mismatch;
  return `the traffic is not divided as the weight says: ${describeSplit(share.mismatch)} (p ${p < 1e-99 ? "below 1e-99" : `= ${p.toPrecision(2)}`}), so the versions are not compared on the same traffic, and the candidate does not go on. Look for what else divides it: another proxy or route in front, few replicas, names of sessions that clients choose; then start attempt ${(Number(attempt) || 1) + 1}, or abort`;
}

/** How the split looks now; undefined before anything was drawn. */
export function shareStatusOf(plan: RolloutPlan, share: ShareState | undefined): ShareStatus | undefined {
  if (share === undefined) return undefined;
  const mismatch = describeMismatch(plan, share);
  return {
    weight: Math.round(share.weight * WHOLE),
    stable: share.stable,
    candidate: share.candidate,
    log: shareLogE(share) / (settingsOf(plan).designEffect ?? 1),
    threshold: shareThreshold(share.stretch),
    ...(mismatch !== undefined && { mismatch }),
  };
}

function describeSplit({ weight, stable, candidate }: Split): string {
  const units = stable + candidate;
  const share = Math.round((candidate / units) * WHOLE);
  return `the candidate got ${candidate} of ${units} (${describeRung(share)}) at a weight of ${describeRung(Math.round(weight * WHOLE))}`;
}
