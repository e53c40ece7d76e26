import { resolveGuards, type WrittenGuard } from "../../../../components/guards/index.ts";
import { figure, median, percentile } from "../../figure.ts";
import { normal, type Random } from "../draw.ts";
import { type Course, take } from "../gateway/course.ts";
import type { Servers } from "../gateway/endpoint.ts";
import { type Answer, usualMs } from "../gateway/server.ts";
import { automatic } from "../ladder.ts";
import { type Outcome, ofSetting, type Scenario, shareOf, valuesOf } from "../scenario.ts";

const HOUR = 3600;
/** Default of `rollout.warmUp`. */
const WARM_UP_MS = 30_000;

const guard = (metric: string, margin: WrittenGuard["margin"], changes: Partial<WrittenGuard> = {}): WrittenGuard => ({
  ...{ metric, margin, designEffect: 1 },
  ...changes,
});
const points = (value: number): WrittenGuard["margin"] => ({ kind: "absolute", value: value / 100 });
const percent = (value: number): WrittenGuard["margin"] => ({ kind: "relative", value: value / 100 });

/** Both versions, each with a behaviour of its own that is drawn alike. */
const alike = (behaviour: () => Servers["v1"]): Servers => ({ v1: behaviour(), v2: behaviour() });

/** What comes of a rollout whose versions are equal. */
function outcomeOf(random: Random, course: Course): Outcome {
  const { complete, stopped, seconds } = take(random, course);
  return { complete: Number(complete), stopped: Number(stopped), minutes: seconds / 60 };
}

// Latency: what slows both versions, and what slows a version that has just started.

const EACH_MS = 120_000;
const PAUSE_MS = 1_000;

/** A server that stands still for a second each two minutes, when its own time has come. */
function pausing(random: Random): Servers["v1"] {
  const phase = EACH_MS * random();
  return (_, at): Answer => {
    const sincePause = (at + phase) % EACH_MS;
    const ms = usualMs(random);
    const held = sincePause < PAUSE_MS ? PAUSE_MS - sincePause : sincePause + ms > EACH_MS ? PAUSE_MS : 0;
    return { status: 200, ms: ms + held };
  };
}

const COLD_MS = 10_000;

/** A version that is ten times slower for ten seconds from its first request on. */
function cold(random: Random): Servers["v1"] {
  let first: number | undefined;
  return (_, at): Answer => {
    first ??= at;
    return { status: 200, ms: usualMs(random) * (at - first < COLD_MS ? 10 : 1) };
  };
}

const LATENCY_GUARDS = resolveGuards([guard("latency", percent(20))]);
const latencyPlan = (bakeMs: number): Course["plan"] =>
  automatic({ guards: LATENCY_GUARDS, bakeMs, warmUpMs: WARM_UP_MS });
const SLOW = "latency guard of 20 %, alpha 1 %, bake 1 min, warm-up 30 s";

const pauses: Scenario = {
  name: "pauses",
  cases: 400,
  run: (random) =>
    outcomeOf(random, {
      plan: latencyPlan(60_000),
      perSecond: 150,
      seconds: 2 * HOUR,
      servers: () => alike(() => pausing(random)),
    }),
  figures: (outcomes) => {
    const minutes = valuesOf(outcomes, "minutes");
    const how = `each version pauses 1 s each 120 s; 150 requests a second, ${SLOW}`;
    const complete = valuesOf(outcomes, "complete").filter((each) => each === 1).length;
    return [
      shareOf("false-rollback-pauses", outcomes, "stopped", { atMost: 0.01 }, how),
      figure(
        "pauses-proven-minutes",
        percentile(minutes, 0.95),
        "min",
        { atMost: 60 },
        `p95; p50 ${median(minutes).toFixed(1)}; ${complete} of ${outcomes.length} complete; ${how}`,
      ),
    ];
  },
};

const coldStart: Scenario = {
  name: "cold",
  cases: 400,
  run: (random) =>
    outcomeOf(random, {
      plan: latencyPlan(60_000),
      perSecond: 30,
      seconds: 2 * HOUR,
      servers: () => ({ v1: () => ({ status: 200, ms: usualMs(random) }), v2: cold(random) }),
    }),
  figures: (outcomes) => [
    shareOf(
      "false-rollback-cold",
      outcomes,
      "stopped",
      { atMost: 0.01 },
      `the candidate is ten times slower for 10 s from its first request on; 30 requests a second, ${SLOW}`,
    ),
  ],
};

// What answers late: labels of one class, and answers that are no failures.

const DELAYS = [
  { slowMs: 60_000, quickMs: 5_000 },
  { slowMs: 600_000, quickMs: 60_000 },
] as const;

const lateFeedback: Scenario = {
  name: "late-feedback",
  cases: 500,
  run: (random, index) => {
    const setting = index % DELAYS.length;
    const { slowMs, quickMs } = DELAYS[setting] ?? DELAYS[0];
    const guards = resolveGuards([guard("positiveRate", points(10), { direction: "either", maturesMs: slowMs })]);
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
      plan: automatic({ guards: resolveGuards([guard("errorRate", points(2))]) }),
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

// Everything at once.

const FIVE = resolveGuards([
  guard("errorRate", points(0.5)),
  guard("refusalRate", points(1)),
  guard("latency", percent(20)),
  guard("positiveRate", points(5), { direction: "either", maturesMs: 10_000 }),
  guard("revenue", percent(10), { direction: "decrease", maturesMs: 10_000, range: { least: 0, most: 500 } }),
]);

const fiveGuards: Scenario = {
  name: "five-guards",
  cases: 400,
  run: (random) =>
    outcomeOf(random, {
      plan: automatic({ guards: FIVE, alpha: 0.05, warmUpMs: WARM_UP_MS }),
      perSecond: 20,
      seconds: 600,
      servers: () =>
        alike(() => () => {
          const drawn = random();
          return { status: drawn < 0.01 ? 500 : drawn < 0.03 ? 422 : 200, ms: usualMs(random) };
        }),
      answered: (predictionId, endpoint, world) => {
        world.after(5_000 * random(), () => {
          endpoint.feedBack(predictionId, "positiveRate", Number(random() < 0.3));
          endpoint.feedBack(predictionId, "revenue", Math.min(500, 60 * Math.exp(0.8 * normal(random))));
        });
      },
    }),
  figures: (outcomes) => [
    shareOf(
      "false-rollback-five-guards",
      outcomes,
      "stopped",
      { atMost: 0.025 },
      `failures, refusals, latency, a share and a mean of feedback; alpha 5 %, 20 requests a second, 10 min`,
    ),
  ],
};

/** Versions of no difference behind the product's own gateway: how often is one of them stopped? */
export const equalVersions: readonly Scenario[] = [pauses, coldStart, lateFeedback, slowAnswers, fiveGuards];
