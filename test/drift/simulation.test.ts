import { expect, test } from "vitest";
import { measureDrift } from "../bench/analysis/drift.ts";

test("on drawn windows every figure holds its bar: false alarms by size, and shifts that are missed", () => {
  const figures = measureDrift({ small: 200, large: 20, labelled: 60 });
  expect(figures.filter(({ verdict }) => verdict === "missed")).toEqual([]);
  expect(figures.map(({ name }) => name)).toEqual([
    "drift-false-alarm-50",
    "drift-false-alarm-100",
    "drift-false-alarm-500",
    "drift-false-alarm-10000",
    "drift-missed",
    "drift-false-alarm-50-plain-psi",
    "drift-false-alarm-500-plain-psi",
    "drift-concept-false-alarm",
    "drift-concept-missed",
  ]);
  // The rule that everybody uses, on the same windows: what the correction and the test of significance are for.
  expect(figures.find(({ name }) => name === "drift-false-alarm-50-plain-psi")?.value).toBeGreaterThan(90);
});
