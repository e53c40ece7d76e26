import { setTimeout as sleep } from "node:timers/promises";
import { succeed } from "../../platforms/local/gateway/fake-server.ts";
import { Bench, send } from "../../platforms/local/gateway/harness.ts";
import { canaryPlan, stablePlan } from "../../support/plans.ts";
import { type Figure, figure, median } from "../figure.ts";
import { gatewayMain } from "../gateway/index.ts";
import { REQUEST_GUARDS } from "./rollouts.ts";

const PER_SECOND = 100;
const DEADLINE_MS = 2_000;
/** Stable alone, as on any endpoint on which a rollout begins, in ms. */
const BEFORE_MS = 4_000;

interface Course {
  readonly what: string;
  readonly weight: number;
  /** How long the candidate answers first, in ms. */
  readonly wellMs: number;
}

const COURSES: readonly Course[] = [
  { what: "from its first request at 5 %", weight: 500, wellMs: 0 },
  { what: "after 6 good seconds at 50 %", weight: 5_000, wellMs: 6_000 },
  { what: "from its first request at 50 %", weight: 5_000, wellMs: 0 },
];

/** From the first request that hangs to weight 0, with the gateway as it is shipped. */
export async function benchHang(trials: number): Promise<readonly Figure[]> {
  const seconds: number[] = [];
  const details: string[] = [];
  let unanswered = 0;
  for (const course of COURSES) {
    const taken = await trialsOf(course, trials);
    const times = taken.map((trial) => trial.seconds);
    seconds.push(...times);
    unanswered += taken.reduce((sum, trial) => sum + trial.unanswered, 0);
    details.push(`${course.what}: median ${median(times).toFixed(2)} s, most ${Math.max(...times).toFixed(2)} s`);
  }
  const detail = `the most of ${seconds.length}; accepts and never answers, ${PER_SECOND} requests/s, deadline ${DEADLINE_MS / 1_000} s, stable alone for ${BEFORE_MS / 1_000} s before; ${details.join("; ")}; ${unanswered} clients without an answer`;
  return [figure("hang-to-zero-seconds", Math.max(...seconds), "s", { atMost: 5 }, detail)];
}

interface Trial {
  readonly seconds: number;
  readonly unanswered: number;
}

async function trialsOf(course: Course, trials: number): Promise<readonly Trial[]> {
  const bench = await Bench.start(["v1", "v2"], gatewayMain);
  try {
    for (const server of bench.servers.values()) server.remember = false;
    await bench.accepted(stablePlan());
    const results: Trial[] = [];
    for (let trial = 0; trial < trials; trial++) results.push(await trialOf(bench, course, trial));
    return results;
  } finally {
    await bench.stop();
  }
}

async function trialOf(bench: Bench, { weight, wellMs }: Course, trial: number): Promise<Trial> {
  bench.server("v2").answer = (_seen, response) => succeed(response, "v2");
  const plan = canaryPlan(
    { weight, deadlineMs: DEADLINE_MS },
    { guards: REQUEST_GUARDS, identity: `hang-${trial}`, attempt: String(trial + 1) },
  );
  const arrivals = arrive(bench);
  await sleep(BEFORE_MS);
  await bench.accepted(plan);
  await sleep(wellMs);
  const from = performance.now();
  bench.server("v2").answer = () => {};
  await bench.until(({ weights }) => weights.v2 === 0);
  return { seconds: (performance.now() - from) / 1_000, unanswered: await arrivals.stop() };
}

/** Clients who come whether or not those before them were answered, each with a connection and an input of its own. */
function arrive(bench: Bench): { readonly stop: () => Promise<number> } {
  const from = performance.now();
  const under: Promise<number>[] = [];
  const ask = async (): Promise<number> => {
    const body = `{"text":"input ${under.length}"}`;
    const answer = await send(bench.port, "/predict", { method: "POST", body }).catch(() => undefined);
    return Number(answer?.status !== 200);
  };
  const timer = setInterval(() => {
    while (under.length < ((performance.now() - from) / 1_000) * PER_SECOND) under.push(ask());
  }, 5);
  return {
    stop: async () => {
      clearInterval(timer);
      return (await Promise.all(under)).reduce((sum, missing) => sum + missing, 0);
    },
  };
}
