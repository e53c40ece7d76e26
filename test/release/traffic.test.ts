import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { planTraffic } from "../../components/lifecycle/index.ts";
import { parseRelease } from "../../components/release/index.ts";
import { ladder, splitWeights, type TrafficPlan, trafficWeights } from "../../components/traffic/index.ts";
import { edited, exampleRelease } from "./example-release.ts";

function plan(rollout: Readonly<Record<string, unknown>>): TrafficPlan {
  return planTraffic(parseRelease(edited(exampleRelease(), ["rollout"], rollout)));
}

describe("the ladder", () => {
  const trial = { stable: "v1", candidate: "v2" };

  test("is the steps below the target, then the target", () => {
    expect(ladder(plan({ ...trial, weight: "100%", steps: ["shadow", "5%", "50%"] }))).toEqual([
      "shadow",
      500,
      5000,
      10_000,
    ]);
    expect(ladder(plan({ ...trial, weight: "25%", steps: ["5%", "25%", "50%"] }))).toEqual([500, 2500]);
    expect(ladder(plan({ ...trial, weight: "10%", steps: ["5%", "25%"] }))).toEqual([500, 1000]);
  });

  test("of a target below the first step is the target alone", () => {
    expect(ladder(plan({ ...trial, weight: "1%", steps: ["5%", "25%"] }))).toEqual([100]);
  });

  test("of a candidate that is judged leaves stable what is held back, also where one step is all there is", () => {
    const judged = { ...trial, weight: "100%", guards: [{ metric: "errorRate", margin: "0.5pp" }] };
    expect(ladder(plan({ ...judged, steps: ["5%", "97%", "100%"] }))).toEqual([500, 9_500]);
    expect(ladder(plan({ ...judged, steps: ["100%"] }))).toEqual([9_500]);
    expect(ladder(plan({ ...judged, advance: "manual" }))).toEqual([9_500]);
    expect(ladder(plan({ ...judged, steps: ["50%", "100%"], holdBack: "20%" }))).toEqual([5_000, 8_000]);
    expect(ladder(plan({ ...judged, steps: ["50%", "100%"], holdBack: "0%" }))).toEqual([5_000, 10_000]);
    expect(ladder(plan({ ...judged, weight: "50%", steps: ["50%"] }))).toEqual([5_000]);
  });

  test("ends at copies when the target is shadow", () => {
    expect(ladder(plan({ ...trial, weight: "shadow", steps: ["shadow", "5%"] }))).toEqual(["shadow"]);
  });

  test("of a target of nothing sends not even copies", () => {
    expect(ladder(plan({ ...trial, weight: "0%", steps: ["shadow", "5%"] }))).toEqual([0]);
  });

  test("advanced by hand is the given share, whatever the steps", () => {
    expect(ladder(plan({ ...trial, weight: "50%", advance: "manual" }))).toEqual([5000]);
    expect(ladder(plan({ ...trial, weight: "shadow", advance: "manual" }))).toEqual(["shadow"]);
  });

  test("without a candidate is empty", () => {
    expect(ladder(plan({ stable: "v1" }))).toEqual([]);
  });
});

test("the candidate gets its share, stable the rest, other deployed versions nothing", () => {
  expect(trafficWeights(plan({ stable: "v1", candidate: "v2", weight: "5%" }), 500)).toEqual({
    v1: 9500,
    v2: 500,
    v3: 0,
  });
  expect(trafficWeights(plan({ stable: "v1" }), 500)).toEqual({ v1: 10_000, v2: 0, v3: 0 });
});

describe("splitting weights", () => {
  const shares = fc.dictionary(
    fc.stringMatching(/^[a-z]{1,3}$/),
    fc.oneof(fc.nat(), fc.double({ min: 0, max: 1e6, noNaN: true })),
    { minKeys: 1, maxKeys: 8 },
  );

  test("gives whole basis points that sum to 10,000, each within one of its exact share", () => {
    fc.assert(
      fc.property(shares, (wanted) => {
        const total = Object.values(wanted).reduce((sum, share) => sum + share, 0);
        fc.pre(total > 0);
        const weights = splitWeights(wanted);
        expect(Object.keys(weights)).toEqual(Object.keys(wanted));
        expect(Object.values(weights).reduce((sum, weight) => sum + weight, 0)).toBe(10_000);
        for (const [name, weight] of Object.entries(weights)) {
          expect(Number.isInteger(weight)).toBe(true);
          expect(Math.abs(weight - ((wanted[name] ?? 0) / total) * 10_000)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  test("gives what is left to the largest remainders, the earlier name first", () => {
    expect(splitWeights({ a: 1, b: 1, c: 1 })).toEqual({ a: 3334, b: 3333, c: 3333 });
    expect(splitWeights({ a: 1, b: 5 })).toEqual({ a: 1667, b: 8333 });
  });

  test("leaves weights alone that sum to 10,000 already", () => {
    expect(splitWeights({ a: 9500, b: 500, c: 0 })).toEqual({ a: 9500, b: 500, c: 0 });
  });

  test.each([{}, { a: 0 }, { a: -1, b: 2 }, { a: Number.NaN }, { a: Number.POSITIVE_INFINITY }])(
    "refuses %o",
    (wanted) => {
      expect(() => splitWeights(wanted)).toThrow(RangeError);
    },
  );
});
