import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Guard } from "../../../components/release/resolved.ts";
import type { TrafficStatus } from "../../../components/traffic/status.ts";
import type { Bench } from "../../platforms/local/gateway/harness.ts";
import { errorGuard, latencyGuard } from "../../support/plans.ts";

/** The gateway with intervals of 100 ms. */
export const quickGateway: string = join(import.meta.dirname, "quick-gateway-server.ts");

const points = { kind: "absolute", value: 0.005 } as const;

/** What a release with an error and a latency guard comes to: `errorRate` brings `refusalRate` along. */
export const REQUEST_GUARDS: readonly Guard[] = [
  { ...errorGuard, margin: points },
  { ...errorGuard, metric: "refusalRate", margin: points },
  latencyGuard,
];

export const ACCURACY_GUARD: Guard = {
  ...errorGuard,
  ...{ metric: "accuracy", source: "feedback", direction: "decrease" },
};

export interface Course {
  readonly status: TrafficStatus;
  readonly seconds: number;
  /** The highest share that the candidate had, in basis points. */
  readonly highest: number;
}

/** Watches a rollout until it is stopped, complete or held, or for so long. */
export async function follow(bench: Bench, longestSeconds: number): Promise<Course> {
  const from = performance.now();
  let highest = 0;
  for (;;) {
    const status = await bench.status();
    highest = Math.max(highest, status.weights.v2 ?? 0);
    const seconds = (performance.now() - from) / 1_000;
    if (status.rollout.phase !== "progressing" || seconds > longestSeconds) return { status, seconds, highest };
    await sleep(50);
  }
}

/** Works off a list, so many at a time, and gives the results in its order. */
export async function inTurns<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  const left = items.entries();
  const lane = async (): Promise<void> => {
    for (const [at, item] of left) results[at] = await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return results;
}
