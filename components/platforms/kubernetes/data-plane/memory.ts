import { HostError } from "../../../host/host-error.ts";
import {
  emptyState,
  evidenceOf,
  type HistoryEntry,
  judgedBy,
  type RolloutEvidence,
  type RolloutState,
} from "../../../rollout/index.ts";
import { configMapPath } from "../cluster/index.ts";
import { type ConfigMap, entriesIn, look, runningIntervals, type Seen } from "../controller/index.ts";
import { historyName } from "../route/names.ts";
import { refusedError } from "./refused.ts";
import { readStackRoute } from "./routes.ts";
import type { Cluster } from "./where.ts";
import { worldOf } from "./world.ts";

/** What is remembered of an endpoint's rollouts. @throws HostError when it cannot be read: nothing passes then */
export async function stateOf(cluster: Cluster, endpoint: string): Promise<RolloutState> {
  const { kept } = await seenIn(cluster, endpoint);
  return kept?.state ?? emptyState(new Date().toISOString());
}

/** What a rollout that runs, or ran last, is judged on. @throws HostError when it cannot be read */
export async function readEvidence(cluster: Cluster, endpoint: string): Promise<RolloutEvidence> {
  const { kept, order } = await seenIn(cluster, endpoint);
  const map = await historyMap(cluster, order.endpoint);
  const { plan, judges } = kept?.state ?? {};
  if (kept === undefined || plan === undefined || judges === undefined) {
    const last = entriesIn(map).findLast(({ identity }) => identity !== "");
    return last === undefined
      ? { identity: plan?.rollout.identity ?? "", intervals: [], copies: [] }
      : evidenceOf(last);
  }
  const { rollout } = plan;
  const intervals = runningIntervals(map, kept);
  return evidenceOf({ identity: rollout.identity, ...judgedBy(rollout, judges), intervals });
}

/**
 * How rollouts and stable versions ended, the newest last; none before anything was deployed. A state that cannot be read
 * is no reason not to tell them.
 * @throws HostError when the history cannot be read
 */
export async function readEndings(cluster: Cluster, endpoint: string): Promise<readonly HistoryEntry[]> {
  const route = await readStackRoute(cluster, endpoint);
  if (route?.order === undefined) return [];
  const [map, seen] = await Promise.all([
    historyMap(cluster, route.order.endpoint),
    look(worldOf(cluster), { namespace: cluster.namespace, name: endpoint }),
  ]);
  const kept = seen.kind === "seen" ? seen.kept : undefined;
  // What is decided is told, also while the history could not be written.
  const waiting = (kept?.endings ?? []).map(({ id, ending, tail }) => ({ id, ...ending, intervals: tail }));
  return [...entriesIn(map), ...waiting];
}

async function seenIn(cluster: Cluster, name: string): Promise<Seen> {
  const seen = await look(worldOf(cluster), { namespace: cluster.namespace, name });
  if (seen.kind === "seen") return seen;
  throw new HostError({
    path: `${cluster.client.url}, HTTPRoute ${cluster.namespace}/${name}`,
    seen: seen.problem,
    allowed: "a route and the state of its rollout",
    cure: "Do what it says, or wait until the cluster answers.",
  });
}

async function historyMap(cluster: Cluster, model: string): Promise<ConfigMap> {
  const answer = await cluster.client.get<ConfigMap>(configMapPath(cluster.namespace, historyName(model)));
  if (answer.kind !== "ok") throw refusedError(answer, cluster);
  return answer.body;
}
