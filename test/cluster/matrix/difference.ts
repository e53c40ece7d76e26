import { isDeepStrictEqual } from "node:util";
import type { SimulatedCluster } from "../../../components/simulations/kubernetes/index.ts";
import type { Cluster } from "../control-plane/index.ts";
import { type Comparable, comparable, putTo } from "./answers.ts";
import type { Request } from "./cases.ts";

/** The first of these requests that simulation and server answer otherwise, with both answers. */
export async function differenceIn(
  requests: readonly Request[],
  { api }: Cluster,
  simulated: SimulatedCluster,
): Promise<readonly [ofSimulation: Comparable, ofServer: Comparable] | undefined> {
  const put = putTo(simulated);
  for (const request of requests) {
    const { method, path, body, type } = request;
    const ofServer = comparable(request, await api.send(method, path, body, type));
    const ofSimulation = comparable(request, await put(request));
    if (!isDeepStrictEqual(ofSimulation, ofServer)) return [ofSimulation, ofServer];
  }
  return undefined;
}
