import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  addSplit,
  logGamma,
  type ShareState,
  type Split,
  shareLogE,
  shareThreshold,
} from "../../components/analysis/share.ts";
import { binomial, seeded } from "./random-traffic.ts";
// `lm` and `lgamma`: Lindon and Malek's Bayes factor and ln Γ, by an independent reference implementation in JavaScript
// and Python; printed to 12 digits.
import vectors from "./vectors.json" with { type: "json" };

const choose = (n: number, k: number): number => Math.exp(logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1));
const weights = fc.constantFrom(0, 0.001, 0.01, 0.05, 0.25, 0.5, 0.9, 1);
const counts = fc.integer({ min: 0, max: 100_000 });

describe("the arithmetic", () => {
  test.each(vectors.lm)(
    "a single concentration without a tolerance is the published Bayes factor %#",
    ({ in: given, logBF }) => {
      const [[stable = 0, candidate = 0], [, weight = 0], units] = given as [number[], number[], number];
      const log = shareLogE({ weight, stable, candidate }, { tolerance: 0, concentrations: [units] });
      expect(log).toBeCloseTo(logBF, 8);
    },
  );

  test("bet by bet, each on what the arrivals before it suggest, it comes to the same", () => {
    const random = seeded(7);
    for (const weight of [0.05, 0.3, 0.9]) {
      const bets = [4, 40, 400].map((units) => ({ a: units * weight, b: units * (1 - weight), log: 0 }));
      let candidate = 0;
      const n = 500;
      for (let i = 0; i < n; i++) {
        const isCandidate = random() < weight + 0.05;
        if (isCandidate) candidate++;
        for (const bet of bets) {
          bet.log += Math.log((isCandidate ? bet.a : bet.b) / (bet.a + bet.b) / (isCandidate ? weight : 1 - weight));
          if (isCandidate) bet.a++;
          else bet.b++;
        }
      }
      const mean = bets.reduce((sum, { log }) => sum + Math.exp(log) / bets.length, 0);
      expect(shareLogE({ weight, stable: n - candidate, candidate }, { tolerance: 0 })).toBeCloseTo(Math.log(mean), 8);
    }
  });

  test.each(vectors.lgamma as [number, number][])("ln Γ(%d) = %d", (x, expected) => {
    expect(logGamma(x)).toBeCloseTo(expected, 9);
  });

  test("ln Γ follows its recurrence at any size", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-3, max: 1e9, noNaN: true }), (x) => {
        const [left, right] = [logGamma(x + 1), logGamma(x) + Math.log(x)];
        expect(Math.abs(left - right)).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(right)));
      }),
    );
  });

  test("the mean e-value is at most 1 for every share within the tolerance, by enumeration", () => {
    for (const weight of [0, 0.01, 0.05, 0.3, 0.5, 0.95, 1]) {
      for (const n of [1, 2, 5, 17, 60]) {
        for (const tolerance of [0, 0.001, 0.1]) {
          for (const at of [-1, -0.5, 0, 0.5, 1]) {
            const p = Math.min(1, Math.max(0, weight + at * tolerance));
            let mean = 0;
            for (let k = 0; k <= n; k++) {
              const chance = choose(n, k) * p ** k * (1 - p) ** (n - k);
              if (chance > 0)
                mean += chance * Math.exp(shareLogE({ weight, stable: n - k, candidate: k }, { tolerance }));
            }
            expect(mean).toBeLessThanOrEqual(1 + 1e-9);
          }
        }
      }
    }
  });

  test("it is 1 before anything has arrived, and rises the further the arrivals are from the weight", () => {
    fc.assert(
      fc.property(weights, fc.integer({ min: 1, max: 5_000 }), (weight, n) => {
        expect(shareLogE({ weight, stable: 0, candidate: 0 })).toBeCloseTo(0, 9);
        const logOf = (candidate: number): number => shareLogE({ weight, stable: n - candidate, candidate });
        const fair = Math.round(n * weight);
        for (const side of [-1, 1]) {
          let last = Number.NEGATIVE_INFINITY;
          for (let k = fair; k >= 0 && k <= n; k += side * Math.max(1, Math.floor(n / 20))) {
            const isBeyond = side * (k / n - weight) > 0.05;
            if (isBeyond) expect(logOf(k)).toBeGreaterThan(last);
            if (isBeyond) last = logOf(k);
          }
        }
      }),
      { numRuns: 50 },
    );
  });

  test("a billion arrivals that fit are no evidence, and a thousandth of them at the wrong place are", () => {
    expect(shareLogE({ weight: 0.05, stable: 950_000_000, candidate: 50_000_000 })).toBeLessThan(0);
    expect(shareLogE({ weight: 0.05, stable: 948_000_000, candidate: 52_000_000 })).toBeGreaterThan(1_000);
  });

  test("at weight 0 and at the whole, the few that a tolerance allows are no mismatch, and more are", () => {
    expect(shareLogE({ weight: 1, stable: 10, candidate: 9_990 })).toBeLessThan(1);
    expect(shareLogE({ weight: 0, stable: 9_000, candidate: 1_000 })).toBeGreaterThan(shareThreshold(1));
    expect(shareLogE({ weight: 1, stable: 1_000, candidate: 9_000 })).toBeGreaterThan(shareThreshold(1));
  });
});

describe("stretches", () => {
  const add = (arrivals: readonly Split[], before?: ShareState): ShareState | undefined =>
    arrivals.reduce<ShareState | undefined>((state, each) => addSplit(state, each), before);

  test("a stretch is its totals, however they were split; read back from JSON it goes on", () => {
    fc.assert(
      fc.property(
        weights,
        fc.array(fc.tuple(counts, counts), { minLength: 1, maxLength: 12 }),
        fc.nat(),
        (weight, parts, at) => {
          const blocks = parts.map(([stable, candidate]) => ({ weight, stable, candidate }));
          const cut = at % (blocks.length + 1);
          const first = add(blocks.slice(0, cut));
          const kept = first === undefined ? undefined : (JSON.parse(JSON.stringify(first)) as ShareState);
          const whole = add(blocks);
          expect(add(blocks.slice(cut), kept)).toEqual(whole);
          const [stable, candidate] = [0, 1].map((i) => parts.reduce((sum, part) => sum + (part[i] ?? 0), 0));
          expect(whole).toMatchObject({ stretch: 1, weight, stable, candidate });
        },
      ),
    );
  });

  test("another weight, or another memory, begins the next stretch, at a higher threshold", () => {
    const state = add([
      { weight: 0.05, stable: 950, candidate: 50 },
      { weight: 0.25, stable: 75, candidate: 25 },
      { weight: 0.25, stable: 75, candidate: 25, memory: 2 },
      { weight: 0.25, stable: 75, candidate: 25, memory: 2 },
    ]);
    expect(state).toEqual({ stretch: 3, weight: 0.25, stable: 150, candidate: 50, memory: 2 });
    expect(Math.exp(shareThreshold(1))).toBeCloseTo(2_000);
    expect(Math.exp(shareThreshold(3))).toBeCloseTo(12_000);
    const spent = Array.from({ length: 10_000 }, (_, i) => Math.exp(-shareThreshold(i + 1)));
    expect(spent.reduce((a, b) => a + b)).toBeLessThanOrEqual(0.001);
  });

  test("what was found stays, as it stood then", () => {
    const found = add([{ weight: 0.05, stable: 500, candidate: 500 }]);
    expect(found?.mismatch).toMatchObject({ weight: 0.05, stable: 500, candidate: 500 });
    const later = add([{ weight: 0.25, stable: 75_000, candidate: 25_000 }], found);
    expect(later?.mismatch).toEqual(found?.mismatch);
  });

  test("evidence is divided by the design effect", () => {
    const doubled = { weight: 0.05, stable: 1_840, candidate: 160 };
    expect(addSplit(undefined, doubled).mismatch).toBeDefined();
    expect(addSplit(undefined, doubled, { designEffect: 3 }).mismatch).toBeUndefined();
  });

  test.each([
    { weight: -0.1, stable: 1, candidate: 1 },
    { weight: 1.1, stable: 1, candidate: 1 },
    { weight: 0.5, stable: -1, candidate: 1 },
    { weight: 0.5, stable: 1, candidate: Number.NaN },
  ])("what cannot be is refused: %j", (arrivals) => {
    expect(() => addSplit(undefined, arrivals)).toThrow(RangeError);
  });
});

/** A rollout over four steps, 60 intervals on each; the share that arrives is what `share` makes of the weight. */
function foundAfter(seed: number, { steps, requests, share }: Simulated): number | undefined {
  const random = seeded(seed);
  let state: ShareState | undefined;
  for (const [step, weight] of steps.entries()) {
    for (let i = 0; i < 60; i++) {
      const candidate = binomial(random, requests, share(weight));
      state = addSplit(state, { weight, stable: requests - candidate, candidate });
      if (state.mismatch !== undefined) return 60 * step + i + 1;
    }
  }
  return undefined;
}

interface Simulated {
  readonly steps: readonly number[];
  /** An interval. */
  readonly requests: number;
  readonly share: (weight: number) => number;
}

describe("rollouts of 240 intervals over four weights", () => {
  test.each([
    { requests: 3, runs: 2_000 },
    { requests: 100, runs: 2_000 },
    { requests: 5_000, runs: 500 },
  ])(
    "at most one of a thousand that honours its weights is said not to: $requests requests an interval",
    ({ requests, runs }) => {
      let found = 0;
      for (let seed = 1; seed <= runs; seed++) {
        if (foundAfter(seed, { steps: [0.01, 0.05, 0.25, 0.5], requests, share: (weight) => weight }) !== undefined)
          found++;
      }
      expect(found / runs).toBeLessThanOrEqual(0.001);
    },
  );

  test.each([
    { what: "ignores the weight: half and half", share: () => 0.5 },
    { what: "gives the candidate twice its share", share: (weight: number) => Math.min(1, 2 * weight) },
    { what: "gives the candidate half of its share", share: (weight: number) => weight / 2 },
    { what: "gives the candidate nothing", share: () => 0 },
    {
      what: "knows tenths only, as ten replicas do",
      share: (weight: number) => Math.max(0.1, Math.round(weight * 10) / 10),
    },
  ])(
    "one that $what is found at least 99 times in 100, 95 within 40 intervals of 100 requests from 5 % on",
    ({ share }) => {
      const runs = Array.from({ length: 200 }, (_, seed) =>
        foundAfter(seed + 1, { steps: [0.05, 0.25, 0.5, 1], requests: 100, share }),
      );
      const found = runs.filter((at) => at !== undefined).toSorted((a, b) => a - b);
      expect(found.length).toBeGreaterThanOrEqual(198);
      expect(found[Math.ceil(0.95 * runs.length) - 1]).toBeLessThanOrEqual(40);
    },
  );

  test("cards without replacement, as the local gateway draws, are no mismatch either", () => {
    let found = 0;
    for (let seed = 1; seed <= 300; seed++) {
      const random = seeded(seed);
      let state: ShareState | undefined;
      let [cards, hits] = [0, 0];
      for (let i = 0; i < 60; i++) {
        let candidate = 0;
        for (let k = 0; k < 400; k++) {
          if (cards === 0) [cards, hits] = [10_000, 500];
          const isCandidate = random() * cards < hits;
          cards--;
          if (isCandidate) [hits, candidate] = [hits - 1, candidate + 1];
        }
        state = addSplit(state, { weight: 0.05, stable: 400 - candidate, candidate });
      }
      if (state?.mismatch !== undefined) found++;
    }
    expect(found).toBe(0);
  });
});
