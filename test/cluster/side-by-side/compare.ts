import { setTimeout as sleep } from "node:timers/promises";
import { request } from "undici";
import { until } from "../lifecycle/rollouts.ts";
import { type Arena, openArena } from "./arena.ts";
import { enterArgo } from "./argo-rollouts.ts";
import type { Contestant, Endpoint, Policy } from "./contestant.ts";
import { enterOurs } from "./ours.ts";

/** How long one bad version lived behind one endpoint. */
export interface Stopped {
  readonly contestant: string;
  /** From its first failure to weight 0, in s. */
  readonly fromFailing: number;
  /** From the count that proved it to weight 0, in s; undefined where a tool does not say which that was. */
  readonly fromProof?: number;
}

/** How much is compared. */
export interface Extent {
  /** Of each tool, at the same time. */
  readonly endpoints: number;
  /** Versions put on trial behind each, one after the other. */
  readonly rounds: number;
  /** Requests a second to each. */
  readonly perSecond: number;
}

interface Field extends AsyncDisposable {
  readonly arena: Arena;
  readonly contestants: readonly Contestant[];
  readonly endpoints: readonly Endpoint[];
}

async function openField(policy: Policy, { endpoints: count, perSecond }: Extent): Promise<Field> {
  const arena = await openArena();
  try {
    const contestants: Contestant[] = [];
    for (const enter of [enterOurs, enterArgo]) contestants.push(await enter(arena, policy, count));
    const endpoints = contestants.flatMap((each) => each.endpoints);
    for (const { host } of endpoints) {
      await until(async () => (await fetchOnce(arena, host)) === 200, `${host} to answer`);
      arena.send(host, perSecond);
    }
    return { arena, contestants, endpoints, [Symbol.asyncDispose]: () => arena[Symbol.asyncDispose]() };
  } catch (error) {
    await arena[Symbol.asyncDispose]();
    throw error;
  }
}

/** Versions that fail every request, at one moment behind all endpoints, where each has a quarter of its requests. */
export async function stopBad(extent: Extent): Promise<readonly Stopped[]> {
  const field = await openField({ steps: [25] }, extent);
  try {
    const stopped: Stopped[] = [];
    for (let round = 0; round < extent.rounds; round++) stopped.push(...(await stopRound(field, `bad${round}`)));
    return stopped;
  } finally {
    await field[Symbol.asyncDispose]();
  }
}

async function stopRound({ arena, contestants, endpoints }: Field, version: string): Promise<readonly Stopped[]> {
  await Promise.all(endpoints.map(({ tryOut }) => tryOut(version)));
  for (const { name, candidate } of endpoints) {
    await until(async () => arena.share(name, candidate(version)) >= 2_500, `${name} to give ${version} a quarter`);
  }
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

async function fetchOnce({ gateway }: Arena, host: string): Promise<number> {
  const answer = await request(gateway.url, { headers: { host } });
  await answer.body.dump();
  return answer.statusCode;
}
