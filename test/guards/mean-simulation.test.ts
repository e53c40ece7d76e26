import { describe, expect, test } from "vitest";
import { createJudge } from "../../components/analysis/index.ts";
import { type Guard, placeIn, type Range } from "../../components/guards/index.ts";
import { judgeSettings } from "../../components/rollout/judges.ts";
import { type Random, seeded } from "../analysis/random-traffic.ts";
import { rolloutPlan } from "../support/plans.ts";

const ALPHA = 0.05;
const RUNS = 300;
const range: Range = { least: 100, most: 500 };

const guardOf = (direction: Guard["direction"], margin: Guard["margin"]): Guard => ({
  metric: "revenue",
  source: "feedback",
  direction,
  margin,
  designEffect: 1,
  range,
});

/** How values are drawn around a mean, 100 to 500. */
type Draw = (random: Random, mean: number) => number;

/** Most at the least of the range, few at its most: as widely as values of this mean can scatter. */
const atTheEnds: Draw = (random, mean) => (random() < (mean - 100) / 400 ? 500 : 100);
/** A third without a sale, the others anything around it. */
const skewed: Draw = (random, mean) => (random() < 1 / 3 ? 100 : 100 + (mean - 100) * 1.5 * (0.6 + 0.8 * random()));

interface Run {
  readonly guard: Guard;
  readonly draw: Draw;
  readonly stable: number;
  readonly candidate: number;
}

/** Rollouts of 60 intervals with 60 values of stable and 30 of the candidate, stopped at the first decision. */
function simulate({ guard, draw, stable, candidate }: Run): { readonly stopped: number; readonly promoted: number } {
  const settings = judgeSettings(rolloutPlan({ guards: [guard], alpha: ALPHA }));
  const sum = (random: Random, count: number, mean: number): number => {
    let places = 0;
    for (let i = 0; i < count; i++) {
      const place = placeIn(range, draw(random, mean));
      if (place === undefined) throw new Error("a value out of range was drawn");
      places += place;
    }
    return places;
  };
  let [stopped, promoted] = [0, 0];
  for (let run = 0; run < RUNS; run++) {
    const random = seeded(5_000 + run);
    const judge = createJudge(settings);
    for (let i = 0; i < 60; i++) {
      const revenue = { n0: 60, x0: sum(random, 60, stable), n1: 30, x1: sum(random, 30, candidate) };
      const { verdict } = judge.add({ at: i * 60_000, seconds: 60, counts: { revenue } });
      if (verdict !== "rollback" && verdict !== "promote") continue;
      if (verdict === "rollback") stopped++;
      else promoted++;
      break;
    }
  }
  return { stopped, promoted };
}

const points = { kind: "absolute", value: 40 } as const;
const ratio = { kind: "relative", value: 0.2 } as const;
const draws = [
  { what: "values at the ends of the range", draw: atTheEnds },
  { what: "skewed values", draw: skewed },
];

describe.each(draws)("a mean of $what, looked at after every interval", ({ draw }) => {
  test.each<[string, Guard["direction"], Guard["margin"], number]>([
    ["no difference", "either", points, 200],
    ["a fall of the whole margin", "decrease", points, 160],
    ["a rise of the whole margin", "increase", points, 240],
    ["a fall of the whole ratio to stable's mean", "decrease", ratio, 160],
    ["a rise of the whole ratio to stable's mean", "increase", ratio, 240],
  ])("with %s is stopped in no more cases than alpha", (_which, direction, margin, candidate) => {
    const { stopped } = simulate({ guard: guardOf(direction, margin), draw, stable: 200, candidate });
    expect(stopped).toBeLessThanOrEqual(ALPHA * RUNS);
  });

  test.each<[string, Guard["direction"], Guard["margin"], number]>([
    ["a fall of two margins", "decrease", points, 120],
    ["a rise of two margins", "increase", points, 280],
    ["a fall of two ratios", "decrease", ratio, 120],
    ["a rise of two ratios", "increase", ratio, 280],
  ])("with %s is stopped in at least 99 of 100 cases, and never promoted", (_which, direction, margin, candidate) => {
    const seen = simulate({ guard: guardOf(direction, margin), draw, stable: 200, candidate });
    expect(seen.stopped).toBeGreaterThanOrEqual(0.99 * RUNS);
    expect(seen.promoted).toBe(0);
  });

  test("at exactly its margin is promoted in no more cases than beta", () => {
    const { promoted } = simulate({ guard: guardOf("decrease", points), draw, stable: 200, candidate: 160 });
    expect(promoted).toBeLessThanOrEqual(0.05 * RUNS);
  });
});
