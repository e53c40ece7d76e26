import fc from "fast-check";
import { expect, test } from "vitest";
import {
  boundsOf,
  bucketBound,
  bucketOf,
  type Interval,
  judge,
  LATENCY_BUCKETS,
  LATENCY_LADDER,
  type LatencyGuard,
  tailBounds,
  tailCounts,
} from "../../components/analysis/index.ts";
import { type Random, seeded } from "./random-traffic.ts";

test("a latency falls in the bucket whose bounds enclose it", () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1e6, noNaN: true }), (ms) => {
      const bucket = bucketOf(ms);
      expect(ms).toBeLessThanOrEqual(bucketBound(bucket));
      if (bucket > 0) expect(ms).toBeGreaterThan(bucketBound(bucket - 1));
      expect(bucket).toBeLessThan(LATENCY_BUCKETS);
    }),
  );
});

test("every bucket bound belongs to its own bucket, what is longer to the next", () => {
  for (let bucket = 0; bucket < LATENCY_BUCKETS - 1; bucket++) {
    expect(bucketOf(bucketBound(bucket))).toBe(bucket);
    expect(bucketOf(bucketBound(bucket) * (1 + 1e-12))).toBe(bucket + 1);
  }
  expect(bucketBound(LATENCY_BUCKETS - 1)).toBe(Number.POSITIVE_INFINITY);
  expect(bucketBound(LATENCY_BUCKETS - 2)).toBe(81_920);
  expect(bucketOf(0)).toBe(0);
  expect(bucketOf(Number.POSITIVE_INFINITY)).toBe(LATENCY_BUCKETS - 1);
});

test("the ladder runs from 10 ms to 10.24 s and each rung is a bucket bound", () => {
  expect(LATENCY_LADDER).toEqual([10, 20, 40, 80, 160, 320, 640, 1280, 2560, 5120, 10240]);
  expect(tailBounds(0)).toEqual(LATENCY_LADDER.map((ms) => ({ stableMs: ms, candidateMs: ms })));
});

test("the candidate's bound is its margin beyond the stable's, rounded up by less than a bucket", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 2, noNaN: true }),
      fc.double({ min: 0.5, max: 20_000, noNaN: true }),
      (margin, rung) => {
        const [bound] = tailBounds(margin, [rung]);
        if (bound === undefined) throw new Error("no bound");
        expect(bound.stableMs).toBeGreaterThanOrEqual(rung);
        expect(bound.candidateMs).toBeGreaterThanOrEqual(bound.stableMs * (1 + margin) * (1 - 1e-12));
        expect(bound.candidateMs).toBeLessThanOrEqual(bound.stableMs * (1 + margin) * 2 ** (1 / 35) * (1 + 1e-12));
      },
    ),
  );
});

const histogramOf = (latencies: readonly number[]): number[] => {
  const histogram = new Array<number>(LATENCY_BUCKETS).fill(0);
  for (const ms of latencies) histogram[bucketOf(ms)] = (histogram[bucketOf(ms)] ?? 0) + 1;
  return histogram;
};

test("tails of two histograms count what is slower than each bound, without trailing zeros", () => {
  const bounds = tailBounds(0.25);
  const counts = tailCounts(histogramOf([1, 10, 10.1, 25, 50]), histogramOf([12, 13, 90, 99_999]), bounds);
  expect(counts).toEqual({ n0: 5, x0: [3, 2, 1], n1: 4, x1: [3, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1] });
});

const guard: LatencyGuard = {
  name: "latency",
  kind: "latency",
  direction: "increase",
  margin: { kind: "relative", value: 0.2 },
};

const normal = (random: Random): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** Minutes of log-normal latency with a median of 80 ms; `change` makes the candidate's of a stable one. */
function serve(seed: number, minutes: number, change: (ms: number, random: Random) => number): Interval[] {
  const random = seeded(seed);
  const draw = () => Math.exp(Math.log(80) + 0.7 * normal(random));
  return Array.from({ length: minutes }, (_, i): Interval => {
    const stable = histogramOf(Array.from({ length: 1900 }, draw));
    const candidate = histogramOf(Array.from({ length: 300 }, () => change(draw(), random)));
    return { at: i * 60_000, seconds: 60, counts: { latency: tailCounts(stable, candidate, boundsOf(guard)) } };
  });
}

test("a candidate as fast as stable is promoted", () => {
  const { verdict, evidence } = judge(
    serve(1, 20, (ms) => ms),
    { guards: [guard] },
  );
  expect(verdict).toBe("promote");
  expect(evidence.guards[0]?.comparisons.every(({ promoteLog }) => promoteLog > Math.log(20))).toBe(true);
});

test("a candidate half as slow again is rolled back, the rung named", () => {
  const { verdict, evidence } = judge(
    serve(2, 10, (ms) => 1.5 * ms),
    { guards: [guard] },
  );
  expect(verdict).toBe("rollback");
  expect(evidence.culprit).toMatchObject({ guard: "latency", side: "increase", stableMs: 80 });
  expect(evidence.culprit?.candidateMs).toBeCloseTo(80 * 2 ** (10 / 35), 9);
});

test("a candidate that keeps 4 % of the requests waiting for 2 s is rolled back by the tail alone", () => {
  const slow = (ms: number, random: Random) => (random() < 0.04 ? ms + 2000 : ms);
  const { verdict, evidence } = judge(serve(3, 10, slow), { guards: [guard] });
  expect(verdict).toBe("rollback");
  expect(evidence.culprit?.stableMs).toBeGreaterThanOrEqual(640);
});

test("a faster candidate is never harmful", () => {
  const { verdict } = judge(
    serve(4, 10, (ms) => ms / 3),
    { guards: [guard] },
  );
  expect(verdict).toBe("promote");
});
