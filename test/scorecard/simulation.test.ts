import { expect, test } from "vitest";
import { measureScorecard } from "../bench/analysis/scorecard.ts";

test("of drawn healthy models hardly one is advised against, of failing ones most are, and three falls alone say much more", () => {
  const figures = measureScorecard(400);
  expect(figures.filter(({ verdict }) => verdict === "missed")).toEqual([]);
  const values = new Map(figures.map(({ name, value }) => [name, value]));
  expect([...values.keys()]).toEqual([
    "healthy-retired",
    "healthy-retired, three falls",
    "healthy-ended",
    "healthy-ended, three falls",
    "healthy-ended, noise 20 %",
    "healthy-ended, ever",
    "healthy-ended, ever, noise known",
    "declining-found",
  ]);
  expect(values.get("healthy-retired, three falls")).toBeGreaterThan(0.1);
  expect(values.get("healthy-ended, three falls")).toBeGreaterThan(10 * (values.get("healthy-ended") ?? 1));
  expect(values.get("declining-found")).toBeGreaterThan(0.7);
});
