import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { holm } from "../../components/analysis/culprit.ts";
import {
  createJudge,
  type Guard,
  type Interval,
  type JudgeSettings,
  type JudgeState,
  judge,
} from "../../components/analysis/index.ts";
import { binomial, seeded } from "./random-traffic.ts";

const errors: Guard = {
  name: "errors",
  kind: "proportion",
  direction: "increase",
  margin: { kind: "absolute", value: 0.01 },
  baseline: 0.01,
};
const positives: Guard = {
  name: "positives",
  kind: "proportion",
  direction: "either",
  margin: { kind: "absolute", value: 0.05 },
};

type Row = readonly [n0: number, x0: number, n1: number, x1: number];
const interval = (i: number, rows: Record<string, Row>, seconds = 10): Interval => ({
  at: 1_700_000_000_000 + i * seconds * 1000,
  seconds,
  counts: Object.fromEntries(Object.entries(rows).map(([name, [n0, x0, n1, x1]]) => [name, { n0, x0, n1, x1 }])),
});
const repeat = (count: number, rows: Record<string, Row>, from = 0): Interval[] =>
  Array.from({ length: count }, (_, i) => interval(from + i, rows));

const good: Row = [950, 10, 500, 5];
const bad: Row = [950, 10, 500, 60];
const nobody: Row = [950, 10, 0, 0];

describe("a verdict", () => {
  test("is noData before any data", () => {
    const { verdict, evidence } = judge([], { guards: [errors] });
    expect(verdict).toBe("noData");
    expect(evidence.missing).toEqual([
      { guard: "errors", arm: "stable" },
      { guard: "errors", arm: "candidate" },
    ]);
  });

  test("is continue while nothing is decided, and says how far the promotion is", () => {
    const { verdict, evidence } = judge(repeat(1, { errors: good }), { guards: [errors] });
    expect(verdict).toBe("continue");
    expect(evidence.next).toMatchObject({ decision: "promote", guard: "errors" });
    expect(evidence.next.candidateUnits).toBeGreaterThan(300);
    expect(evidence.guards[0]?.comparisons).toMatchObject([
      { side: "increase", stable: { units: 950, events: 10 }, candidate: { units: 500, events: 5, rate: 0.01 } },
    ]);
  });

  test("is promote once every guard is shown non-inferior, not before", () => {
    const both = { guards: [errors, positives] };
    const onlyErrors = repeat(10, { errors: good, positives: [20, 10, 10, 5] });
    expect(judge(onlyErrors, both).verdict).toBe("continue");
    const { verdict, evidence } = judge(repeat(10, { errors: good, positives: [950, 475, 500, 250] }), both);
    expect(verdict).toBe("promote");
    expect(evidence.guards.map(({ nonInferior }) => nonInferior)).toEqual([true, true]);
    expect(evidence.next).toMatchObject({ decision: "promote", candidateUnits: 0 });
  });

  test("is rollback when harm is shown, names guard and interval, and stays so", () => {
    const { verdict, evidence } = judge(
      [
        ...repeat(3, { errors: good, positives: [950, 475, 500, 250] }),
        interval(3, { errors: bad, positives: [950, 475, 500, 250] }),
        ...repeat(20, { errors: [950, 10, 500, 0], positives: [950, 475, 500, 250] }, 4),
      ],
      { guards: [errors, positives] },
    );
    expect(verdict).toBe("rollback");
    expect(evidence.fired).toEqual({ interval: 3, at: 1_700_000_000_000 + 30_000 });
    expect(evidence.culprit).toMatchObject({ guard: "errors", side: "increase", interval: 3 });
    expect(evidence.culprit?.adjustedP).toBeCloseTo(2 * (evidence.culprit?.p ?? 1), 15);
    expect(evidence.combined.max).toBeGreaterThan(evidence.thresholds.rollback);
    expect(evidence.combined.log).toBeLessThan(evidence.thresholds.rollback);
  });

  test("is rollback for all failures among the first three requests", () => {
    expect(judge([interval(0, { errors: [57, 0, 3, 3] })], { guards: [errors] }).verdict).toBe("rollback");
  });

  test("is inconclusive when the judged time is over without a decision, and data may still decide", () => {
    const settings = { guards: [{ ...errors, margin: { kind: "absolute", value: 0.001 } } as const], maxDuration: 60 };
    const atMargin: Row = [1000, 10, 100, 1];
    expect(judge(repeat(5, { errors: atMargin }), settings).verdict).toBe("continue");
    expect(judge(repeat(6, { errors: atMargin }), settings).verdict).toBe("inconclusive");
    expect(judge([...repeat(6, { errors: atMargin }), ...repeat(3, { errors: bad }, 6)], settings).verdict).toBe(
      "rollback",
    );
  });

  test("never fails or promotes for want of data, and recovers when data comes", () => {
    const settings = { guards: [errors], maxDuration: 130, noDataAfter: 5 };
    const promoted = repeat(10, { errors: good });
    const silent = [...promoted, ...repeat(100, { errors: nobody }, 10)];
    expect(judge(promoted, settings).verdict).toBe("promote");
    expect(judge([...promoted, ...repeat(4, { errors: nobody }, 10)], settings).verdict).toBe("promote");
    const quiet = judge(silent, settings);
    expect(quiet.verdict).toBe("noData");
    expect(quiet.evidence.missing).toEqual([{ guard: "errors", arm: "candidate" }]);
    expect(quiet.evidence.seconds).toBe(140);
    expect(judge([...silent, interval(110, { errors: good })], settings).verdict).toBe("promote");
  });

  test("is noData when stable is silent, too", () => {
    const { verdict, evidence } = judge(repeat(6, { errors: [0, 0, 500, 5] }), { guards: [errors] });
    expect(verdict).toBe("noData");
    expect(evidence.missing).toEqual([{ guard: "errors", arm: "stable" }]);
  });
});

describe("what would happen next", () => {
  test("the estimate of units to a promotion comes true within a factor of two", () => {
    const settings = { guards: [errors] };
    const running = createJudge(settings);
    const { evidence } = running.add(interval(0, { errors: good }));
    let units = 0;
    for (let i = 1; running.verdict.verdict !== "promote"; i++) {
      running.add(interval(i, { errors: good }));
      units += 500;
    }
    expect(evidence.next.candidateUnits).toBeGreaterThan(units / 2);
    expect(evidence.next.candidateUnits).toBeLessThan(units * 2);
  });

  test("a guard beyond its margin announces the rollback and its distance", () => {
    const { verdict, evidence } = judge([interval(0, { errors: [950, 10, 200, 7] })], { guards: [errors, positives] });
    expect(verdict).toBe("noData");
    expect(evidence.next.decision).toBeNull();
    const { evidence: alone } = judge([interval(0, { errors: [950, 10, 200, 7] })], { guards: [errors] });
    expect(alone.next).toMatchObject({ decision: "rollback", guard: "errors" });
    expect(alone.next.candidateUnits).toBeGreaterThan(200);
    expect(alone.guards[0]?.unitsToPromote).toBeNull();
  });

  test("the estimate of units to a rollback comes true within 15 %, the stakes of twenty guards included", () => {
    const names = ["errors", ...Array.from({ length: 19 }, (_, i) => `other ${i}`)];
    const running = createJudge({ guards: names.map((name) => ({ ...errors, name })), alpha: 1e-6 });
    const rows = { ...Object.fromEntries(names.map((name) => [name, good])), errors: [950, 10, 100, 4] as const };
    const { next } = running.add(interval(0, rows)).evidence;
    let units = 0;
    for (let i = 1; running.verdict.verdict !== "rollback"; i++) {
      running.add(interval(i, rows));
      units += 100;
    }
    expect(next).toMatchObject({ decision: "rollback", guard: "errors" });
    expect(next.candidateUnits).toBeGreaterThan(units * 0.85);
    expect(next.candidateUnits).toBeLessThan(units * 1.15);
  });

  test("a margin of nothing is said to lead to no decision", () => {
    const strict: Guard = { ...errors, margin: { kind: "absolute", value: 0 } };
    const { evidence } = judge(repeat(3, { errors: [1000, 10, 1000, 10] }), { guards: [strict] });
    expect(evidence.next).toMatchObject({ decision: null, candidateUnits: null, guard: "errors" });
  });
});

const traffic = fc
  .record({
    seed: fc.integer(),
    intervals: fc.integer({ min: 0, max: 30 }),
    rate: fc.double({ min: 0, max: 0.6, noNaN: true }),
    harm: fc.double({ min: -0.2, max: 0.4, noNaN: true }),
    size: fc.integer({ min: 1, max: 300 }),
  })
  .map(({ seed, intervals, rate, harm, size }): Interval[] => {
    const random = seeded(seed);
    const arm = (n: number, p: number) => [n, binomial(random, n, Math.min(1, Math.max(0, p)))] as const;
    return Array.from({ length: intervals }, (_, i) => {
      const draw = (): Row => {
        const [n0, x0] = arm(Math.floor(random() * size * 3), rate);
        const [n1, x1] = arm(Math.floor(random() * size), rate + harm);
        return [n0, x0, n1, x1];
      };
      return { ...interval(i, { errors: draw(), positives: draw() }, 1), step: Math.floor(i / 10) };
    });
  });
const settings: JudgeSettings = { guards: [errors, positives], alpha: 0.05, maxDuration: 20, steps: 3 };

describe("for any traffic", () => {
  test("interval by interval gives what all at once gives, also across a restart from JSON", () => {
    fc.assert(
      fc.property(traffic, fc.nat(30), (intervals, stop) => {
        const first = createJudge(settings);
        const verdicts = intervals.slice(0, stop).map((one) => first.add(one));
        const second = createJudge(settings, JSON.parse(JSON.stringify(first.state)) as JudgeState);
        for (const one of intervals.slice(stop)) verdicts.push(second.add(one));
        expect(second.verdict).toEqual(judge(intervals, settings));
        verdicts.forEach((verdict, i) => {
          expect(verdict).toEqual(judge(intervals.slice(0, i + 1), settings));
        });
      }),
      { numRuns: 25 },
    );
  });

  test("p only falls, and a rollback is never taken back", () => {
    fc.assert(
      fc.property(traffic, (intervals) => {
        const running = createJudge(settings);
        let [p, fired] = [1, false];
        for (const one of intervals) {
          const { verdict, evidence } = running.add(one);
          expect(evidence.combined.p).toBeLessThanOrEqual(p);
          expect(verdict === "rollback").toBe(fired || evidence.combined.log >= evidence.thresholds.rollback);
          [p, fired] = [evidence.combined.p, verdict === "rollback"];
        }
      }),
    );
  });

  test("a harmful decrease of an event is a harmful increase of its opposite", () => {
    const decrease: Guard = { ...errors, direction: "decrease", baseline: 0.99 };
    fc.assert(
      fc.property(traffic, (intervals) => {
        const [up, down] = [(x: number) => x, (x: number, n: number) => n - x].map((flip) =>
          intervals.map((one): Interval => {
            const { n0, x0, n1, x1 } = one.counts.errors as { n0: number; x0: number; n1: number; x1: number };
            return { ...one, counts: { errors: { n0, x0: flip(x0, n0), n1, x1: flip(x1, n1) } } };
          }),
        );
        const a = judge(up ?? [], { guards: [errors] }).evidence.guards[0];
        const b = judge(down ?? [], { guards: [decrease] }).evidence.guards[0];
        expect(b?.rollback.log).toBeCloseTo(a?.rollback.log ?? Number.NaN, 6);
        expect(b?.promote.log).toBeCloseTo(a?.promote.log ?? Number.NaN, 6);
      }),
    );
  });

  test("a guard for either direction holds the mean of its sides' e-values against harm and the smaller one for promotion", () => {
    const sides = (["increase", "decrease", "either"] as const).map((direction): Guard => {
      return { ...errors, direction, margin: { kind: "relative", value: 0.1 } };
    });
    fc.assert(
      fc.property(traffic, (intervals) => {
        const only = intervals.map((one) => ({
          ...one,
          counts: { errors: one.counts.errors ?? { n0: 0, x0: 0, n1: 0, x1: 0 } },
        }));
        const [up, down, either] = sides.map((guard) => judge(only, { guards: [guard] }).evidence.guards[0]);
        const logs = [up?.rollback.log ?? Number.NaN, down?.rollback.log ?? Number.NaN];
        const louder = Math.max(...logs);
        const mean = louder + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - louder), 0) / 2);
        expect(either?.rollback.log).toBeCloseTo(mean, 6);
        expect(either?.promote.log).toBe(Math.min(up?.promote.log ?? Number.NaN, down?.promote.log ?? Number.NaN));
      }),
    );
  });

  test("empty intervals change no evidence", () => {
    fc.assert(
      fc.property(traffic, fc.nat(30), fc.nat(10), (intervals, at, count) => {
        const empty: Interval = { at: 0, seconds: 0, counts: {} };
        const padded = [
          ...intervals.slice(0, at),
          ...Array.from({ length: count }, () => empty),
          ...intervals.slice(at),
        ];
        const logs = (list: readonly Interval[]) => {
          const { evidence } = judge(list, settings);
          return [evidence.combined.log, evidence.combined.p, evidence.guards.map((guard) => guard.comparisons)];
        };
        expect(logs(padded)).toEqual(logs(intervals));
      }),
    );
  });
});

test("at low traffic counts wait for the other arm, and are judged as one block", () => {
  const trickle = [
    interval(0, { errors: [30, 1, 0, 0] }),
    interval(1, { errors: [20, 0, 0, 0] }),
    interval(2, { errors: [7, 0, 3, 3] }),
  ];
  const { evidence } = judge(trickle, { guards: [errors] });
  expect(evidence.combined.log).toBe(
    judge([interval(0, { errors: [57, 1, 3, 3] })], { guards: [errors] }).evidence.combined.log,
  );
});

test("while stable's rate is not known, what it does before the candidate's first unit teaches it at once", () => {
  const unknown: Guard = { name: "errors", kind: "proportion", direction: "increase", margin: errors.margin };
  const after = (...first: readonly Interval[]) =>
    judge([...first, interval(9, { errors: [57, 1, 3, 3] })], { guards: [unknown] }).evidence.combined.log;
  expect(after(interval(0, { errors: [250, 2, 0, 0] }))).toBeGreaterThan(5);
  expect(after({ ...interval(0, { errors: [250, 2, 0, 0] }), seconds: 0 })).toBe(
    after(interval(0, { errors: [250, 2, 0, 0] })),
  );
  expect(after(interval(0, { errors: [150, 2, 0, 0] }))).toBe(0);
  expect(after(interval(0, { errors: [150, 1, 0, 0] }), interval(1, { errors: [100, 1, 0, 0] }))).toBe(
    after(interval(0, { errors: [250, 2, 0, 0] })),
  );
});

test("counts wait no longer than a minute for the other arm", () => {
  const minuteApart = [...repeat(6, { errors: [0, 0, 3, 3] }), ...repeat(6, { errors: [57, 0, 0, 0] }, 6)];
  expect(judge(minuteApart, { guards: [errors] }).evidence.combined.log).toBe(0);
});

test("the path of a long rollout stays short and keeps its peak", () => {
  const running = createJudge({ guards: [errors], alpha: 1e-9 });
  for (const one of [
    ...repeat(700, { errors: good }),
    interval(700, { errors: [950, 10, 500, 200] }),
    ...repeat(300, { errors: good }, 701),
  ]) {
    running.add(one);
  }
  const { combined } = running.verdict.evidence;
  expect(combined.path.points.length).toBeLessThanOrEqual(200);
  expect(combined.path.stride).toBe(8);
  expect(combined.path.points[0]?.[0]).toBe(0);
  const peak = combined.path.points.findIndex(([at]) => at === 700);
  const [before, at, after] = combined.path.points.slice(peak - 1, peak + 2).map(([, log]) => log);
  expect(at).toBeGreaterThan(before ?? Number.NaN);
  expect(at).toBeGreaterThan(after ?? Number.NaN);
});

test("Holm's correction is that of its definition", () => {
  expect(holm([0.04, 0.01, 0.03])).toEqual([0.06, 0.03, 0.06]);
  expect(holm([0.9, 0.8])).toEqual([1, 1]);
  expect(holm([])).toEqual([]);
});

describe("what makes no sense is refused with what was seen and what is allowed", () => {
  const latency: Guard = {
    name: "latency",
    kind: "latency",
    direction: "increase",
    margin: { kind: "relative", value: 0.2 },
  };
  test.each<[string, JudgeSettings, RegExp]>([
    ["no guards", { guards: [] }, /guards: saw \[\]; allowed is at least one guard/],
    ["one name twice", { guards: [errors, errors] }, /guard "errors": saw "errors"; allowed is a name used once/],
    ["a negative margin", { guards: [{ ...errors, margin: { kind: "absolute", value: -0.1 } }] }, /margin: saw/],
    ["a whole share", { guards: [{ ...errors, margin: { kind: "absolute", value: 1 } }] }, /margin: saw/],
    ...(
      [
        ["an offset of a difference", { kind: "absolute", value: 0.1, offset: 0.1 }],
        ["a negative offset", { kind: "relative", value: 0.1, offset: -0.1 }],
        ["an offset that is no number", { kind: "relative", value: 0.1, offset: Number.NaN }],
        ["an offset that tolerates every fall", { kind: "relative", value: 0.1, offset: 0.9 }],
      ] as const
    ).map(([what, margin]): [string, JudgeSettings, RegExp] => [
      what,
      { guards: [{ ...positives, margin }] },
      /guard "positives" margin: saw .*; allowed is an offset of 0 or more/,
    ]),
    ["designEffect below 1", { guards: [{ ...errors, designEffect: 0.5 }] }, /designEffect: saw 0.5; allowed is ≥ 1/],
    ["a baseline above 1", { guards: [{ ...positives, baseline: 1.5 }] }, /baseline: saw 1.5; allowed is 0 to 1/],
    ["a tail share of 0", { guards: [{ ...latency, tailShare: 0 }] }, /tailShare: saw 0/],
    ["a falling ladder", { guards: [{ ...latency, ladder: [20, 10] }] }, /ladder: saw \[20,10\]/],
    ["alpha 0", { guards: [errors], alpha: 0 }, /judge alpha: saw 0; allowed is above 0, below 1/],
    ["beta 1", { guards: [errors], beta: 1 }, /judge beta: saw 1/],
    ["no time", { guards: [errors], maxDuration: 0 }, /judge maxDuration: saw 0/],
    ["noDataAfter 0", { guards: [errors], noDataAfter: 0 }, /judge noDataAfter: saw 0/],
    ["half a step", { guards: [errors], steps: 0.5 }, /judge steps: saw 0.5/],
  ])("%s", (_, wrong, message) => {
    expect(() => createJudge(wrong)).toThrow(message);
  });

  test.each<[string, Interval["counts"], RegExp]>([
    [
      "more events than units",
      { errors: { n0: 1, x0: 2, n1: 0, x1: 0 } },
      /counts of guard "errors": saw .*0 ≤ events ≤ units/,
    ],
    ["negative units", { errors: { n0: -1, x0: 0, n1: 0, x1: 0 } }, /0 ≤ events ≤ units/],
    ["not a number", { errors: { n0: 1, x0: Number.NaN, n1: 0, x1: 0 } }, /0 ≤ events ≤ units/],
    ["numbers for a latency guard", { latency: { n0: 1, x0: 0, n1: 0, x1: 0 } }, /takes arrays x0, x1/],
    ["arrays for a proportion guard", { errors: { n0: 1, x0: [], n1: 0, x1: [] } }, /takes numbers x0, x1/],
    ["an unknown guard", { error: { n0: 1, x0: 0, n1: 0, x1: 0 } }, /saw "error"; the guards are errors, latency/],
  ])("%s", (_, counts, message) => {
    const running = createJudge({ guards: [errors, latency] });
    expect(() => running.add({ at: 0, seconds: 1, counts })).toThrow(message);
    expect(running.state.intervals).toBe(0);
  });

  test("an interval of negative length", () => {
    expect(() => judge([{ at: 0, seconds: -1, counts: {} }], { guards: [errors] })).toThrow(/interval seconds: saw -1/);
  });

  test("the state of a judge with other guards or steps", () => {
    const { state } = createJudge({ guards: [errors] });
    expect(() => createJudge({ guards: [positives] }, state)).toThrow(
      "judge state: saw that of errors × 1; 1 steps; these settings have positives × 2; 1 steps",
    );
    expect(() => createJudge({ guards: [errors], steps: 2 }, state)).toThrow(/these settings have errors × 1; 2 steps/);
  });

  test("the state of a judge of another method", () => {
    const { method: _, ...earlier } = createJudge({ guards: [errors] }).state;
    expect(() => createJudge({ guards: [errors] }, earlier as JudgeState)).toThrow(
      "judge state: saw that of method 1; this judge has method 2",
    );
  });
});
