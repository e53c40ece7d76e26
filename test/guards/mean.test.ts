import fc from "fast-check";
import { expect, test } from "vitest";
import { comparisonsOf } from "../../components/analysis/guard.ts";
import { createJudge, type Interval, type JudgeState, judge, type Verdict } from "../../components/analysis/index.ts";
import { type Guard, kindOf, placeIn, type Range } from "../../components/guards/index.ts";
import { closeInterval } from "../../components/platforms/local/gateway/close-interval.ts";
import {
  type ArmCounter,
  countFeedback,
  createComparedCounts,
} from "../../components/platforms/local/gateway/counters.ts";
import { judgeSettings } from "../../components/rollout/judges.ts";
import { rolloutPlan } from "../support/plans.ts";

type MeanGuard = Guard & { readonly range: Range };

const meanGuard = (changes: Partial<MeanGuard> = {}): MeanGuard => ({
  metric: "revenue",
  source: "feedback",
  direction: "either",
  margin: { kind: "absolute", value: 25 },
  designEffect: 1,
  range: { least: 0, most: 500 },
  ...changes,
});

interface Values {
  readonly stable: readonly number[];
  readonly candidate: readonly number[];
}

function count(arm: ArmCounter, { metric, range }: MeanGuard, values: readonly number[]): void {
  for (const value of values) {
    const place = placeIn(range, value);
    if (place === undefined) throw new Error(`${value} is out of range`);
    countFeedback(arm, metric, { count: 1, sum: place });
  }
}

/** Values as a data plane counts them, an interval each. */
function intervalsOf(guard: MeanGuard, seen: readonly Values[]): readonly Interval[] {
  return seen.map(({ stable, candidate }, i) => {
    const comparison = createComparedCounts();
    count(comparison.stable, guard, stable);
    count(comparison.candidate, guard, candidate);
    return closeInterval(comparison, [guard], { at: i * 1000, seconds: 1, step: 0 }).live;
  });
}

const settingsOf = (guard: Guard) => judgeSettings(rolloutPlan({ guards: [guard] }));
const judged = (guard: MeanGuard, seen: readonly Values[]): Verdict =>
  judge(intervalsOf(guard, seen), settingsOf(guard));

/** The numbers that a verdict stands on, of the side that counts rises and the one that counts falls. */
function evidenceOf({ verdict, evidence }: Verdict, mirrored = false) {
  const [guard] = evidence.guards;
  const sideOf = (side: "increase" | "decrease") => (mirrored ? (side === "increase" ? "decrease" : "increase") : side);
  const comparisons = (guard?.comparisons ?? []).map((each) => ({ ...each, side: sideOf(each.side) }));
  return {
    verdict,
    fired: evidence.fired?.interval,
    logs: [evidence.combined.log, guard?.rollback.log ?? 0, guard?.promote.log ?? 0],
    sides: comparisons
      .toSorted((a, b) => a.side.localeCompare(b.side))
      .map(({ side, rollbackLog, promoteLog }) => ({ side, rollbackLog, promoteLog })),
  };
}

/** The same, but for what binary fractions lose. */
function expectSame(a: ReturnType<typeof evidenceOf>, b: ReturnType<typeof evidenceOf>): void {
  expect([a.verdict, a.fired]).toEqual([b.verdict, b.fired]);
  const close = (x: number, y: number) => expect(Math.abs(x - y)).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(y)));
  a.logs.forEach((log, i) => {
    close(log, b.logs[i] ?? Number.NaN);
  });
  a.sides.forEach(({ side, rollbackLog, promoteLog }, i) => {
    expect(side).toBe(b.sides[i]?.side);
    close(rollbackLog, b.sides[i]?.rollbackLog ?? Number.NaN);
    close(promoteLog, b.sides[i]?.promoteLog ?? Number.NaN);
  });
}

const direction = fc.constantFrom("increase" as const, "decrease" as const, "either" as const);
/** In steps of a 64th, so that a change of unit within binary fractions is exact in the values. */
const place = fc.integer({ min: 0, max: 64 }).map((steps) => steps / 64);
const seen = fc
  .tuple(
    fc.array(place, { minLength: 150, maxLength: 300 }),
    fc.array(
      fc.record({
        stable: fc.array(place, { maxLength: 60 }),
        candidate: fc.array(
          place.map((at) => at * 0.75),
          { maxLength: 60 },
        ),
      }),
      { maxLength: 6 },
    ),
  )
  .map(([taught, rest]): readonly Values[] => [{ stable: taught, candidate: [] }, ...rest]);

const moved = (values: readonly Values[], unit: (x: number) => number): readonly Values[] =>
  values.map(({ stable, candidate }) => ({ stable: stable.map(unit), candidate: candidate.map(unit) }));

test("another unit of the metric, with the range and the margin in it, gives the same verdict on the same evidence", () => {
  const change = fc.record({
    c: fc.constantFrom(0.01, 0.5, 3, 128, 2_500),
    d: fc.constantFrom(-1_000, -0.25, 0, 7, 40),
  });
  fc.assert(
    fc.property(
      seen,
      direction,
      fc.double({ min: 0.01, max: 0.5, noNaN: true }),
      change,
      (values, way, size, { c, d }) => {
        const unit = (x: number): number => c * x + d;
        const shares = meanGuard({
          direction: way,
          margin: { kind: "absolute", value: size },
          range: { least: 0, most: 1 },
        });
        const others = meanGuard({
          direction: way,
          margin: { kind: "absolute", value: c * size },
          range: { least: unit(0), most: unit(1) },
        });
        // The ends of the range are met exactly, what lies between to the last digit.
        const inRange = (x: number): number => Math.min(others.range.most, Math.max(others.range.least, unit(x)));
        expectSame(evidenceOf(judged(others, moved(values, inRange))), evidenceOf(judged(shares, values)));
      },
    ),
    { numRuns: 150, seed: 7 },
  );
});

test("a ratio to stable's mean is the same in every unit whose zero is the same", () => {
  fc.assert(
    fc.property(
      seen,
      direction,
      fc.double({ min: 0.01, max: 0.3, noNaN: true }),
      fc.constantFrom(0.125, 4, 1_024),
      fc.constantFrom(0, 0.5, 2),
      (values, way, ratio, c, least) => {
        const guard = meanGuard({
          direction: way,
          margin: { kind: "relative", value: ratio },
          range: { least, most: least + 1 },
        });
        const other = { ...guard, range: { least: c * least, most: c * (least + 1) } };
        const from = moved(values, (x) => x + least);
        expectSame(
          evidenceOf(
            judged(
              other,
              moved(from, (x) => c * x),
            ),
          ),
          evidenceOf(judged(guard, from)),
        );
      },
    ),
    { numRuns: 150, seed: 8 },
  );
});

test("a fall is judged as the rise of the metric's opposite", () => {
  fc.assert(
    fc.property(seen, direction, fc.double({ min: 0.01, max: 0.5, noNaN: true }), (values, way, size) => {
      const guard = meanGuard({
        direction: way,
        margin: { kind: "absolute", value: size },
        range: { least: -0.5, most: 2 },
      });
      const opposite = ({ increase: "decrease", decrease: "increase", either: "either" } as const)[way];
      const other = { ...guard, direction: opposite, range: { least: -2, most: 0.5 } };
      expectSame(
        evidenceOf(
          judged(
            other,
            moved(values, (x) => -x),
          ),
          true,
        ),
        evidenceOf(judged(guard, values)),
      );
    }),
    { numRuns: 150, seed: 9 },
  );
});

test("the line between harmless and harmful is the margin of the mean, in its own units", () => {
  const bounds = fc.record({ least: fc.integer({ min: 0, max: 1_000 }), width: fc.integer({ min: 1, max: 1_000 }) });
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(
      bounds,
      share,
      share,
      fc.double({ min: 0.001, max: 0.9, noNaN: true }),
      fc.boolean(),
      (at, m0, m1, size, isRatio) => {
        const { least, width } = at;
        const range = { least, most: least + width };
        const margin = isRatio
          ? ({ kind: "relative", value: (size * width) / (least + width) } as const)
          : ({ kind: "absolute", value: size * width } as const);
        const guard = meanGuard({ direction: "either", margin, range });
        const [x0, x1] = [least + m0 * width, least + m1 * width];
        const tolerated = isRatio ? margin.value * x0 : margin.value;
        const judgedGuard = kindOf(guard).judged(guard);
        for (const { side, boundary } of comparisonsOf(judgedGuard)) {
          const worse = side === "increase" ? x1 - x0 : x0 - x1;
          const [p0, p1] = side === "increase" ? [m0, m1] : [1 - m0, 1 - m1];
          // How far beyond the line, in shares of the range.
          expect(p1 - (boundary.ratio * p0 + boundary.offset)).toBeCloseTo((worse - tolerated) / width, 9);
        }
      },
    ),
    { numRuns: 500, seed: 10 },
  );
});

test("a judge that was stopped and goes on from its JSON comes to the same verdict", () => {
  fc.assert(
    fc.property(seen, direction, fc.nat(6), (values, way, at) => {
      const { intervals, settings } = ofRatio(values, way);
      const first = createJudge(settings);
      for (const interval of intervals.slice(0, at)) first.add(interval);
      const second = createJudge(settings, JSON.parse(JSON.stringify(first.state)) as JudgeState);
      for (const interval of intervals.slice(at)) second.add(interval);
      expect(second.verdict).toEqual(judge(intervals, settings));
    }),
    { numRuns: 150, seed: 11 },
  );
});

test("two processes that count one arm each, and whose intervals are merged, come to the same evidence", () => {
  fc.assert(
    fc.property(seen, direction, ([taught, ...rest], way) => {
      const both = rest.filter(({ stable, candidate }) => stable.length > 0 && candidate.length > 0);
      const { intervals, settings } = ofRatio(taught === undefined ? both : [taught, ...both], way);
      const apart = intervals.flatMap(({ counts, ...when }) => {
        const { n0 = 0, x0 = 0, n1 = 0, x1 = 0 } = counts.revenue ?? {};
        return [
          { ...when, counts: { revenue: { n0: 0, x0: 0, n1, x1: Number(x1) } } },
          { ...when, seconds: 0, counts: { revenue: { n0, x0: Number(x0), n1: 0, x1: 0 } } },
        ];
      });
      const [merged, whole] = [judge(apart, settings).evidence, judge(intervals, settings).evidence];
      expect(merged.combined.log).toBeCloseTo(whole.combined.log, 9);
      expect(merged.guards[0]?.promote.log).toBeCloseTo(whole.guards[0]?.promote.log ?? Number.NaN, 9);
    }),
    { numRuns: 150, seed: 12 },
  );
});

/** Values from 1 to 2 under a ratio of 10 % to stable's mean. */
function ofRatio(values: readonly Values[], way: Guard["direction"]) {
  const guard = meanGuard({ direction: way, margin: { kind: "relative", value: 0.1 }, range: { least: 1, most: 2 } });
  const intervals = intervalsOf(
    guard,
    moved(values, (x) => x + 1),
  );
  return { intervals, settings: settingsOf(guard) };
}

test("harm is told in the metric's own units", () => {
  const guard = meanGuard({ range: { least: -100, most: 500 } });
  const { evidence } = judged(guard, [{ stable: [-100, 500, 20.5], candidate: [0, 0.0004] }]);
  const [comparison] = evidence.guards[0]?.comparisons ?? [];
  if (comparison === undefined) throw new Error("no comparison");
  const kind = kindOf(guard);
  expect(kind.harm(comparison, "stable", guard)).toBe(
    "candidate a mean of 0.0002 over 2 values, stable 140.1667 over 3",
  );
  expect(kind.figures?.(guard, comparison)).toEqual({ margin: "25", stable: "140.1667", candidate: "0.0002" });
  const ratio = { ...guard, margin: { kind: "relative", value: 0.05 }, range: { least: 0, most: 1 } } as const;
  expect(kind.figures?.(ratio, comparison).margin).toBe("5 %");
});

test("a declared range makes a business metric a mean; without one it is a share, and requests have none", () => {
  const kind = (metric: string, range?: Range) => kindOf({ metric, ...(range && { range }) });
  const range = { least: 0, most: 500 };
  expect(kind("revenue", range)).not.toBe(kind("revenue"));
  expect(kind("revenue")).toBe(kind("positiveRate"));
  expect(kind("errorRate", range)).toBe(kind("errorRate"));
});
