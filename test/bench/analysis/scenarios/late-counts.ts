import { median } from "../../figure.ts";
import { alike, outcomeOf } from "../gateway/course.ts";
import { guard, guardsOf, points } from "../gateway/guards.ts";
import { usualMs } from "../gateway/server.ts";
import { automatic } from "../ladder.ts";
import { ofSetting, type Scenario, shareOf, valuesOf } from "../scenario.ts";

const HOUR = 3600;

const DELAYS = [
  { slowMs: 60_000, quickMs: 5_000 },
  { slowMs: 600_000, quickMs: 60_000 },
] as const;

const lateFeedback: Scenario = {
  name: "late-feedback",
  cases: 400,
  run: (random, index) => {
    const setting = index % DELAYS.length;
    const { slowMs, quickMs } = DELAYS[setting] ?? DELAYS[0];
    const guards = guardsOf(guard("positiveRate", points(10), { direction: "either", maturesMs: slowMs }));
    const went = outcomeOf(random, {
      plan: automatic({ guards }),
      perSecond: 10,
      seconds: 4 * HOUR,
      servers: () => alike(() => () => ({ status: 200, ms: usualMs(random) })),
      answered: (predictionId, endpoint, world) => {
        const value = Number(random() < 0.5);
        world.after(value === 1 ? slowMs : quickMs, () => endpoint.feedBack(predictionId, "positiveRate", value));
      },
    });
    return { setting, ...went };
  },
  figures: (outcomes) => {
    const parts = DELAYS.map(({ slowMs, quickMs }, setting) => {
      const those = ofSetting(outcomes, setting);
      const complete = valuesOf(those, "complete").filter((each) => each === 1).length;
      return `1 after ${slowMs / 1000} s and 0 after ${quickMs / 1000} s: ${complete} of ${those.length} complete, after ${median(valuesOf(those, "minutes")).toFixed(1)} min at the median`;
    });
    return [
      shareOf(
        "false-rollback-late-feedback",
        outcomes,
        "stopped",
        { atMost: 0.01 },
        `what comes back late is 1, what comes early is 0, half and half; ${parts.join("; ")}; guard of 10 points either way that matures with the last, alpha 1 %, 10 requests a second`,
      ),
    ];
  },
};

const slowAnswers: Scenario = {
  name: "slow-answers",
  cases: 400,
  run: (random) =>
    outcomeOf(random, {
      plan: automatic({ guards: guardsOf(guard("errorRate", points(2))) }),
      perSecond: 100,
      seconds: HOUR,
      servers: () => alike(() => () => (random() < 0.05 ? { status: 500, ms: 10 } : { status: 200, ms: 10_000 })),
    }),
  figures: (outcomes) => {
    const complete = valuesOf(outcomes, "complete").filter((each) => each === 1).length;
    return [
      shareOf(
        "false-rollback-slow-answers",
        outcomes,
        "stopped",
        { atMost: 0.01 },
        `answers take 10 s, failures 10 ms, 5 % fail; margin 2 points, alpha 1 %, 100 requests a second; ${complete} complete within 1 h, the others under way`,
      ),
    ];
  },
};

/** Equal versions of which one kind of result is known sooner than the other: is one of them stopped for that? */
export const lateCounts: readonly Scenario[] = [lateFeedback, slowAnswers];
