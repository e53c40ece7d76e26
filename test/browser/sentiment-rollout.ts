import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Guard } from "../../components/release/resolved.ts";
import type { RolloutPlan, TrafficPlan } from "../../components/traffic/plan.ts";
import { fail, type Seen, succeed } from "../platforms/local/gateway/fake-server.ts";
import { Bench } from "../platforms/local/gateway/harness.ts";

/** What a model does: how long it takes, and which shares of its answers fail or are positive. */
interface Behaviour {
  readonly ms: number;
  readonly errors: number;
  readonly positive: number;
}

export const good: Behaviour = { ms: 4, errors: 0.004, positive: 0.55 };

const guards: readonly Guard[] = [
  {
    metric: "errorRate",
    source: "requests",
    direction: "increase",
    margin: { kind: "absolute", value: 0.02 },
    designEffect: 1,
  },
  {
    metric: "latency",
    source: "requests",
    direction: "increase",
    margin: { kind: "relative", value: 1 },
    designEffect: 4,
  },
  {
    metric: "positiveRate",
    source: "feedback",
    direction: "either",
    margin: { kind: "absolute", value: 0.1 },
    designEffect: 1,
  },
];

/** v1 serves, v2 climbs by evidence, v0 is on its way out. */
export const sentimentPlan = (changes: Partial<RolloutPlan> = {}): TrafficPlan => ({
  model: "sentiment",
  stable: "v1",
  candidate: "v2",
  weight: 10_000,
  shadow: false,
  rollout: {
    identity: "v1-to-v2",
    attempt: "1",
    steps: [{ kind: "shadow" }, ...[500, 2_500, 5_000].map((weight) => ({ kind: "weight", weight }) as const)],
    advance: "automatic",
    guards,
    bakeMs: 4_000,
    maxDurationMs: 3_600_000,
    onInconclusive: "hold",
    alpha: 0.01,
    beta: 0.05,
    ...changes,
  },
  versions: { v0: { content: "0".repeat(64) }, v1: { content: "1".repeat(64) }, v2: { content: "2".repeat(64) } },
  notices: { v0: { phase: "deprecated", sunset: "2027-03-31T00:00:00Z", successor: "v1" } },
});

/** Lets a version of the bench behave so. */
export function behave(bench: Bench, version: string, { ms, errors, positive }: Behaviour): void {
  const server = bench.server(version);
  server.remember = false;
  server.answer = (_seen: Seen, response: ServerResponse) => {
    setTimeout(
      () => {
        if (Math.random() < errors) fail(response);
        else succeed(response, version, Math.random() < positive ? "positive" : "negative");
      },
      ms * (0.6 - Math.log(1 - Math.random()) * 0.4),
    );
  };
}

interface Customers {
  readonly stop: () => Promise<void>;
}

/** People who ask and who tell what became of each answer, until they are stopped. */
export function sendCustomers(bench: Bench, lanes: number): Customers {
  let isOver = false;
  const lane = async (): Promise<void> => {
    while (!isOver) {
      const answer = await bench.predict().catch(() => undefined);
      const predictionId = answer?.headers["x-prediction-id"];
      if (typeof predictionId !== "string") {
        await sleep(20);
        continue;
      }
      const value = answer?.headers["x-prediction-label"] === "positive";
      const body = JSON.stringify({ predictionId, metric: "positiveRate", value });
      await bench.feedBack(body).catch(() => undefined);
    }
  };
  const lanesOver = Promise.all(Array.from({ length: lanes }, lane));
  return {
    stop: async () => {
      isOver = true;
      await lanesOver;
    },
  };
}

export async function startSentiment(): Promise<Bench> {
  const bench = await Bench.start(["v0", "v1", "v2"]);
  for (const version of bench.servers.keys()) behave(bench, version, good);
  return bench;
}
