import { waitsFor } from "../../../../components/rollout/index.ts";
import { alike, take } from "../gateway/course.ts";
import { guard, guardsOf, points } from "../gateway/guards.ts";
import { usualMs } from "../gateway/server.ts";
import { automatic } from "../ladder.ts";
import { type Scenario, shareOf, valuesOf } from "../scenario.ts";

const MINUTES = 20;
const PLAN = automatic({ guards: guardsOf(guard("errorRate", points(1))) });

/** Equal versions that fail alike, asked by thousands: does the rollout wait for what few are said to repeat? */
export const healthyHeld: Scenario = {
  name: "healthy-held",
  cases: 100,
  run: (random) => {
    let held = 0;
    const { complete, stopped } = take(random, {
      plan: PLAN,
      perSecond: 100,
      seconds: 60 * MINUTES,
      servers: () => alike(() => () => ({ status: random() < 0.05 ? 500 : 200, ms: usualMs(random) })),
      watched: ({ controller: { progress } }) => {
        if (progress?.excess === undefined) return;
        const wait = waitsFor(progress, PLAN.rollout)?.what ?? "";
        if (wait.startsWith("an answer to few inputs")) held = 1;
      },
    });
    return { held, complete: Number(complete), stopped: Number(stopped) };
  },
  figures: (outcomes) => {
    const complete = valuesOf(outcomes, "complete").filter((each) => each === 1).length;
    return [
      shareOf(
        "healthy-held",
        outcomes,
        "held",
        { atMost: 0.01 },
        `holds for "few inputs that come again and again", of which there are none: 2,000 addresses, every input another, 5 % fail on both versions, 100 requests a second, margin 1 point; ${complete} complete within ${MINUTES} min`,
      ),
    ];
  },
};
