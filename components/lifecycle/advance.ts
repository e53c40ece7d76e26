import { type Percent, type Release, type ResolvedRelease, renderPercent, type TrafficStep } from "../release/index.ts";
import { examineRelease } from "../release/release.ts";
import { type MoveResult, move, refuse } from "./move.ts";

/** How far the candidate is raised. */
export interface AdvanceArgs {
  /** The new target share. Left out: the next of the document's steps. */
  readonly weight?: Percent | "shadow";
}

/** Raises the candidate's target share. The way down is abort, or a guard. */
export function advance(release: Release, { weight }: AdvanceArgs = {}): MoveResult {
  return move(release, (resolved) => {
    const { candidate, weight: now, advance: mode } = resolved.rollout;
    if (candidate === undefined || now === undefined) {
      return refuse("rollout.candidate", "nothing", "a running rollout", "Start one: mlc start VERSION");
    }
    const next = nextStep(resolved);
    const target = weight ?? (next && renderStep(next));
    if (target === undefined) {
      const seen = `"${renderStep(now)}", the last step`;
      return refuse("rollout.weight", seen, "a step to go to", "Finish the rollout: mlc promote");
    }
    const raised = { ...release, rollout: { ...release.rollout, weight: target } };
    const read = examineRelease(raised);
    if (read.release === undefined) return read;
    const reached = read.release.rollout.weight;
    if (reached === undefined || rank(reached) <= rank(now)) {
      return refuse(
        "rollout.weight",
        `"${target}" after "${renderStep(now)}"`,
        `more than "${renderStep(now)}", up to "100%"`,
        "Name a higher share, or end the rollout: mlc abort",
      );
    }
    const verb = mode === "manual" ? "goes" : "may climb";
    return { release: raised, reasons: [`${candidate} ${verb} from ${renderStep(now)} to ${target}.`] };
  });
}

/** The first of the release's steps above the candidate's target; undefined without a candidate or at the last. */
export function nextStep({ rollout }: ResolvedRelease): TrafficStep | undefined {
  const now = rollout.weight;
  return now && rollout.steps.find((step) => rank(step) > rank(now));
}

function renderStep(step: TrafficStep): Percent | "shadow" {
  return step.kind === "shadow" ? "shadow" : renderPercent(step.weight);
}

/** No traffic at all comes before copies, copies before any share. */
function rank(step: TrafficStep): number {
  if (step.kind === "shadow") return 0;
  return step.weight === 0 ? -1 : step.weight;
}
