import { resolveGuards } from "../../../../components/guards/index.ts";
import { headerOf } from "../../../../components/platforms/local/gateway/reply.ts";
import { latencyGuard } from "../../../support/plans.ts";
import { figure, median, percentile, told } from "../../figure.ts";
import type { Random } from "../draw.ts";
import { take } from "../gateway/course.ts";
import { STICKY } from "../gateway/endpoint.ts";
import { type Behaviour, usualMs } from "../gateway/server.ts";
import { automatic, errorRate } from "../ladder.ts";
import { type Outcome, ofSetting, type Scenario, valuesOf } from "../scenario.ts";

const HOUR = 3600;

const well =
  (random: Random): Behaviour =>
  () => ({ status: 200, ms: usualMs(random) });

/** Answers the first request of a session, and fails all that follow. */
function onceGood(random: Random): Behaviour {
  const seen = new Set<string>();
  return (request) => {
    const session = headerOf(request, STICKY) ?? "";
    const isFirst = !seen.has(session);
    seen.add(session);
    return { status: isFirst ? 200 : 500, ms: usualMs(random) };
  };
}

const CALLERS = 300;

const stickyStop: Scenario = {
  name: "sticky-stop",
  cases: 300,
  run: (random) => {
    const plan = { ...automatic({ guards: [errorRate()] }), stickyHeader: STICKY };
    const servers = () => ({ v1: well(random), v2: onceGood(random) });
    const { stopped, seconds } = take(random, { plan, servers, perSecond: 300, seconds: HOUR, callers: CALLERS });
    return { stopped: Number(stopped), seconds };
  },
  figures: (outcomes) => {
    const seconds = valuesOf(outcomes, "seconds");
    const stopped = valuesOf(outcomes, "stopped").filter((each) => each === 1).length;
    return [
      figure(
        "sticky-stop-seconds",
        percentile(seconds, 0.95),
        "s",
        { atMost: 60 },
        `p95; p50 ${median(seconds)} s, most ${Math.max(...seconds)} s; ${stopped} of ${outcomes.length} stopped; ${CALLERS} callers in sessions, 300 requests a second; the candidate answers the first request of each and fails the others`,
      ),
    ];
  },
};

const ALONE = [latencyGuard];
/** As a release document with nothing but a latency guard has them. */
const WITH_BROUGHT = resolveGuards(ALONE);
const HALF_BAD = [
  { what: "half fail in 1 ms", answer: { status: 500, ms: 1 }, guards: WITH_BROUGHT },
  { what: "half never answer", answer: "silent", guards: WITH_BROUGHT },
  { what: "half fail in 1 ms, nothing brought along", answer: { status: 500, ms: 1 }, guards: ALONE },
  { what: "half never answer, nothing brought along", answer: "silent", guards: ALONE },
] as const;

function latencyAlone(random: Random, setting: number): Outcome {
  const { answer, guards } = HALF_BAD[setting] ?? HALF_BAD[0];
  const plan = { ...automatic({ guards }), deadlineMs: 2_000 };
  const good = well(random);
  const halfBad: Behaviour = (...asked) => (random() < 0.5 ? answer : good(...asked));
  const servers = () => ({ v1: good, v2: halfBad });
  const { complete, stopped, seconds } = take(random, { plan, servers, perSecond: 20, seconds: HOUR });
  return { setting, complete: Number(complete), stopped: Number(stopped), seconds };
}

const latencyOnly: Scenario = {
  name: "latency-only",
  cases: 400,
  run: (random, index) => latencyAlone(random, index % HALF_BAD.length),
  figures: (outcomes) => {
    const complete = valuesOf(outcomes, "complete").filter((each) => each === 1).length;
    const parts = HALF_BAD.map(({ what }, setting) => {
      const those = ofSetting(outcomes, setting);
      const stopped = those.filter((each) => each.stopped === 1).length;
      return `${what}: ${stopped} of ${those.length} stopped, after ${median(valuesOf(those, "seconds")).toFixed(0)} s at the median`;
    });
    return [
      figure(
        "latency-only-complete",
        complete,
        "rollouts",
        { atMost: 0 },
        `of ${outcomes.length} with nothing but a latency guard, 20 requests a second, deadline 2 s; ${parts.join("; ")}`,
      ),
    ];
  },
};

const noData: Scenario = {
  name: "nodata",
  cases: 30,
  run: (random) => {
    let [silent, changes, wasSilent] = [0, 0, true];
    const { seconds } = take(random, {
      plan: automatic({ bakeMs: 1e12 }),
      servers: () => ({ v1: well(random), v2: well(random) }),
      perSecond: 1,
      seconds: 4 * HOUR,
      watched: ({ controller }) => {
        const isSilent = controller.verdict?.verdict === "noData";
        silent += Number(isSilent);
        changes += Number(isSilent !== wasSilent);
        wasSilent = isSilent;
      },
    });
    return { silent, changes, seconds };
  },
  figures: (outcomes) => {
    const sum = (key: string): number => valuesOf(outcomes, key).reduce((a, b) => a + b, 0);
    const hours = sum("seconds") / HOUR;
    const how = `of ${hours.toFixed(0)} h at 1 request a second and 5 %, the wait for the candidate's first request counted`;
    return [
      figure("nodata-share", sum("silent") / sum("seconds"), "share", { atMost: 0.01 }, how),
      told("nodata-changes", sum("changes") / hours, "an hour", how),
    ];
  },
};

/** Harm that a comparison of first requests, or of fast answers, does not see; and traffic that seems to be none. */
export const hiddenHarm: readonly Scenario[] = [stickyStop, latencyOnly, noData];
