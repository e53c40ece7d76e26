import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { fail, type Seen, succeed } from "../../platforms/local/gateway/fake-server.ts";
import { Bench } from "../../platforms/local/gateway/harness.ts";
import { canaryPlan } from "../../platforms/local/gateway/plans.ts";
import { type Figure, figure, told } from "../figure.ts";
import { ownInput, startClients } from "./clients.ts";
import { between, randomOf } from "./random.ts";
import { ACCURACY_GUARD, type Course, follow, inTurns, quickGateway, REQUEST_GUARDS } from "./rollouts.ts";

const AT_ONCE = 3;
/** 80 intervals: some 3,000 requests. */
const LONGEST_SECONDS = 8;

type Respond = (seen: Seen, response: ServerResponse) => void;

/** What both versions are like, equally. */
interface Weather {
  readonly name: string;
  readonly runs: number;
  /** The answers of one version. Called once for each version and run. */
  readonly server: (version: string, random: () => number) => Respond;
}

/** Answers after some 5 ms, fails 1 % and refuses 2 %. */
function steady(version: string, random: () => number, failing: () => number = () => 0.01): Respond {
  return (_seen, response) => {
    const drawn = random();
    const ms = between(random, 2, 12);
    void sleep(ms).then(() => {
      if (drawn < failing()) fail(response, 500);
      else if (drawn > 0.98) fail(response, 400);
      else succeed(response, version);
    });
  };
}

const weathers = (runs: number, others: number): readonly Weather[] => [
  { name: "steady", runs, server: (version, random) => steady(version, random) },
  {
    ...{ name: "pauses of 300 ms, each version by itself", runs: others },
    server: (version, random) => {
      const well = steady(version, random);
      let pausedUntil = 0;
      let nextPause = performance.now() + between(random, 0, 3_000);
      return (seen, response) => {
        const now = performance.now();
        if (now > nextPause) [pausedUntil, nextPause] = [now + 300, now + 3_000];
        void sleep(Math.max(0, pausedUntil - now)).then(() => well(seen, response));
      };
    },
  },
  {
    ...{ name: "a cold start of 1 s of the candidate", runs: others },
    server: (version, random) => {
      const well = steady(version, random);
      const coldUntil = version === "v2" ? performance.now() + 1_000 : 0;
      return (seen, response) => void sleep(performance.now() < coldUntil ? 100 : 0).then(() => well(seen, response));
    },
  },
  {
    ...{ name: "a failure rate of both that wanders from 0 to 10 %", runs: others },
    server: (version, random) =>
      steady(version, random, () => 0.05 + 0.05 * Math.sin((2 * Math.PI * performance.now()) / 3_000)),
  },
];

/** The share of healthy candidates that are stopped. */
export async function benchHealthyStopped(runs: number): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const weather of weathers(runs, Math.ceil(runs / 5))) {
    const seeds = Array.from({ length: weather.runs }, (_, seed) => seed);
    const courses = await inTurns(seeds, AT_ONCE, (seed) => courseOf(weather, seed));
    const stopped = courses.filter(({ status: { rollout } }) => rollout.phase === "aborted");
    const complete = courses.filter(({ status: { rollout } }) => rollout.phase === "complete").length;
    const causes = stopped.map(({ status: { rollout } }) => rollout.ended?.cause ?? "");
    const detail = `${stopped.length} of ${weather.runs} runs of up to ${LONGEST_SECONDS * 10} intervals of 100 ms, ${complete} complete; errors, refusals, latency, accuracy guarded; both versions ${weather.name}${causes.length === 0 ? "" : `; by ${causes.join(", ")}`}`;
    const share = stopped.length / weather.runs;
    figures.push(
      weather.name === "steady"
        ? figure("healthy-stopped", share, "share", { atMost: 0.02 }, detail)
        : told(`healthy-stopped (${weather.name})`, share, "share", detail),
    );
  }
  return figures;
}

async function courseOf(weather: Weather, seed: number): Promise<Course> {
  const bench = await Bench.start(["v1", "v2"], quickGateway);
  try {
    for (const [at, [version, server]] of [...bench.servers].entries()) {
      server.remember = false;
      server.answer = weather.server(version, randomOf(1_000 * at + seed));
    }
    const guards = [...REQUEST_GUARDS, ACCURACY_GUARD];
    await bench.accepted(canaryPlan({ weight: 10_000 }, { guards, advance: "automatic", bakeMs: 1_000 }));
    const right = randomOf(seed);
    let batch: unknown[] = [];
    const clients = startClients(bench, {
      ask: ownInput,
      pauseMs: 20,
      onAnswer: ({ headers }) =>
        batch.push({ predictionId: headers["x-prediction-id"], metric: "accuracy", value: right() < 0.9 }),
    });
    const timer = setInterval(() => {
      if (batch.length > 0) void bench.feedBack(JSON.stringify(batch.slice(0, 1_000))).catch(() => undefined);
      batch = [];
    }, 50);
    try {
      return await follow(bench, LONGEST_SECONDS);
    } finally {
      clearInterval(timer);
      await clients.stop();
    }
  } finally {
    await bench.stop();
  }
}
