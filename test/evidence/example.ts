import {
  boundsOf,
  type Interval,
  type JudgeSettings,
  judge,
  type LatencyGuard,
  METHOD,
} from "../../components/analysis/index.ts";
import { documentOf, type EvidenceDocument, type RolloutFacts } from "../../components/evidence/index.ts";
import { binomial, type Random, seeded } from "../analysis/random-traffic.ts";

const latency: LatencyGuard = {
  kind: "latency",
  name: "latency",
  direction: "increase",
  margin: { kind: "relative", value: 0.2 },
};
const halfAPoint = { kind: "absolute", value: 0.005 } as const;

export const settings: JudgeSettings = {
  guards: [
    { kind: "proportion", name: "errorRate", direction: "increase", margin: halfAPoint },
    { kind: "proportion", name: "refusalRate", direction: "increase", margin: halfAPoint },
    latency,
  ],
  alpha: 0.01,
  beta: 0.05,
  maxDuration: 14_400,
  steps: 3,
};

const facts: RolloutFacts = {
  identity: "5f2d8c1b9a07e463",
  attempt: "1",
  model: "sentiment",
  stable: "v1",
  candidate: "v2",
  contents: { v1: "a".repeat(64), v2: "b".repeat(64) },
};

const BEGIN = Date.UTC(2026, 10, 24, 3);
const WEIGHTS = [0.05, 0.25, 0.5];
const MINUTES_A_STEP = 24;
const REQUESTS = 1_800;

/** The share of requests slower than a limit, of latencies spread log-normally around `median`, roughly. */
const slower = (ms: number, median: number): number => 1 / (1 + (ms / median) ** 2.6);

function drawTails(random: Random, units: number, limits: readonly number[], median: number): readonly number[] {
  let left = units;
  let before = 1;
  return limits.map((ms) => {
    const share = slower(ms, median);
    left = binomial(random, left, Math.min(1, share / before));
    before = share;
    return left;
  });
}

function drawMinute(
  random: Random,
  minute: number,
  candidate: { readonly errors: number; readonly median: number },
): Interval {
  const step = Math.min(WEIGHTS.length - 1, Math.floor(minute / MINUTES_A_STEP));
  const n1 = binomial(random, REQUESTS, WEIGHTS[step] ?? 0);
  const n0 = REQUESTS - n1;
  const share = (rate0: number, rate1: number) => ({
    n0,
    x0: binomial(random, n0, rate0),
    n1,
    x1: binomial(random, n1, rate1),
  });
  const bounds = boundsOf(latency);
  const tails = (units: number, limits: readonly number[], median: number) => drawTails(random, units, limits, median);
  return {
    at: BEGIN + minute * 60_000,
    seconds: 60,
    step,
    counts: {
      errorRate: share(0.01, candidate.errors),
      refusalRate: share(0.004, 0.004),
      latency: {
        n0,
        n1,
        x0: tails(
          n0,
          bounds.map(({ stableMs }) => stableMs),
          22,
        ),
        x1: tails(
          n1,
          bounds.map(({ candidateMs }) => candidateMs),
          candidate.median,
        ),
      },
    },
  };
}

/** A rollout that climbs over three steps; under the load of the last one the candidate is to fail more, or not. */
export function exampleDocument({ fails }: { readonly fails: boolean }): EvidenceDocument {
  const random = seeded(7);
  const intervals: Interval[] = [];
  for (let minute = 0; minute < 3 * MINUTES_A_STEP; minute++) {
    const harmed = fails && minute >= 2 * MINUTES_A_STEP;
    intervals.push(drawMinute(random, minute, { errors: harmed ? 0.0195 : 0.01, median: harmed ? 26 : 23 }));
    if (judge(intervals, settings).verdict === "rollback") break;
  }
  const verdict = judge(intervals, settings);
  return documentOf({ identity: facts.identity, settings, method: METHOD, verdict, intervals, copies: [] }, facts);
}
