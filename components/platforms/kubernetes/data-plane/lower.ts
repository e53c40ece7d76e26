import { WHOLE } from "../../../traffic/ladder.ts";
import type { Answer, TakeBack } from "../../data-plane.ts";
import { httpRoutePath } from "../cluster/index.ts";
import { routePatch } from "../controller/act.ts";
import { annotations } from "../route/annotations.ts";
import { readOrder } from "../route/order.ts";
import { rulesOf } from "../route/rules.ts";
import type { RouteObject } from "./objects.ts";
import { stoppedStatus } from "./status.ts";
import type { Cluster } from "./where.ts";

interface Asked extends Omit<TakeBack, "to"> {
  readonly by: string;
  /** What is wrong with what is kept. */
  readonly why: string;
}

/** Others write at the same time. */
const TRIES = 8;

/**
 * Takes a candidate's traffic where what is kept of its rollout cannot be used: the route alone says so, and that the
 * rollout was ended. To take traffic from a candidate is never wrong; to give it back to whoever served before is not
 * possible without knowing who did.
 */
export async function lowerRoute(cluster: Cluster, endpoint: string, asked: Asked): Promise<Answer> {
  let error = asked.why;
  for (let i = 0; i < TRIES; i++) {
    const answer = await attempt(cluster, endpoint, asked);
    if (answer !== "overtaken") return answer;
    error = `somebody writes HTTPRoute ${endpoint} at the same time; run the same again. ${asked.why}`;
  }
  return { endpoint, error };
}

async function attempt(
  { client, namespace }: Cluster,
  endpoint: string,
  { reason, by, why }: Asked,
): Promise<Answer | "overtaken"> {
  const path = httpRoutePath(namespace, endpoint);
  const read = await client.get<RouteObject>(path);
  if (read.kind !== "ok") return { endpoint, error: why };
  const { metadata, spec } = read.body;
  const order = readable(metadata.annotations?.[annotations.order]);
  const { candidate, stable, rollout } = order?.traffic ?? {};
  if (order === undefined || candidate === undefined || stable === undefined || rollout === undefined) {
    return { endpoint, error: why };
  }
  const now = Date.now();
  const fence = metadata.annotations?.[annotations.fence] ?? "0";
  const rules = rulesOf(order, { shares: { [stable]: WHOLE } }, { before: spec?.rules });
  const patch = routePatch(read.body, { fence, ended: rollout.identity, rules }, { who: by, now });
  const written = await client.merge(path, patch);
  if (written.kind === "conflict") return "overtaken";
  if (written.kind !== "ok") return { endpoint, error: `${written.message}. ${why}` };
  return { endpoint, status: stoppedStatus(order, { reason, by, why }, now) };
}

function readable(text: string | undefined) {
  try {
    return readOrder(text ?? "");
  } catch {
    return undefined;
  }
}
