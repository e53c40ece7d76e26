import fc from "fast-check";
import { expect, test } from "vitest";
import { type Guard, type Interval, type JudgeSettings, judge } from "../../components/analysis/index.ts";
import { plainVerdict } from "./plain.ts";
import { binomial, type Random, seeded } from "./random-traffic.ts";

const direction = fc.constantFrom("increase" as const, "decrease" as const, "either" as const);
const designEffect = fc.constantFrom(1, 1.5, 3);
const proportion = (name: string): fc.Arbitrary<Guard> =>
  fc
    .record({
      direction,
      margin: fc.oneof(
        fc.record({
          kind: fc.constantFrom("absolute" as const, "relative" as const),
          value: fc.double({ min: 0, max: 0.4, noNaN: true }),
        }),
        fc.record({
          kind: fc.constant("relative" as const),
          value: fc.double({ min: 0, max: 0.4, noNaN: true }),
          offset: fc.double({ min: 0, max: 0.5, noNaN: true }),
        }),
      ),
      designEffect,
      baseline: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
    })
    .map(({ baseline, ...guard }) => ({
      kind: "proportion",
      name,
      ...guard,
      ...(baseline === null ? {} : { baseline }),
    }));
const latency: fc.Arbitrary<Guard> = fc
  .record({ tailShare: fc.constantFrom(0.005, 0.02), designEffect, ladder: fc.constantFrom([20], [10, 20, 40, 80]) })
  .map((guard) => ({
    kind: "latency",
    name: "latency",
    direction: "increase",
    margin: { kind: "relative", value: 0.2 },
    ...guard,
  }));

const settings: fc.Arbitrary<JudgeSettings> = fc.record({
  guards: fc
    .tuple(proportion("errors"), fc.option(proportion("positives")), fc.option(latency))
    .map((guards) => guards.filter((guard) => guard !== null)),
  alpha: fc.constantFrom(0.01, 0.05),
  beta: fc.constantFrom(0.05, 0.2),
  maxDuration: fc.constantFrom(60, 600),
  noDataAfter: fc.constantFrom(2, 5),
  steps: fc.constantFrom(1, 3),
});

/** Traffic in which each arm has a rate of its own and is sometimes silent. */
function drawIntervals(random: Random, { guards }: JudgeSettings, count: number): Interval[] {
  const size = 10 ** (1 + Math.floor(random() * 3));
  const rates = guards.map(() => {
    const rate0 = random() < 0.5 ? random() : 0.02 * random();
    return [rate0, Math.min(1, rate0 * (0.5 + 1.5 * random()))] as const;
  });
  const seconds = random() < 0.5 ? 1 : 30;
  return Array.from({ length: count }, (_, i): Interval => {
    const counts = guards.map((guard, k) => {
      const n0 = random() < 0.15 ? 0 : Math.floor(random() * size);
      const n1 = random() < 0.3 ? 0 : Math.floor((random() * size) / 4);
      const [rate0, rate1] = rates[k] ?? [0, 0];
      const x0 = binomial(random, n0, rate0);
      const x1 = binomial(random, n1, rate1);
      if (guard.kind === "proportion") return [guard.name, { n0, x0, n1, x1 }] as const;
      const halves = (x: number) => [x, Math.floor(x / 2), Math.floor(x / 4)].filter((tail) => tail > 0);
      return [guard.name, { n0, x0: halves(x0), n1, x1: halves(x1) }] as const;
    });
    return { at: i * seconds * 1000, seconds, step: Math.floor((3 * i) / count), counts: Object.fromEntries(counts) };
  });
}

test("a second, plain implementation comes to the same verdict, evidence and culprit", () => {
  const seen = new Set<string>();
  const agree = (limits: JudgeSettings, seed: number, count: number): void => {
    const intervals = drawIntervals(seeded(seed), limits, count);
    const { verdict, evidence } = judge(intervals, limits);
    const plain = plainVerdict(intervals, limits);
    seen.add(verdict);
    expect(plain.verdict).toBe(verdict);
    expect(plain.firedAt).toBe(evidence.fired?.interval ?? null);
    expect(plain.culprit).toBe(evidence.culprit?.guard ?? null);
    const close = (a: number, b: number) =>
      expect(Math.abs(a - b)).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(b)));
    close(plain.combinedLog, evidence.combined.log);
    evidence.guards.forEach((guard, k) => {
      const other = plain.guards[k];
      if (other === undefined) throw new Error(`no plain ${guard.name}`);
      expect(other.name).toBe(guard.name);
      close(other.rollbackLog, guard.rollback.log);
      close(other.rollbackP, guard.rollback.p);
      close(other.promoteLog, guard.promote.log);
      close(other.promoteP, guard.promote.p);
    });
  };
  fc.assert(fc.property(settings, fc.integer(), fc.integer({ min: 0, max: 40 }), agree), { numRuns: 300, seed: 1 });
  expect([...seen].sort()).toEqual(["continue", "inconclusive", "noData", "promote", "rollback"]);
});
