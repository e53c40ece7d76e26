import type { Verdict } from "../analysis/index.ts";
import { kindOf } from "../guards/index.ts";
import type { TrafficPlan } from "../traffic/plan.ts";
import type { GuardFigures, RolloutStatus } from "../traffic/status.ts";
import { describeRung, type Progress } from "./progress.ts";
import { shareStatusOf } from "./share.ts";
import type { RolloutState } from "./state.ts";
import { waitsFor } from "./waits.ts";

/** What is seen of a rollout besides its state. */
export interface StatusSeen {
  /** What the judge says now. */
  readonly verdict: Verdict | undefined;
  /** By metric. @default nothing has to mature */
  readonly feedback?: RolloutStatus["feedback"];
}

/** The rollout of the plan in force, as it is shown. @throws Error before the first plan */
export function rolloutStatusOf(
  { plan, progress, rolledBack, judges }: RolloutState,
  { verdict, feedback }: StatusSeen,
): RolloutStatus {
  if (plan === undefined || progress === undefined) throw new Error("no plan has been accepted yet");
  const { phase, identity, step, ladder, stepSince, startedAt, ended } = progress;
  const runs = step >= 0;
  const split = shareStatusOf(plan.rollout, judges?.share);
  return {
    phase: rolledBack === undefined ? phase : "rolledBack",
    identity,
    ...(plan.candidate !== undefined && { candidate: plan.candidate }),
    step,
    ladder,
    ...(runs && { stepSince, startedAt }),
    ...(runs && verdict !== undefined && { verdict }),
    ...(runs && verdict !== undefined && figuresOf(plan, verdict)),
    ...(runs && feedback !== undefined && { feedback }),
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
