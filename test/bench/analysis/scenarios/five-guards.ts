import { normal } from "../draw.ts";
import { alike, outcomeOf } from "../gateway/course.ts";
import { guard, guardsOf, percent, points, WARM_UP_MS } from "../gateway/guards.ts";
import { usualMs } from "../gateway/server.ts";
import { automatic } from "../ladder.ts";
import { type Scenario, shareOf } from "../scenario.ts";

const FIVE = guardsOf(
  guard("errorRate", points(0.5)),
  guard("refusalRate", points(1)),
  guard("latency", percent(20)),
  guard("positiveRate", points(5), { direction: "either", maturesMs: 10_000 }),
  guard("revenue", percent(10), { direction: "decrease", maturesMs: 10_000, range: { least: 0, most: 500 } }),
);

/** Equal versions that are watched by one guard of each kind. */
export const fiveGuards: Scenario = {
  name: "five-guards",
  cases: 300,
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
