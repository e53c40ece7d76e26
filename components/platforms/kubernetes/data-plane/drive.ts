import { pass } from "../controller/index.ts";
import type { Cluster } from "./where.ts";
import { worldOf } from "./world.ts";

/** One pass of the controller, from here: beside one in the cluster, whoever is faster decides, and the other sees it. */
export async function drive(cluster: Cluster, endpoint: string): Promise<string | undefined> {
  const passed = await pass(worldOf(cluster), { namespace: cluster.namespace, name: endpoint });
  return passed.problem;
}
