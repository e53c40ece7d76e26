import { bucketBound, type ShareState, type Verdict } from "../../../analysis/index.ts";
import { kindOf } from "../../../guards/index.ts";
import {
  describeRung,
  type Progress,
  type RolledBack,
  type RolloutState,
  shareStatusOf,
  waitsFor,
} from "../../../rollout/index.ts";
import type { TrafficPlan } from "../../../traffic/plan.ts";
import type { GuardFigures, RolloutStatus, TrafficStatus, VersionCounts } from "../../../traffic/status.ts";
import { trafficWeights } from "../../../traffic/weights.ts";
import { quantile, type VersionCounter } from "./counters.ts";
import type { Traffic } from "./traffic.ts";

/** What the controller knows. */
export interface StatusFacts {
  readonly state: RolloutState;
  readonly verdict: Verdict | undefined;
  readonly traffic: Traffic;
  readonly at: string;
}

/** @throws Error before the first plan */
export function renderStatus({ state, verdict, traffic, at }: StatusFacts): TrafficStatus {
  const { plan, progress, generation, since, losses, events } = state;
  if (plan === undefined || progress === undefined) throw new Error("no plan has been accepted yet");
  const { routing } = traffic;
  return {
    model: plan.model,
    at,
    generation,
    plan,
    weights: trafficWeights({ ...plan, stable: routing?.stable ?? plan.stable }, routing?.weight ?? 0),
    shadowing: routing?.shadowing ?? false,
    since,
    rollout: renderRollout({
      plan,
      progress,
      rolledBack: state.rolledBack,
      verdict,
      share: state.judges?.share,
      traffic,
    }),
    requests: Object.fromEntries([...traffic.counters].map(([version, counter]) => [version, countsOf(counter)])),
    ...(losses.length > 0 && { losses }),
    events,
  };
}

interface RolloutFacts {
  readonly plan: TrafficPlan;
  readonly progress: Progress;
  readonly rolledBack: RolledBack | undefined;
  readonly verdict: Verdict | undefined;
  readonly share: ShareState | undefined;
  readonly traffic: Pick<Traffic, "cohorts" | "routing">;
}

function renderRollout({ plan, progress, rolledBack, verdict, share, traffic }: RolloutFacts): RolloutStatus {
  const { phase, identity, step, ladder, stepSince, startedAt, ended } = progress;
  const runs = step >= 0;
  const split = shareStatusOf(plan.rollout, share);
  return {
    phase: rolledBack === undefined ? phase : "rolledBack",
    identity,
    ...(plan.candidate !== undefined && { candidate: plan.candidate }),
    step,
    ladder,
    ...(runs && { stepSince, startedAt }),
    ...(runs && verdict !== undefined && { verdict }),
    ...(runs && verdict !== undefined && figuresOf(plan, verdict)),
    ...(runs && feedbackOf(traffic)),
    ...(runs && split !== undefined && { share: split }),
    ...(ended !== undefined && { ended }),
    ...(rolledBack !== undefined && {
      ended: {
        at: rolledBack.at,
        cause: "person",
        reason: rolledBack.reason,
        ...(rolledBack.by !== undefined && { by: rolledBack.by }),
        lastBadMs: rolledBack.lastBadMs ?? 0,
      },
    }),
    ...(phase === "progressing" && { next: renderNext(plan, progress, verdict) }),
  };
}

/** Where feedback stands that has to mature; nothing when none has to. */
function feedbackOf({ cohorts, routing }: RolloutFacts["traffic"]): Pick<RolloutStatus, "feedback"> {
  const metrics = [...(routing?.maturity.keys() ?? [])];
  if (metrics.length === 0) return {};
  const { waiting, late } = cohorts;
  const countOf = (metric: string) => [metric, { waiting: waiting.get(metric) ?? 0, late: late.get(metric) ?? 0 }];
  return { feedback: Object.fromEntries(metrics.map(countOf)) };
}

/** What the kinds of guards say in units of their own; nothing when all are said in shares. */
function figuresOf({ rollout }: TrafficPlan, { evidence }: Verdict): Pick<RolloutStatus, "figures"> {
  const figures = rollout.guards.flatMap((guard): readonly [string, GuardFigures][] => {
    const [loudest] = evidence.guards.find(({ name }) => name === guard.metric)?.comparisons ?? [];
    const said = loudest && kindOf(guard).figures?.(guard, loudest);
    return said === undefined ? [] : [[guard.metric, said]];
  });
  return figures.length === 0 ? {} : { figures: Object.fromEntries(figures) };
}

function renderNext(
  plan: TrafficPlan,
  progress: Progress,
  verdict: Verdict | undefined,
): NonNullable<RolloutStatus["next"]> {
  const wait = waitsFor(progress, plan.rollout);
  const goal = progress.ladder[progress.step + 1];
  const move = goal === undefined ? "complete" : `go to ${describeRung(goal)}`;
  const hint = verdict?.evidence.next.reason;
  const expectedSeconds = wait?.ms === undefined ? secondsOfEvidence(progress, verdict) : Math.ceil(wait.ms / 1000);
  return {
    what: `${move}${wait === undefined ? "" : ` after: ${wait.what}`}${hint === undefined ? "" : ` (${hint})`}`,
    ...(expectedSeconds !== undefined && { expectedSeconds }),
  };
}

/** For the units that the judge still needs, at the rate at which the candidate has got them so far. */
function secondsOfEvidence(progress: Progress, verdict: Verdict | undefined): number | undefined {
  const next = verdict?.evidence.next;
  const guard = verdict?.evidence.guards.find(({ name }) => name === next?.guard);
  const seen = guard?.comparisons[0]?.candidate.units ?? 0;
  const seconds = (progress.elapsedMs - (progress.candidateFromMs ?? progress.elapsedMs)) / 1000;
  const units = next?.candidateUnits ?? undefined;
  return units === undefined || seen === 0 || seconds === 0 ? undefined : Math.ceil(units / (seen / seconds));
}

function countsOf({ requests, errors, failedOver, shadowed, pinned, latency }: VersionCounter): VersionCounts {
  const at = (share: number): number => quantile(latency, share, bucketBound);
  return { requests, errors, failedOver, shadowed, pinned, p50Ms: at(0.5), p99Ms: at(0.99) };
}
