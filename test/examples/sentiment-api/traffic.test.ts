import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { handWritten } from "../../../examples/sentiment-api/training/hand-written.ts";
import type { Review } from "../../../examples/sentiment-api/training/reviews.ts";
import { createTraffic, type TrafficSettings } from "../../../examples/sentiment-api/training/traffic.ts";
import { createRandom } from "../../../examples/stage/random.ts";

const isAscii = (text: string): boolean => /^[\x20-\x7e]*$/.test(text);

function take(count: number, settings: TrafficSettings): readonly Review[] {
  const next = createTraffic(settings);
  return Array.from({ length: count }, next);
}

describe("traffic", () => {
  test("the same seed gives the same stream, another seed another one", () => {
    expect(take(100, { seed: 5 })).toEqual(take(100, { seed: 5 }));
    expect(take(100, { seed: 5 })).not.toEqual(take(100, { seed: 6 }));
  });

  // Five standard errors: sqrt(0.08 * 0.92 / 20,000) = 0.0019, sqrt(0.25 / 20,000) = 0.0035.
  test("8 % is outside ASCII and half is positive", () => {
    const reviews = take(20_000, { seed: 5 });
    const outside = reviews.filter(({ text }) => !isAscii(text)).length / reviews.length;
    const positive = reviews.filter(({ label }) => label === "positive").length / reviews.length;
    expect(Math.abs(outside - 0.08)).toBeLessThan(0.0096);
    expect(Math.abs(positive - 0.5)).toBeLessThan(0.0177);
  });

  test("a share of 0 and of 1 are exact", () => {
    expect(take(500, { seed: 1, nonAsciiShare: 0 }).every(({ text }) => isAscii(text))).toBe(true);
    expect(take(500, { seed: 1, nonAsciiShare: 1 }).some(({ text }) => isAscii(text))).toBe(false);
  });
});

describe("hand-written sentences", () => {
  test("are 80, half of them positive, none twice, all ASCII", () => {
    expect(handWritten).toHaveLength(80);
    expect(handWritten.filter(({ label }) => label === "positive")).toHaveLength(40);
    expect(new Set(handWritten.map(({ text }) => text)).size).toBe(80);
    expect(handWritten.every(({ text }) => isAscii(text))).toBe(true);
  });

  test("none of them is ever generated", () => {
    const known = new Set(handWritten.map(({ text }) => text));
    expect(take(20_000, { seed: 9, nonAsciiShare: 0 }).filter(({ text }) => known.has(text))).toEqual([]);
  });
});

describe("random", () => {
  test("is uniform on [0, 1) from any seed", () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const random = createRandom(seed);
        const values = Array.from({ length: 2_000 }, () => random.next());
        expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
        // Five standard errors of a uniform mean: 5 * sqrt(1 / 12 / 2,000).
        expect(Math.abs(values.reduce((sum, value) => sum + value, 0) / values.length - 0.5)).toBeLessThan(0.0323);
      }),
    );
  });

  test("a shuffle keeps the items", () => {
    fc.assert(
      fc.property(fc.integer(), fc.array(fc.integer()), (seed, items) => {
        const ascending = (list: readonly number[]): readonly number[] => [...list].sort((a, b) => a - b);
        expect(ascending(createRandom(seed).shuffle(items))).toEqual(ascending(items));
      }),
    );
  });
});
