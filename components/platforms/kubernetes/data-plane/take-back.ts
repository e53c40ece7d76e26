import { setTimeout as sleep } from "node:timers/promises";
import { whoAsks } from "../../../host/who-asks.ts";
import type { Answer, TakeBack } from "../../data-plane.ts";
import { httpRoutePath } from "../cluster/index.ts";
import { look, type Stopped, type Target, takeBack as takeBackIn } from "../controller/index.ts";
import { lowerRoute } from "./lower.ts";
import type { RouteObject } from "./objects.ts";
import { answerOf } from "./status.ts";
import type { Cluster } from "./where.ts";
import { worldOf } from "./world.ts";

/** Between looks whether the gateway has taken the route, and the longest that is waited for it. Unit: ms. */
const PAUSE_MS = 50;
const SETTLE_MS = 5_000;

/** Takes traffic back; the answer comes when it is so: the route says it, its gateway has taken it, and the end is kept. */
export async function takeBack(cluster: Cluster, endpoint: string, { way, reason, to }: TakeBack): Promise<Answer> {
  const [world, target] = [worldOf(cluster), { namespace: cluster.namespace, name: endpoint }];
  const by = whoAsks();
  const taken = await takeBackIn(
    world,
    target,
    way === "abort" ? { kind: "abort", reason, by } : { kind: "rollBack", reason, by, ...(to !== undefined && { to }) },
  );
  if (taken.kind === "stopped") return lowerRoute(cluster, endpoint, { way, reason, by, why: taken.problem });
  if (taken.kind !== "done") return { endpoint, error: `${taken.problem}. ${cures[taken.kind]}` };
  if (taken.refusal !== undefined) return { endpoint, error: taken.refusal.error };
  await settle(cluster, target);
  return answerOf(endpoint, await look(world, target), world.now());
}

/** What to do about a refusal that is not a person's to mend. */
const cures: Readonly<Record<Exclude<Stopped["kind"], "stopped">, string>> = {
  away: "Look whether the cluster can be reached (kubectl cluster-info), and run the same again: twice is the same as once",
  overtaken: "Somebody writes it at the same time; run the same again: twice is the same as once",
};

/** Waits until every gateway of the route has taken what was written, as far as they tell. */
async function settle({ client }: Cluster, { namespace, name }: Target): Promise<void> {
  const deadline = performance.now() + SETTLE_MS;
  for (;;) {
    const read = await client.get<RouteObject>(httpRoutePath(namespace, name));
    if (read.kind !== "ok" || isTaken(read.body) || performance.now() > deadline) return;
    await sleep(PAUSE_MS);
  }
}

/** What a gateway does not tell counts as done. */
const isTaken = ({ metadata: { generation = 0 }, status }: RouteObject): boolean =>
  (status?.parents ?? []).every(({ conditions = [] }) =>
    conditions.every(({ observedGeneration = generation }) => observedGeneration >= generation),
  );
