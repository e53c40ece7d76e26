import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { fail, type Seen, succeed } from "../../platforms/local/gateway/fake-server.ts";
import { Bench } from "../../platforms/local/gateway/harness.ts";
import { canaryPlan } from "../../support/plans.ts";
import { type Figure, figure, told } from "../figure.ts";
import { ownInput, startClients } from "./clients.ts";
import { between, randomOf } from "./random.ts";
import { ACCURACY_GUARD, type Course, follow, inTurns, quickGateway, REQUEST_GUARDS } from "./rollouts.ts";

const AT_ONCE = 2;
const LONGEST_SECONDS = 15;

/** What a version does that harms nobody more than stable does; `now` is ms since its rollout began. */
interface Weather {
  readonly name: string;
  readonly what: string;
  /** The failures of both versions, a share. */
  readonly failing: (now: number) => number;
  /** Added to what an answer takes, in ms. */
  readonly slower: (now: number, isCandidate: boolean, phase: number) => number;
}

const steady = (): number => 0.01;
const CALM: Weather = { name: "calm", what: "", failing: steady, slower: () => 0 };

/** What comes with the judge's issue: told, and held against nothing. */
const ROUGH: readonly Weather[] = [
  {
    name: "pauses",
    what: "each version pauses 300 ms in each 3 s",
    failing: steady,
    slower: (now, _isCandidate, phase) => Math.max(0, 300 - ((now + phase) % 3_000)),
  },
  {
    name: "cold-starts",
    what: "the candidate takes 150 ms more in its first second",
    failing: steady,
    slower: (now, isCandidate) => (isCandidate && now < 1_000 ? 150 : 0),
  },
  {
    name: "wandering-rates",
    what: "failures of both wander between 0 and 20 % every 4 s",
    failing: (now) => 0.1 + 0.1 * Math.sin((2 * Math.PI * now) / 4_000),
    slower: () => 0,
  },
];

/** The share of healthy candidates that are stopped, every guard on. */
export async function benchHealthyStopped(runs: number, roughRuns: number): Promise<readonly Figure[]> {
  const calm = await stoppedUnder(CALM, runs);
  const figures = [figure("healthy-stopped", calm.share, "share", { atMost: 0.02 }, calm.detail)];
  for (const weather of ROUGH) {
    const { share, detail } = await stoppedUnder(weather, roughRuns);
    figures.push(told(`healthy-stopped, ${weather.name}`, share, "share", `${weather.what}; ${detail}`));
  }
  return figures;
}

async function stoppedUnder(
  weather: Weather,
  runs: number,
): Promise<{ readonly share: number; readonly detail: string }> {
  const lanes = Array.from({ length: AT_ONCE }, (_, lane) =>
    Array.from({ length: runs }, (_seed, seed) => seed).filter((seed) => seed % AT_ONCE === lane),
  );
  const courses = (await inTurns(lanes, AT_ONCE, (seeds) => rolloutsOf(weather, seeds))).flat();
  const ended = (phase: string): readonly Course[] => courses.filter(({ status }) => status.rollout.phase === phase);
  const causes = ended("aborted").map(({ status }) => status.rollout.ended?.cause);
  const stopped = causes.length > 0 ? ` (${causes.join(", ")})` : "";
  const detail = `of ${courses.length}: ${ended("complete").length} complete, ${causes.length} stopped${stopped}, the others under way after ${LONGEST_SECONDS} s; ${REQUEST_GUARDS.length + 1} guards, 1 % failures, 10 % wrong labels`;
  return {
    share: causes.length / courses.length,
    detail: weather === CALM ? detail : detail.replace(", 1 % failures", ""),
  };
}

async function rolloutsOf(weather: Weather, seeds: readonly number[]): Promise<readonly Course[]> {
  const bench = await Bench.start(["v1", "v2"], quickGateway);
  try {
    for (const server of bench.servers.values()) server.remember = false;
    const courses: Course[] = [];
    for (const seed of seeds) courses.push(await rolloutOf(bench, weather, seed));
    return courses;
  } finally {
    await bench.stop();
  }
}

async function rolloutOf(bench: Bench, weather: Weather, seed: number): Promise<Course> {
  const random = randomOf(seed);
  const from = performance.now();
  for (const version of ["v1", "v2"]) {
    bench.server(version).answer = answerUnder(weather, version, from, between(random, 0, 3_000), random);
  }
  const steps = [500, 2_500, 5_000, 10_000].map((weight) => ({ kind: "weight", weight }) as const);
  await bench.accepted(
    canaryPlan(
      {
        weight: 10_000,
        versions: { v1: { content: "1".repeat(64) }, v2: { content: String(seed).padStart(64, "2") } },
      },
      {
        ...{ identity: `${weather.name} ${seed}`, attempt: String(seed + 1), advance: "automatic" },
        ...{ bakeMs: 300, steps, guards: [...REQUEST_GUARDS, ACCURACY_GUARD] },
      },
    ),
  );
  const clients = startClients(bench, { ask: ownInput, feedback: () => ({ label: "positive" }) });
  try {
    return await follow(bench, LONGEST_SECONDS);
  } finally {
    await clients.stop();
  }
}

function answerUnder({ failing, slower }: Weather, version: string, from: number, phase: number, random: () => number) {
  return (_seen: Seen, response: ServerResponse): void => {
    const now = performance.now() - from;
    const isGood = random() >= failing(now);
    const label = random() < 0.9 ? "positive" : "negative";
    void sleep(5 + slower(now, version === "v2", phase)).then(() =>
      isGood ? succeed(response, version, label) : fail(response),
    );
  };
}
