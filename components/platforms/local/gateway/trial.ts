import {
  boundsOf,
  createJudge,
  type Interval,
  type Guard as JudgedGuard,
  type JudgeSettings,
  type JudgeState,
  tailCounts,
  type Verdict,
} from "../../../analysis/index.ts";
import type { Guard, RolloutPlan } from "../../../spec/traffic.ts";
import type { ArmCounter, Comparison } from "./counters.ts";

/** One closed interval: what the live judge and the judge of the copies are given, and when. A line of `intervals.jsonl`. */
export interface ClosedInterval {
  readonly live: Interval;
  /** Copies against stable's answers to the same requests; absent when nothing was copied. */
  readonly copies?: Interval;
}

/** The two judges of a rollout. Copies never enter the live comparison: nobody received those answers. */
export interface TrialState {
  readonly live: JudgeState;
  readonly copies: JudgeState;
}

const COPIES_GUARD = "errorRate";

export const judgedGuards = (guards: readonly Guard[]): readonly JudgedGuard[] => guards.map(judgedGuard);

function judgedGuard({ metric, direction, margin, designEffect }: Guard): JudgedGuard {
  if (metric === "latency") {
    const relative = { kind: "relative", value: margin.value } as const;
    return { kind: "latency", name: metric, direction: "increase", margin: relative, designEffect };
  }
  return { kind: "proportion", name: metric, direction, margin, designEffect };
}

/** What the judge of a rollout is told. Published with the evidence, so that anybody can judge again. */
export function judgeSettings({ guards, alpha, beta, maxDurationMs, steps }: RolloutPlan): JudgeSettings {
  return {
    guards: judgedGuards(guards),
    alpha,
    beta,
    maxDuration: maxDurationMs / 1000,
    steps: Math.max(1, steps.filter(({ kind }) => kind === "weight").length),
  };
}

/** Only the error rate can be read off an answer that nobody used; its margin is the guard's, or half a point. */
function copiesSettings({ guards, alpha, beta }: RolloutPlan): JudgeSettings {
  const errors = guards.find(({ metric }) => metric === COPIES_GUARD);
  const margin = errors?.margin ?? { kind: "absolute", value: 0.005 };
  const guard = { kind: "proportion", name: COPIES_GUARD, direction: "increase", margin } as const;
  return { guards: [{ ...guard, designEffect: errors?.designEffect ?? 1 }], alpha, beta };
}

/** Judges one rollout, interval by interval. */
export class Trial {
  readonly settings: JudgeSettings;
  readonly #live: ReturnType<typeof createJudge>;
  readonly #copies: ReturnType<typeof createJudge>;
  #verdict: Verdict;
  #copiesVerdict: Verdict;

  constructor(plan: RolloutPlan, state?: TrialState) {
    this.settings = judgeSettings(plan);
    this.#live = createJudge(this.settings, state?.live);
    this.#copies = createJudge(copiesSettings(plan), state?.copies);
    this.#verdict = this.#live.verdict;
    this.#copiesVerdict = this.#copies.verdict;
  }

  get verdict(): Verdict {
    return this.#verdict;
  }

  get copiesVerdict(): Verdict {
    return this.#copiesVerdict;
  }

  get state(): TrialState {
    return { live: this.#live.state, copies: this.#copies.state };
  }

  add({ live, copies }: ClosedInterval): void {
    this.#verdict = this.#live.add(live);
    if (copies !== undefined) this.#copiesVerdict = this.#copies.add(copies);
  }
}

/** Counts of an interval in the judge's terms. */
export function closeInterval(
  comparison: Comparison,
  guards: readonly JudgedGuard[],
  when: { readonly at: number; readonly seconds: number; readonly step: number },
): ClosedInterval {
  const { stable, candidate, copies } = comparison;
  const counts = Object.fromEntries(guards.map((guard) => [guard.name, countsFor(guard, stable, candidate)]));
  const live = { ...when, counts };
  if (copies.requests === 0) return { live };
  const block = { n0: copies.requests, x0: copies.stableErrors, n1: copies.requests, x1: copies.errors };
  return { live, copies: { ...when, counts: { [COPIES_GUARD]: block } } };
}

function countsFor(guard: JudgedGuard, stable: ArmCounter, candidate: ArmCounter): Interval["counts"][string] {
  if (guard.kind === "latency") return tailCounts(stable.latency, candidate.latency, boundsOf(guard));
  if (guard.name === "errorRate") {
    return { n0: stable.requests, x0: stable.errors, n1: candidate.requests, x1: candidate.errors };
  }
  const [before, after] = [stable.feedback.get(guard.name), candidate.feedback.get(guard.name)];
  return { n0: before?.count ?? 0, x0: before?.sum ?? 0, n1: after?.count ?? 0, x1: after?.sum ?? 0 };
}
