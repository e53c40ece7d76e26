import type { Guard as JudgedGuard, PlanSettings } from "../../../components/analysis/index.ts";
import type { Capabilities, Weights } from "../../../components/capabilities/index.ts";
import { decides, type Guard, kindOf } from "../../../components/guards/index.ts";
import { planTraffic } from "../../../components/lifecycle/index.ts";
import type { ResolvedRelease } from "../../../components/release/index.ts";
import { judgeSettings } from "../../../components/rollout/index.ts";
import { usageFailure } from "../failure.ts";

/** The guard that a rollout is planned for, as the document resolves it and as the judge takes it. */
export interface PlannedGuard {
  readonly guard: Guard;
  readonly judged: JudgedGuard & { readonly kind: "proportion" };
  /** The metrics of the others that decide: they have to be shown as well, and the plan does not count them in. */
  readonly others: readonly string[];
  /** What of the stakes of all guards this one holds. */
  readonly stakeShare: number;
}

/** Figures of the command line. */
export interface Figures {
  readonly unitsPerSecond: number;
  readonly baseline: number;
  readonly burst?: number;
  /** Unit: s. */
  readonly leastBake?: number;
}

/** @throws Failure (2) when no guard on a share decides, or none of that name */
export function plannedGuard(release: ResolvedRelease, metric: string | undefined): PlannedGuard {
  const { guards } = release.rollout;
  const judged = judgeSettings(planTraffic(release).rollout).guards;
  const shares = judged.flatMap((each, index) => {
    const guard = guards[index];
    return guard !== undefined && each.kind === "proportion" && decides(guard) ? [{ guard, judged: each }] : [];
  });
  const names = shares.map(({ guard }) => guard.metric);
  const found = metric === undefined ? shares[0] : shares.find(({ guard }) => guard.metric === metric);
  if (found === undefined) {
    throw usageFailure(
      names.length === 0
        ? 'rollout.guards has no guard on a share that decides, so there is no time to plan for. Add { metric: errorRate, margin: "0.5pp" }.'
        : `--guard: saw "${metric}"; allowed is a guard on a share: ${names.join(", ")}.`,
    );
  }
  const stakes = judged.reduce((sum, { stake = 1 }) => sum + stake, 0);
  const deciding = guards.filter(decides).map((each) => each.metric);
  return {
    ...found,
    others: deciding.filter((each) => each !== found.guard.metric),
    stakeShare: (found.judged.stake ?? 1) / stakes,
  };
}

/** The judge closes an interval every second. */
const INTERVAL_SECONDS = 1;

const WHOLE = 10_000;

/** What is planned, from the release, what its platform can do, and the figures. */
export function settingsOf(
  release: ResolvedRelease,
  { abortSeconds, weights }: Capabilities,
  { guard, judged, stakeShare }: PlannedGuard,
  { baseline, ...figures }: Figures,
): PlanSettings {
  const { alpha, beta, maxDuration } = judgeSettings(planTraffic(release).rollout);
  const { holdBack, harmBudget = WHOLE, weight } = release.rollout;
  return {
    guard: { ...judged, baseline },
    stakeShare,
    ...(alpha !== undefined && { alpha }),
    ...(beta !== undefined && { beta }),
    ...(maxDuration !== undefined && { maxDuration }),
    ...(holdBack !== undefined && { holdBack: holdBack / WHOLE }),
    ...(weight?.kind === "weight" && weight.weight > 0 && { target: weight.weight / WHOLE }),
    // Only requests that are lost count against it.
    harmBudget: kindOf(guard).losesRequests === true ? harmBudget / WHOLE : 1,
    reactionSeconds: abortSeconds + INTERVAL_SECONDS,
    bakes: "same",
    limits: limitsOf(weights),
    ...figures,
  };
}

function limitsOf(weights: Weights): NonNullable<PlanSettings["limits"]> {
  if (weights.kind === "exact") return { smallestStep: 1 / WHOLE };
  if (weights.kind === "slots") return { smallestStep: weights.slot / WHOLE };
  const { replicas } = weights;
  return { weights: Array.from({ length: replicas }, (_, i) => Math.round(((i + 1) * WHOLE) / replicas) / WHOLE) };
}
