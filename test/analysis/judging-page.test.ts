import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import {
  createJudge,
  type Interval,
  judge,
  type ProportionGuard,
  shareLogE,
  shareThreshold,
} from "../../components/analysis/index.ts";
import { blockLogE } from "../../components/analysis/proportion.ts";
import { seeded } from "../bench/analysis/draw.ts";
import { drawCounts, failures } from "../bench/analysis/judged.ts";
import { naiveZ } from "../bench/analysis/rivals/naive-z.ts";
import { repository } from "../support/project.ts";

const page = readFileSync(path.join(repository, "docs/judging.md"), "utf8");

type Row = readonly [n0: number, x0: number, n1: number, x1: number];

const eOf = (log: number): string => {
  const e = Math.exp(log);
  return e >= 10 ? Math.round(e).toLocaleString("en") : e.toFixed(2);
};
const judgedRows = (rows: readonly Row[], guard: ProportionGuard) =>
  judge(
    rows.map(
      ([n0, x0, n1, x1], i): Interval => ({ at: i * 60_000, seconds: 60, counts: { failures: { n0, x0, n1, x1 } } }),
    ),
    { guards: [guard] },
  );

/** Minutes after which each of them first stopped a rollout of two equal versions. */
function stopsOf(rollout: number, minutes: number): { readonly z: number; readonly e: number } {
  const random = seeded("peeking", rollout);
  const judge = createJudge({ guards: [failures(0)], alpha: 0.05 });
  const z = naiveZ.watch(random);
  const stops = { z: Number.POSITIVE_INFINITY, e: Number.POSITIVE_INFINITY };
  for (let minute = 1; minute <= minutes; minute++) {
    const counts = drawCounts(random, { requests: 6_000, weight: 0.05, stableRate: 0.01, candidateRate: 0.01 });
    const { verdict } = judge.add({ at: minute * 60_000, seconds: 60, counts: { failures: counts } });
    if (z(counts)) stops.z = Math.min(stops.z, minute);
    if (verdict === "rollback") stops.e = Math.min(stops.e, minute);
  }
  return stops;
}

test("the page's table of looks is what 400 simulated rollouts of two equal versions give", () => {
  const looks = [1, 10, 60, 120];
  const stops = Array.from({ length: 400 }, (_, rollout) => stopsOf(rollout, 120));
  const share = (method: "z" | "e", look: number): string =>
    `${((stops.filter((each) => each[method] <= look).length / stops.length) * 100).toFixed(1)} %`;
  const rows = looks.map((look) => `| ${look} | ${share("z", look)} | ${share("e", look)} |`);
  expect(page).toContain(rows.join("\n"));
});

test("the page's bet on 50 requests pays what the block pays, and 1 at the most on average", () => {
  const pays = (x0: number, x1: number): number =>
    blockLogE({ n0: 950, x0, n1: 50, x1 }, 0.01, 0.03, { ratio: 1, offset: 0 });
  const cells = [0, 1, 2, 3, 4].map((x1) => eOf(pays(10, x1)));
  expect(page).toContain(`| pays | ${cells.join(" | ")} |`);
  // Both rates where the bet is worth most while the versions are equal.
  const p = 0.011;
  const chances = (n: number): readonly number[] => {
    const all = [(1 - p) ** n];
    for (let x = 1; x <= n; x++) all.push(((all[x - 1] ?? 0) * ((n - x + 1) * p)) / (x * (1 - p)));
    return all;
  };
  const [stable, candidate] = [chances(950), chances(50)];
  const mean = stable.reduce(
    (sum, chance0, x0) =>
      sum + candidate.reduce((all, chance1, x1) => all + chance0 * chance1 * Math.exp(pays(x0, x1)), 0),
    0,
  );
  expect(mean).toBeCloseTo(1, 9);
});

test("the page's table of margins is how many requests a candidate without a difference needs", () => {
  const unitsFor = (margin: number): number => {
    const judge = createJudge({ guards: [failures(margin)] });
    for (let second = 1; second < 10_000; second++) {
      const counts = { n0: 500, x0: 5, n1: 500, x1: 5 };
      if (judge.add({ at: second * 1000, seconds: 1, counts: { failures: counts } }).verdict === "promote")
        return 500 * second;
    }
    return Number.NaN;
  };
  const cells = [0.02, 0.01, 0.005, 0.0025].map((margin) => unitsFor(margin).toLocaleString("en"));
  expect(page).toContain(`| requests of the candidate | ${cells.join(" | ")} |`);
});

test("the page's table of design effects is what the same counts weigh", () => {
  const cells = [1, 2, 4].map((designEffect) =>
    eOf(judgedRows([[5_700, 57, 300, 12]], failures(0, { baseline: 0.01, designEffect })).evidence.combined.log),
  );
  expect(page).toContain(`| e-value | ${cells.join(" | ")} |`);
});

test("feedback counted on arrival stops the page's equal versions, and by its predictions it does not", () => {
  const guard = failures(0.05, { direction: "either", baseline: 0.8 });
  const before: Row = [570, 456, 30, 24];
  // In the minute of the raise from 5 to 50 % the yes is of that minute, and the no of the minute before.
  const [yes, no] = [240, { stable: 114, candidate: 6 }];
  const onArrival = judgedRows([before, [yes + no.stable, yes, yes + no.candidate, yes]], guard);
  const byPrediction = judgedRows([before, [300, 240, 300, 240]], guard);
  expect([onArrival.verdict, byPrediction.verdict]).toEqual(["rollback", "continue"]);
  const share = (rate: number): string => `${(rate * 100).toFixed(1)} %`;
  expect(page).toContain(
    `stable says yes to ${share(yes / (yes + no.stable))}, the candidate to ${share(yes / (yes + no.candidate))}`,
  );
  expect(page).toContain(`e = ${eOf(byPrediction.evidence.combined.max)} at the most`);
});

test("the page's table of splits is how well 10,000 requests fit a weight of 5 %", () => {
  const cells = [500, 540, 580, 620].map((candidate) =>
    eOf(shareLogE({ weight: 0.05, stable: 10_000 - candidate, candidate })),
  );
  expect(page).toContain(`| e-value | ${cells.join(" | ")} |`);
  expect(page).toContain(`At and above ${Math.round(Math.exp(shareThreshold(1))).toLocaleString("en")}`);
});
