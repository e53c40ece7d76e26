import { figure, median, percentile } from "../../figure.ts";
import type { Random } from "../draw.ts";
import { drawCounts } from "../judged.ts";
import { automatic, isAtTop, knownOfStable, Ladder } from "../ladder.ts";
import { type Outcome, ofSetting, type Scenario, shareOf, valuesOf } from "../scenario.ts";

const BASE = 0.01;
const MARGIN = 0.005;
const HOUR = 3600;

interface Climb {
  readonly requests: number;
  readonly bakeMs: number;
  readonly hours: number;
  /** What the candidate fails more at a share of the traffic. */
  readonly harmAt: (weight: number) => number;
}

/** Climbs until the candidate is on its last step, is stopped, or time is over. */
function climb(random: Random, { requests, bakeMs, hours, harmAt }: Climb): Outcome {
  const ladder = new Ladder(automatic({ bakeMs }), { errorRate: knownOfStable(random, BASE) });
  ladder.run(
    hours * HOUR,
    ({ weight }) => {
      const rates = { stableRate: BASE, candidateRate: BASE + harmAt(weight) };
      return { counts: { errorRate: drawCounts(random, { requests, weight, ...rates }) } };
    },
    isAtTop,
  );
  const through = Number(ladder.isAtTop);
  return { through, stopped: Number(ladder.phase === "aborted"), minutes: ladder.moment.second / 60 };
}

const fromHalfOn = (weight: number): number => (weight >= 0.5 ? 0.01 : 0);

const LATE = [
  { what: "100 a second, bake 1 min", requests: 100, bakeMs: 60_000, hours: 4, harmAt: fromHalfOn },
  { what: "10 a second, bake 10 min", requests: 10, bakeMs: 600_000, hours: 10, harmAt: fromHalfOn },
  { what: "10 a second, bake 1 h", requests: 10, bakeMs: 3_600_000, hours: 10, harmAt: fromHalfOn },
] as const;

/** How soon a good candidate gets all, and how seldom a harmful one does. */
export const climbs: readonly Scenario[] = [
  {
    name: "late-harm",
    cases: 300,
    run: (random, index) => ({ setting: index % LATE.length, ...climb(random, LATE[index % LATE.length] ?? LATE[0]) }),
    figures: (outcomes) => {
      const through = LATE.map((_, setting) => {
        const those = ofSetting(outcomes, setting);
        return valuesOf(those, "through").reduce((sum, each) => sum + each, 0) / those.length;
      });
      const worst = through.indexOf(Math.max(...through));
      const how = `+1 point from 50 % on, base 1 %, margin half a point; the worst of ${LATE.map(({ what }, i) => `${what}: ${through[i]?.toFixed(3)}`).join(", ")}`;
      return [shareOf("late-harm-through", ofSetting(outcomes, worst), "through", { atMost: 0.05 }, how)];
    },
  },
  {
    name: "promotion",
    cases: 400,
    run: (random) => climb(random, { requests: 100, bakeMs: 60_000, hours: 8, harmAt: () => 0 }),
    figures: (outcomes) => {
      const minutes = valuesOf(outcomes, "minutes");
      const how = "to all traffic, no difference; 100 a second, base 1 %, margin half a point, bake 1 min";
      return [
        figure(
          "promotion-minutes",
          median(minutes),
          "min",
          { atMost: 5 },
          `p50; p90 ${percentile(minutes, 0.9).toFixed(1)} min of ${minutes.length}; ${how}`,
        ),
        shareOf("promotion-stopped", outcomes, "stopped", { atMost: 0.01 }, `alpha 1 %; ${how}`),
      ];
    },
  },
  {
    name: "wrong-promotion",
    cases: 400,
    run: (random) => climb(random, { requests: 100, bakeMs: 60_000, hours: 2, harmAt: () => MARGIN }),
    figures: (outcomes) => [
      shareOf(
        "wrong-promotion",
        outcomes,
        "through",
        { atMost: 0.05 },
        "a candidate exactly at its margin of half a point that gets all traffic within 2 h; 100 a second, base 1 %, beta 5 %, bake 1 min",
      ),
    ],
  },
];
