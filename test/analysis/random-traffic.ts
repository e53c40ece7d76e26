import type { Interval } from "../../components/analysis/index.ts";

export type Random = () => number;

/** mulberry32: small, seeded, good enough to draw traffic. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** An exact binomial draw, by the gaps between successes. */
export function binomial(random: Random, n: number, p: number): number {
  if (p <= 0) return 0;
  if (p > 0.5) return n - binomial(random, n, 1 - p);
  const scale = Math.log1p(-p);
  let successes = 0;
  for (let at = Math.floor(Math.log(1 - random()) / scale); at < n; successes++) {
    at += 1 + Math.floor(Math.log(1 - random()) / scale);
  }
  return successes;
}

export interface Minute {
  readonly weight: number;
  readonly stableRate: number;
  readonly candidateRate: number;
  readonly step?: number;
}

/** One minute of traffic split at random by weight, for one proportion guard. */
export function drawMinute(random: Random, index: number, requests: number, guard: string, minute: Minute): Interval {
  const n1 = binomial(random, requests, minute.weight);
  const n0 = requests - n1;
  const x0 = binomial(random, n0, minute.stableRate);
  const x1 = binomial(random, n1, minute.candidateRate);
  return { at: index * 60_000, seconds: 60, step: minute.step ?? 0, counts: { [guard]: { n0, x0, n1, x1 } } };
}
