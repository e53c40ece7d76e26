import { figure, median, percentile } from "../../figure.ts";
import type { Random } from "../draw.ts";
import { drawCounts } from "../judged.ts";
import { automatic, isAtTop, knownOfStable, Ladder, stepsAt } from "../ladder.ts";
import { type Outcome, ofSetting, type Scenario, valuesOf } from "../scenario.ts";

const BASE = 0.01;
const HOUR = 3600;

/** The candidate answers nothing from its first request on: 1 request a second, 5 %. */
function deadFromTheStart(random: Random): Outcome {
  const ladder = new Ladder(automatic(), { errorRate: knownOfStable(random, BASE) });
  let first = -1;
  let failed = 0;
  ladder.run(HOUR, ({ second, weight }) => {
    const counts = drawCounts(random, { requests: 1, weight, stableRate: BASE, candidateRate: 1 });
    if (first < 0 && counts.n1 > 0) first = second;
    failed += counts.x1;
    return { counts: { errorRate: counts } };
  });
  return { seconds: ladder.moment.second - first, failed };
}

/** Seconds without an end that stand for never. */
const NEVER = 300;

const LAST_STEPS = [
  { requests: 10, steps: [5, 25, 50, 100], bar: 10 },
  { requests: 100, steps: [5, 25, 50, 100], bar: 2 },
  { requests: 10, steps: [100], bar: 10 },
  { requests: 100, steps: [100], bar: 2 },
] as const;

/** The candidate does well until it has all the traffic of its plan, and dies then. */
function deadAtTheTop(random: Random, setting: number): Outcome {
  const { requests, steps } = LAST_STEPS[setting] ?? LAST_STEPS[0];
  const plan = automatic({ steps: stepsAt(...steps) });
  const ladder = new Ladder(plan, { errorRate: knownOfStable(random, BASE) });
  const seenAt =
    (candidateRate: number) =>
    ({ weight }: { readonly weight: number }) => ({
      counts: { errorRate: drawCounts(random, { requests, weight, stableRate: BASE, candidateRate }) },
    });
  ladder.run(10 * HOUR, seenAt(BASE), isAtTop);
  const { second } = ladder.moment;
  ladder.run(second + NEVER, seenAt(1));
  return { setting, reached: Number(ladder.isAtTop), seconds: ladder.moment.second - second };
}

/** How soon a candidate that answers nothing is stopped, and what that costs. */
export const dead: readonly Scenario[] = [
  {
    name: "dead-candidate",
    cases: 2000,
    run: deadFromTheStart,
    figures: (outcomes) => {
      const [seconds, failed] = [valuesOf(outcomes, "seconds"), valuesOf(outcomes, "failed")];
      const how = `1 request a second, 5 %, stable's last answers known; ${outcomes.length} cases`;
      const p95 = percentile(seconds, 0.95);
      return [
        figure(
          "dead-candidate-seconds",
          median(seconds),
          "s",
          { atMost: 60 },
          `from its first request, p50; p95 ${p95} s; ${how}`,
        ),
        figure(
          "dead-candidate-failures",
          percentile(failed, 0.95),
          "requests",
          { atMost: 5 },
          `p95; p50 ${median(failed)}; ${how}`,
        ),
      ];
    },
  },
  {
    name: "dead-at-the-top",
    cases: 800,
    run: (random, index) => deadAtTheTop(random, index % LAST_STEPS.length),
    figures: (outcomes) =>
      LAST_STEPS.map(({ requests, steps, bar }, setting) => {
        const those = ofSetting(outcomes, setting).filter(({ reached }) => reached === 1);
        const seconds = valuesOf(those, "seconds");
        const never = seconds.filter((each) => each >= NEVER).length;
        return figure(
          `dead-at-the-top-seconds, ${requests} a second, steps ${steps.join(" ")}`,
          percentile(seconds, 0.95),
          "s",
          { atMost: bar },
          `p95; p50 ${median(seconds)} s; not stopped within ${NEVER} s: ${never} of ${seconds.length}; dies when it has its last step`,
        );
      }),
  },
];
