import { addSplit, type ShareState } from "../../../../components/analysis/index.ts";
import { planRouting } from "../../../../components/platforms/local/gateway/router.ts";
import { Traffic } from "../../../../components/platforms/local/gateway/traffic.ts";
import { figure, percentile } from "../../figure.ts";
import { binomial, poisson, type Random } from "../draw.ts";
import { STICKY } from "../gateway/endpoint.ts";
import { inWorld } from "../gateway/world.ts";
import { automatic, Ladder } from "../ladder.ts";
import { type Outcome, ofSetting, type Scenario, shareOf, valuesOf } from "../scenario.ts";

/** Requests that are expected in an interval. */
const REQUESTS = 100;
const BASE = 0.01;

/** What else than the weight divides the traffic. */
const ROUTERS = [
  { what: "half and half", shareAt: () => 0.5 },
  { what: "twice the weight", shareAt: (weight: number) => 2 * weight },
  { what: "half of the weight", shareAt: (weight: number) => weight / 2 },
] as const;

/** Long enough for a rollout to be completed. */
const LONGEST = 600;

/** Equal versions behind a router that does not do what the weight says: in how many intervals does the rollout hold? */
function misrouted(random: Random, setting: number): Outcome {
  const { shareAt } = ROUTERS[setting] ?? ROUTERS[0];
  const ladder = new Ladder(automatic());
  const isHeld = (each: Ladder): boolean => each.phase === "holding";
  ladder.run(
    LONGEST,
    ({ weight }) => {
      const n = poisson(random, REQUESTS);
      const candidate = binomial(random, n, shareAt(weight));
      const stable = n - candidate;
      return {
        counts: {
          errorRate: {
            ...{ n0: stable, x0: binomial(random, stable, BASE) },
            ...{ n1: candidate, x1: binomial(random, candidate, BASE) },
          },
        },
        arrivals: { draws: [{ weight: Math.round(weight * 10_000), stable, candidate }] },
      };
    },
    isHeld,
  );
  return { setting, found: Number(isHeld(ladder)), intervals: ladder.moment.second };
}

const found: Scenario = {
  name: "ratio-found",
  cases: 1500,
  run: (random, index) => misrouted(random, index % ROUTERS.length),
  figures: (outcomes) => {
    const late = ROUTERS.map((_, setting) => percentile(valuesOf(ofSetting(outcomes, setting), "intervals"), 0.95));
    const parts = ROUTERS.map(({ what }, setting) => `${what}: ${late[setting]}`).join(", ");
    const how = `${REQUESTS} requests an interval, steps 5, 25, 50, 100 %`;
    return [
      shareOf("ratio-found", outcomes, "found", { atLeast: 0.99 }, `the rollout holds; ${how}`),
      figure("ratio-found-intervals", Math.max(...late), "intervals", { atMost: 40 }, `p95; ${parts}; ${how}`),
    ];
  },
};

/** A minute at each weight of the ladder; the last step keeps 5 % for stable. */
const WEIGHTS: readonly number[] = [500, 2_500, 5_000, 9_500];
const SECONDS = 60;
const SESSIONS = 20_000;

/** A rollout of which the gateway draws every request, or every session. */
function drawn(random: Random, index: number): Outcome {
  const isSticky = index % 2 === 1;
  const plan = { ...automatic(), ...(isSticky && { stickyHeader: STICKY }) };
  return inWorld(random, (world) => {
    const traffic = new Traffic({ feedbackKey: Buffer.from("simulated"), startedAt: 0 });
    let state: ShareState | undefined;
    for (const [step, weight] of WEIGHTS.entries()) {
      const identity = `rollout-${index}`;
      const routing = { ...planRouting(plan, { weight, shadowing: false, stable: "v1" }), identity };
      traffic.follow(routing, new Map());
      for (let second = 0; second < SECONDS; second++) {
        for (let left = poisson(random, REQUESTS); left > 0; left--) {
          traffic.choose(routing, isSticky ? `session-${Math.floor(SESSIONS * random())}` : undefined);
        }
        const now = (step * SECONDS + second) * 1000;
        const { arrivals } = traffic.takeComparison(world.now + now);
        for (const draws of arrivals?.draws ?? []) {
          const { stable, candidate } = draws;
          state = addSplit(state, { weight: draws.weight / 10_000, stable, candidate });
        }
      }
    }
    return { isSticky: Number(isSticky), mismatch: Number(state?.mismatch !== undefined) };
  });
}

const falseAlarms: Scenario = {
  name: "ratio-false",
  cases: 6_000,
  run: drawn,
  figures: (outcomes) => [
    shareOf(
      "ratio-false",
      outcomes,
      "mismatch",
      { atMost: 0.001 },
      `drawn by the gateway, each second rollout in sessions of ${SESSIONS} callers; ${REQUESTS} requests an interval, a minute each at 5, 25, 50, 95 %`,
    ),
  ],
};

/** Is it found that something else than the weight divides the traffic, and never said where nothing does? */
export const splits: readonly Scenario[] = [found, falseAlarms];
