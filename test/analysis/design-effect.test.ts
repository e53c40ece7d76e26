import fc from "fast-check";
import { expect, test } from "vitest";
import { type PairedCounts, pairedDesignEffect } from "../../components/analysis/index.ts";
import { binomial, type Random, seeded } from "../bench/analysis/draw.ts";

const HOURS_8 = 480;

/** Eight hours of minutes, 100 requests a second, a quarter of them the candidate's. @param rates of a minute, of both */
function minutes(random: Random, rates: (minute: number) => readonly [number, number]): readonly PairedCounts[] {
  return Array.from({ length: HOURS_8 }, (_, minute) => {
    const [n0, n1] = [4_500, 1_500];
    const [p0, p1] = rates(minute);
    return { seconds: 60, n0, x0: binomial(random, n0, p0), n1, x1: binomial(random, n1, p1) };
  });
}

test("independent units have a small design effect", () => {
  const random = seeded("independent", 1);
  const effect = pairedDesignEffect([minutes(random, () => [0.01, 0.01])]) ?? Number.NaN;
  expect(effect).toBeGreaterThanOrEqual(1);
  expect(effect).toBeLessThan(3);
});

test("what both versions share does not count, however wild it is", () => {
  const random = seeded("shared", 1);
  const shared = (minute: number): number => (minute % 120 < 15 ? 0.06 : 0.01 + 0.005 * Math.sin(minute / 70));
  const effect = pairedDesignEffect([minutes(random, (minute) => [shared(minute), shared(minute)])]) ?? Number.NaN;
  expect(effect).toBeLessThan(3);
});

test("versions that wander on their own are told by how far they do", () => {
  const random = seeded("own", 1);
  const steps = Array.from({ length: 97 }, () => [0.008 + 0.004 * random(), 0.008 + 0.004 * random()] as const);
  const effect = pairedDesignEffect([minutes(random, (minute) => steps[Math.floor(minute / 5)] ?? [0.01, 0.01])]);
  expect(effect).toBeGreaterThan(2);
  const far = steps.map(([a, b]) => [a * 2 - 0.01, b * 2 - 0.01] as const);
  const wider = pairedDesignEffect([minutes(random, (minute) => far[Math.floor(minute / 5)] ?? [0.01, 0.01])]);
  expect(wider).toBeGreaterThan(2 * (effect ?? Number.POSITIVE_INFINITY));
});

test("too little history tells nothing, and so do counts without an event or with one version", () => {
  const random = seeded("short", 1);
  const all = minutes(random, () => [0.01, 0.01]);
  expect(pairedDesignEffect([])).toBeUndefined();
  expect(pairedDesignEffect([all.slice(0, 6)])).toBeUndefined();
  expect(pairedDesignEffect([all.slice(0, 7)])).toBeGreaterThanOrEqual(1);
  expect(pairedDesignEffect([all.map((pair) => ({ ...pair, x0: 0, x1: 0 }))])).toBeUndefined();
  expect(pairedDesignEffect([all.map((pair) => ({ ...pair, n1: 0, x1: 0 }))])).toBeUndefined();
});

test("runs are not compared across the gap between them", () => {
  const random = seeded("gap", 1);
  const low = minutes(random, () => [0.01, 0.01]);
  const high = minutes(random, () => [0.3, 0.3]).map((pair) => ({ ...pair, x1: pair.x1 + 100 }));
  const apart = pairedDesignEffect([low, high]) ?? Number.NaN;
  const joined = pairedDesignEffect([[...low, ...high]]) ?? Number.NaN;
  expect(apart).toBeLessThan(joined);
});

test("which of the versions is called stable makes no difference, nor does counting the opposite event", () => {
  const pair = fc
    .record({ n0: fc.integer({ min: 1, max: 200 }), n1: fc.integer({ min: 1, max: 200 }) })
    .chain(({ n0, n1 }) =>
      fc.record({
        seconds: fc.constant(60),
        n0: fc.constant(n0),
        n1: fc.constant(n1),
        x0: fc.integer({ min: 0, max: n0 }),
        x1: fc.integer({ min: 0, max: n1 }),
      }),
    );
  fc.assert(
    fc.property(fc.array(pair, { minLength: 7, maxLength: 60 }), (run) => {
      const effect = pairedDesignEffect([run]) ?? 0;
      const swapped = run.map(({ seconds, n0, x0, n1, x1 }) => ({ seconds, n0: n1, x0: x1, n1: n0, x1: x0 }));
      const opposite = run.map(({ seconds, n0, x0, n1, x1 }) => ({ seconds, n0, x0: n0 - x0, n1, x1: n1 - x1 }));
      expect(pairedDesignEffect([swapped]) ?? 0).toBeCloseTo(effect, 9);
      expect(pairedDesignEffect([opposite]) ?? 0).toBeCloseTo(effect, 9);
    }),
  );
});
