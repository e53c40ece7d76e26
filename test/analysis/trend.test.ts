import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mannKendall, theilSen } from "../../components/analysis/index.ts";
import { median } from "../../components/analysis/trend.ts";
// Reference vectors, to the last digit.
import vectors from "./trend-vectors.json" with { type: "json" };

const within = (seen: number, expected: number): void => expect(Math.abs(seen - expected)).toBeLessThan(1e-9);

/** A series of n values with this many inversions: the largest values are put in front as long as they fit. */
function withInversions(n: number, inversions: number): readonly number[] {
  const left = Array.from({ length: n }, (_, i) => i);
  let toGo = inversions;
  return Array.from({ length: n }, (_, place) => {
    const ahead = Math.min(toGo, n - 1 - place);
    toGo -= ahead;
    return left.splice(ahead, 1)[0] ?? 0;
  });
}

/** Every order of the values. */
function ordersOf(values: readonly number[]): readonly (readonly number[])[] {
  if (values.length <= 1) return [values];
  return values.flatMap((first, i) => ordersOf(values.toSpliced(i, 1)).map((rest) => [first, ...rest]));
}

describe("the reference vectors", () => {
  test.each(vectors.trends)("of $values: the slope and s", ({ values, slope, s }) => {
    within(theilSen(values) ?? Number.NaN, slope);
    expect(mannKendall(values)).toMatchObject({ known: values.length, s });
  });

  test.each(vectors.fallP as [number, number, number][])("%i values with an s of %i have a p of %f", (n, s, p) => {
    const found = mannKendall(withInversions(n, (n * (n - 1)) / 4 - s / 2));
    expect(found.s).toBe(s);
    within(found.fallP, p);
  });
});

describe("the test of Mann and Kendall", () => {
  test.each(["12", "123", "12345", "11", "112", "12223", "112233", "7777"])(
    "of the values %s, equal ones too, p is the share of all orders that fall as much",
    (digits) => {
      const orders = ordersOf([...digits].map(Number)).map((order) => mannKendall(order));
      for (const { s, fallP } of orders) {
        within(fallP, orders.filter((other) => other.s <= s).length / orders.length);
      }
    },
  );

  test("three values can never show a fall at 5 %, four can", () => {
    expect(mannKendall([3, 2, 1]).fallP).toBeCloseTo(1 / 6, 12);
    expect(mannKendall([4, 3, 2, 1]).fallP).toBeCloseTo(1 / 24, 12);
  });

  test("a tie counts as neither: of two equal values before a lower one every third order is as low", () => {
    expect(mannKendall([2, 2, 1])).toEqual({ known: 3, s: -2, fallP: 1 / 3 });
  });

  test("unknown values are left out, and none or one show nothing", () => {
    expect(mannKendall([4, null, 3, 2, null, 1])).toEqual(mannKendall([4, 3, 2, 1]));
    expect(mannKendall([])).toEqual({ known: 0, s: 0, fallP: 1 });
    expect(mannKendall([7])).toEqual({ known: 1, s: 0, fallP: 1 });
  });

  test("p is a chance, and that of a series and that of its mirror image cover everything", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer(), { minLength: 1, maxLength: 12 }), (values) => {
        const [down, up] = [mannKendall(values), mannKendall(values.map((value) => -value))];
        expect(up.s + down.s).toBe(0);
        expect(Math.min(up.fallP, down.fallP)).toBeGreaterThan(0);
        expect(up.fallP + down.fallP).toBeGreaterThan(1);
        expect(Math.max(up.fallP, down.fallP)).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe("the slope of Theil and Sen", () => {
  test("of a line it is the line's, with one value of seven anything, and over places that are unknown", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -50, max: 50 }),
        fc.integer({ min: 0, max: 6 }),
        fc.integer({ min: -1_000_000, max: 1_000_000 }),
        (slope, place, anything) => {
          const line = Array.from({ length: 7 }, (_, i) => 3 + slope * i);
          expect(theilSen(line.with(place, anything))).toBe(slope);
          expect(theilSen((line as (number | null)[]).with(place, null))).toBe(slope);
        },
      ),
    );
  });

  test("it needs two values", () => {
    expect([theilSen([]), theilSen([1, null]), theilSen([1, null, 5])]).toEqual([null, null, 2]);
  });
});

test("the median of an even number is the mean of the two in the middle, and none have none", () => {
  expect([median([]), median([4]), median([9, 1]), median([3, 1, 2]), median([4, 1, 3, 2])]).toEqual([
    null,
    4,
    5,
    2,
    2.5,
  ]);
});
