import { request } from "undici";
import { until } from "../lifecycle/rollouts.ts";
import { type Arena, openArena } from "./arena.ts";
import { enterArgo } from "./argo-rollouts.ts";
import type { Contestant, Endpoint, Policy } from "./contestant.ts";
import { enterFlagger } from "./flagger.ts";
import { enterOurs } from "./ours.ts";

/** How much is compared. */
export interface Extent {
  /** Of each tool, at the same time. */
  readonly endpoints: number;
  /** Versions put on trial behind each, one after the other. */
  readonly rounds: number;
  /** Requests a second to each. */
  readonly perSecond: number;
}

/** Every tool with its endpoints, all of which have callers. */
export interface Field {
  readonly arena: Arena;
  readonly contestants: readonly Contestant[];
  readonly endpoints: readonly Endpoint[];
}

/** Opens a field, and ends it after the work. */
export async function onField<Value>(
  policy: Policy,
  { endpoints: count, perSecond }: Extent,
  work: (field: Field) => Promise<Value>,
): Promise<Value> {
  const arena = await openArena();
  try {
    const contestants: Contestant[] = [];
    for (const enter of [enterOurs, enterArgo, enterFlagger]) contestants.push(...(await enter(arena, policy, count)));
    const endpoints = contestants.flatMap((each) => each.endpoints);
    for (const { host } of endpoints) {
      await until(async () => (await fetchOnce(arena, host)) === 200, `${host} to answer`);
      arena.send(host, perSecond);
    }
    return await work({ arena, contestants, endpoints });
  } finally {
    await arena[Symbol.asyncDispose]();
  }
}

/** Puts a version on trial behind every endpoint, and waits until each gives it such a share. @param share of 10,000 */
export async function tryOut({ arena, endpoints }: Field, version: string, share: number): Promise<void> {
  await Promise.all(
    endpoints.map(async ({ name, candidate, tryOut: begin }) => {
      await begin(version);
      const has = async () => arena.share(name, candidate(version)) >= share;
      await until(has, `${name} to give ${version} ${share / 100} %`);
    }),
  );
}

async function fetchOnce({ gateway }: Arena, host: string): Promise<number> {
  const answer = await request(gateway.url, { headers: { host } });
  await answer.body.dump();
  return answer.statusCode;
}
