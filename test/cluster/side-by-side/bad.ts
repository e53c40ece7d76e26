import { setTimeout as sleep } from "node:timers/promises";
import { until } from "../lifecycle/rollouts.ts";
import type { Endpoint } from "./contestant.ts";
import { type Extent, type Field, onField, tryOut } from "./field.ts";

/** How long one bad version lived behind one endpoint. */
export interface Stopped {
  readonly contestant: string;
  /** From its first failure to weight 0, in s. */
  readonly fromFailing: number;
  /** From the count that proved it to weight 0, in s; undefined where a tool does not say which that was. */
  readonly fromProof?: number;
}

/** Versions that fail every request, at one moment behind all endpoints, where each has a quarter of its requests. */
export const stopBad = (extent: Extent): Promise<readonly Stopped[]> =>
  onField({ steps: [25] }, extent, async (field) => {
    const stopped: Stopped[] = [];
    for (let round = 0; round < extent.rounds; round++) stopped.push(...(await stopRound(field, `bad${round}`)));
    return stopped;
  });

async function stopRound(field: Field, version: string): Promise<readonly Stopped[]> {
  const { arena, contestants } = field;
  await tryOut(field, version, 2_500);
  // No tool's clock decides when it begins.
  await sleep(3_000 + 10_000 * Math.random());
  arena.pods.behave(version, { failing: 1 });
  const failingAt = Date.now();
  const zero = (endpoint: Endpoint) => async () => {
    const at = arena.zeroAt(endpoint.name, endpoint.candidate(version));
    return at !== undefined && at > failingAt && at;
  };
  return Promise.all(
    contestants.flatMap(({ name, endpoints }) =>
      endpoints.map(async (endpoint) => {
        const at = await until(zero(endpoint), `${endpoint.name} to stop ${version}`);
        const provenAt = await endpoint.provenAt?.();
        return {
          ...{ contestant: name, fromFailing: (at - failingAt) / 1000 },
          ...(provenAt !== undefined && { fromProof: (at - provenAt) / 1000 }),
        };
      }),
    ),
  );
}
