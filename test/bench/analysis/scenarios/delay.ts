import { figure, median } from "../../figure.ts";
import type { Random } from "../draw.ts";
import { drawCounts, failures, watch } from "../judged.ts";
import { oracle } from "../oracle.ts";
import type { Counts } from "../rivals/rival.ts";
import { type Outcome, ofSetting, type Scenario, shareOf, valuesOf } from "../scenario.ts";

const ALPHA = 0.01;
const MARGIN = 0.005;
const HARM = 0.01;
const WEIGHT = 0.05;
const BASES: readonly number[] = [0.001, 0.01, 0.05];
/** Eight hours of seconds at 100 requests a second. */
const SECONDS = 28_800;
const HOW =
  "100 requests a second, 5 % candidate, margin half a point, alpha 1 %, four planned steps, seconds as intervals, 8 h at most";

/** A candidate that fails a point more, judged by the product and by the test that knows both rates, on the same counts. */
function race(random: Random, base: number, isSecondWatched: boolean): Outcome {
  const traffic = { requests: 100, weight: WEIGHT, stableRate: base, candidateRate: base + HARM };
  const add = oracle({ stable: base, candidate: base + HARM, margin: MARGIN }, WEIGHT);
  const clean = { ...traffic, candidateRate: base };
  const drawn: Counts[] = [];
  const draw = (second: number): Counts => {
    const known = drawn[second] ?? drawCounts(random, traffic);
    drawn[second] = known;
    return known;
  };
  const guards = [failures(MARGIN), ...(isSecondWatched ? [failures(MARGIN, { name: "clean" })] : [])];
  const ours = watch({ guards, alpha: ALPHA, steps: 4 }, 1, SECONDS, (second) => ({
    counts: { failures: draw(second), ...(isSecondWatched && { clean: drawCounts(random, clean) }) },
  }));
  let [log, units] = [0, 0];
  for (let second = 0; log < Math.log(1 / ALPHA); second++) {
    const counts = draw(second);
    log += add(counts);
    units += counts.n1;
  }
  return { units: ours.units, oracle: units, found: Number(ours.verdict === "rollback") };
}

const ratios = (outcomes: readonly Outcome[]): readonly number[] =>
  BASES.map((_, setting) => {
    const those = ofSetting(outcomes, setting);
    return median(valuesOf(those, "units")) / median(valuesOf(those, "oracle"));
  });

const told = (outcomes: readonly Outcome[]): string =>
  `medians over ${outcomes.length} cases; base .1, 1, 5 %: ${ratios(outcomes)
    .map((ratio) => ratio.toFixed(2))
    .join(", ")}; +1 point, ${HOW}`;

/** How many units of the candidate it takes to stop one that fails a point more, against what is possible. */
export const delays: readonly Scenario[] = [
  {
    name: "delay-vs-oracle",
    cases: 1500,
    run: (random, index) => ({ setting: index % 3, ...race(random, BASES[index % 3] ?? 0.01, false) }),
    figures: (outcomes) => [
      figure("delay-vs-oracle", Math.max(...ratios(outcomes)), "x", { atMost: 1.55 }, told(outcomes)),
      shareOf("detection-power", outcomes, "found", { atLeast: 0.99 }, `stopped within 8 h; +1 point, ${HOW}`),
    ],
  },
  {
    name: "delay-two-guards",
    cases: 1500,
    run: (random, index) => ({ setting: index % 3, ...race(random, BASES[index % 3] ?? 0.01, true) }),
    figures: (outcomes) => [
      figure(
        "delay-two-guards",
        Math.max(...ratios(outcomes)),
        "x",
        { atMost: 1.75 },
        `a second guard sees no harm; ${told(outcomes)}`,
      ),
    ],
  },
];
