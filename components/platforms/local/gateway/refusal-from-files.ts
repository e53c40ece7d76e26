import { type Memory, memoryOf, type Refusal, refusalOf } from "../../../rollout/index.ts";
import type { TrafficPlan } from "../../../traffic/plan.ts";
import type { StateFolder } from "../state-folder/folder.ts";
import { gatewayPaths } from "../state-folder/paths.ts";
import { checkRolloutRecord, checkRouteRecord } from "./record-checks.ts";
import { readRecord } from "./record-files.ts";
import { stateOf } from "./records.ts";

/** What the gateway of an endpoint remembers, from its files alone. @throws HostError when they cannot be read */
export function memoryFromFiles(folder: StateFolder, endpoint: string, now: number = Date.now()): Memory {
  const paths = gatewayPaths(endpoint);
  const route = readRecord(folder.path(paths.route), checkRouteRecord);
  const record = readRecord(folder.path(paths.rollout), checkRolloutRecord);
  return memoryOf(stateOf(route, record, new Date(now).toISOString()));
}

/**
 * Why the gateway of an endpoint would refuse a plan, without asking it; undefined when it would take it.
 * @throws HostError when its files cannot be read: nothing passes then
 */
export const refusalFromFiles = (
  folder: StateFolder,
  endpoint: string,
  plan: TrafficPlan,
  now: number = Date.now(),
): Refusal | undefined => refusalOf(plan, memoryFromFiles(folder, endpoint, now), now);
