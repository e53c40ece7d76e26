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
  /** What was left out of `live` because few inputs or addresses asked it; absent when nothing was. */
  readonly excess?: Comparison["excess"];
}

/** The two judges of a rollout. Copies never enter the live comparison: nobody received those answers. */
export interface TrialState {
  readonly live: JudgeState;
  readonly copies: JudgeState;
}

/** What can be read off an answer that nobody used. */
const COPIES_GUARDS = ["errorRate", "refusalRate"] as const;

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
  const { stable, candidate, copies, excess } = comparison;
  const counts = Object.fromEntries(guards.map((guard) => [guard.name, countsFor(guard, stable, candidate)]));
  const live = { ...when, counts };
  const left = excess.stable.requests + excess.candidate.requests === 0 ? {} : { excess };
  if (copies.requests === 0) return { live, ...left };
  const n = { n0: copies.requests, n1: copies.requests };
  const counted = {
    errorRate: { ...n, x0: copies.stableErrors, x1: copies.errors },
    refusalRate: { ...n, x0: copies.stableRefusals, x1: copies.refusals },
  };
  return { live, ...left, copies: { ...when, counts: counted } };
}

function countsFor(guard: JudgedGuard, stable: ArmCounter, candidate: ArmCounter): Interval["counts"][string] {
  if (guard.kind === "latency") return tailCounts(stable.latency, candidate.latency, boundsOf(guard));
  if (guard.name === "errorRate") {
    return { n0: stable.requests, x0: stable.errors, n1: candidate.requests, x1: candidate.errors };
  }
  if (guard.name === "refusalRate") {
    return { n0: stable.requests, x0: stable.refusals, n1: candidate.requests, x1: candidate.refusals };
  }
  const [before, after] = [stable.feedback.get(guard.name), candidate.feedback.get(guard.name)];
  return { n0: before?.count ?? 0, x0: before?.sum ?? 0, n1: after?.count ?? 0, x1: after?.sum ?? 0 };
}
