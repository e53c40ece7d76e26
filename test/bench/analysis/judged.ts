import {
  createJudge,
  type Guard,
  type JudgeSettings,
  type ProportionGuard,
} from "../../../components/analysis/index.ts";
import { binomial, poisson, type Random } from "./draw.ts";
import type { Counts } from "./rivals/rival.ts";

/** Traffic at a moment. */
export interface Traffic {
  /** Requests expected in the interval. */
  readonly requests: number;
  /** The candidate's share, 0 to 1. */
  readonly weight: number;
  readonly stableRate: number;
  readonly candidateRate: number;
  /** Number of the rollout step, from 0. */
  readonly step?: number;
}

/** A guard on a share of failures. @param margin in shares: 0.005 is half a point */
export const failures = (margin: number, changes: Partial<ProportionGuard> = {}): ProportionGuard => ({
  kind: "proportion",
  name: "failures",
  direction: "increase",
  margin: { kind: "absolute", value: margin },
  ...changes,
});

/** The counts of an interval: arrivals by chance, each drawn for its arm. */
export function drawCounts(random: Random, { requests, weight, stableRate, candidateRate }: Traffic): Counts {
  const n = poisson(random, requests);
  const n1 = binomial(random, n, weight);
  return { n0: n - n1, x0: binomial(random, n - n1, stableRate), n1, x1: binomial(random, n1, candidateRate) };
}

/** How a judged rollout went. */
export interface Judged {
  readonly verdict: "rollback" | "promote" | "continue";
  /** Intervals until then, the deciding one counted. */
  readonly intervals: number;
  /** Candidate units of the first guard until then. */
  readonly units: number;
}

/** Watches a rollout until it is decided. @param isWatched which decisions end it */
export function watch(
  settings: JudgeSettings,
  seconds: number,
  intervals: number,
  drawn: (index: number) => { readonly step?: number; readonly counts: Readonly<Record<string, Counts>> },
  isWatched: readonly Judged["verdict"][] = ["rollback"],
): Judged {
  const judge = createJudge(settings);
  const [first] = settings.guards as readonly [Guard];
  let units = 0;
  for (let index = 0; index < intervals; index++) {
    const { step = 0, counts } = drawn(index);
    units += counts[first.name]?.n1 ?? 0;
    const { verdict } = judge.add({ at: index * seconds * 1000, seconds, step, counts });
    const decided = isWatched.find((each) => each === verdict);
    if (decided !== undefined) return { verdict: decided, intervals: index + 1, units };
  }
  return { verdict: "continue", intervals, units };
}
