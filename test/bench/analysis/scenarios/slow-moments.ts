import { figure, median, percentile } from "../../figure.ts";
import type { Random } from "../draw.ts";
import { alike, outcomeOf } from "../gateway/course.ts";
import { guard, guardsOf, percent, WARM_UP_MS } from "../gateway/guards.ts";
import { type Behaviour, usualMs } from "../gateway/server.ts";
import { automatic } from "../ladder.ts";
import { type Scenario, shareOf, valuesOf } from "../scenario.ts";

const HOUR = 3600;
const EACH_MS = 120_000;
const PAUSE_MS = 1_000;

/** A server that stands still for a second each two minutes, when its own time has come. */
function pausing(random: Random): Behaviour {
  const phase = EACH_MS * random();
  return (_, at) => {
    const sincePause = (at + phase) % EACH_MS;
    const ms = usualMs(random);
    const held = sincePause < PAUSE_MS ? PAUSE_MS - sincePause : sincePause + ms > EACH_MS ? PAUSE_MS : 0;
    return { status: 200, ms: ms + held };
  };
}

const COLD_MS = 10_000;

/** A version that is ten times slower for ten seconds from its first request on. */
function cold(random: Random): Behaviour {
  let first: number | undefined;
  return (_, at) => {
    first ??= at;
    return { status: 200, ms: usualMs(random) * (at - first < COLD_MS ? 10 : 1) };
  };
}

const PLAN = automatic({ guards: guardsOf(guard("latency", percent(20))), warmUpMs: WARM_UP_MS });
const SLOW = "latency guard of 20 %, alpha 1 %, bake 1 min, warm-up 30 s";

const pauses: Scenario = {
  name: "pauses",
  cases: 400,
  run: (random) =>
    outcomeOf(random, {
      plan: PLAN,
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
      plan: PLAN,
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

/** What slows both versions now and then, and what slows one that has just started: is it stopped for that? */
export const slowMoments: readonly Scenario[] = [pauses, coldStart];
