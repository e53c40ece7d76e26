import fc from "fast-check";
import { expect, test } from "vitest";
import { crossing } from "../../components/analysis/crossing.ts";
import { nearestBoundaryPoint } from "../../components/analysis/proportion.ts";

test("the place where a falling line crosses zero is found to the last digits", () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-9, max: 0.999, noNaN: true }), (place) => {
      const steepest = crossing((value) => (place - value) * (1 + 1000 * value ** 3), 0, 1);
      expect(Math.abs(steepest / place - 1)).toBeLessThan(1e-12);
    }),
  );
});

test("a function that does not cross gives the end that it would cross at", () => {
  expect(crossing((value) => -1 - value, 0.2, 0.8)).toBe(0.2);
  expect(crossing((value) => 2 - value, 0.2, 0.8)).toBe(0.8);
});

test("no point of the boundary is nearer than the nearest, also by rates near 0 and 1", () => {
  const rate = fc.oneof(
    fc.double({ min: 1e-6, max: 1e-3, noNaN: true }),
    fc.double({ min: 0.001, max: 0.999, noNaN: true }),
    fc.double({ min: 0.999, max: 1 - 1e-6, noNaN: true }),
  );
  const units = fc.double({ min: 1, max: 1e6, noNaN: true });
  const boundary = fc.record({
    ratio: fc.double({ min: 0.5, max: 2, noNaN: true }),
    offset: fc.constantFrom(0, 0.005, 0.05),
  });
  fc.assert(
    fc.property(units, rate, units, rate, boundary, (n0, q0, n1, q1, line) => {
      const distance = ([p0, p1]: readonly [number, number]): number =>
        n0 * divergence(q0, p0) + n1 * divergence(q1, p1);
      const [nearest] = nearestBoundaryPoint(n0, q0, n1, q1, line);
      const most = Math.min(1, (1 - line.offset) / line.ratio);
      const least = distance([nearest, line.ratio * nearest + line.offset]);
      for (const factor of [0.5, 0.99, 1.01, 2]) {
        const other = Math.min(most - 1e-12, Math.max(1e-12, nearest * factor));
        expect(distance([other, line.ratio * other + line.offset])).toBeGreaterThanOrEqual(least * (1 - 1e-9) - 1e-9);
      }
    }),
  );
});

const divergence = (q: number, p: number): number => q * Math.log(q / p) + (1 - q) * Math.log((1 - q) / (1 - p));
