import { rolloutStatusOf, verdictOf } from "../../../rollout/index.ts";
import { WHOLE } from "../../../traffic/ladder.ts";
import type { TrafficStatus } from "../../../traffic/status.ts";
import type { Answer } from "../../data-plane.ts";
import { type Kept, look, type Seen, type Stopped } from "../controller/index.ts";
import type { RouteOrder } from "../route/order.ts";
import { type Split, shareIn } from "../route/split.ts";
import type { Cluster } from "./where.ts";
import { worldOf } from "./world.ts";

/** What a route says now, with what is kept of its rollout. */
export function answerOf(endpoint: string, seen: Seen | Stopped, now: number): Answer {
  if (seen.kind !== "seen") return { endpoint, error: seen.problem };
  const { kept, live, order } = seen;
  if (kept?.state.plan === undefined) return { endpoint, error: NOT_DRIVEN };
  return { endpoint, status: statusOf(order, kept, live, now) };
}

/** Nobody has taken the plan yet. */
export const NOT_DRIVEN =
  "nothing drives it yet: its controller has not come up (mlc doctor); or drive it from here: mlc watch --drive";

/** @param live how the route divides; where its rules are not ours, what is intended is shown */
export function statusOf(order: RouteOrder, kept: Kept, live: Split | undefined, now: number): TrafficStatus {
  const { state, intent } = kept;
  const { plan = order.traffic, generation, since, losses, events, judges } = state;
  const split = live ?? intent.split;
  const verdict = judges === undefined ? undefined : verdictOf(plan.rollout, judges);
  return {
    model: plan.model,
    at: new Date(now).toISOString(),
    generation,
    plan,
    weights: Object.fromEntries(
      Object.keys(plan.versions).map((version) => [version, Math.round(shareIn(split, version))]),
    ),
    shadowing: split.mirrored !== undefined,
    since,
    rollout: rolloutStatusOf(state, { verdict }),
    // Its gateway counts for itself: what was compared stands in the verdict.
    requests: {},
    ...(losses.length > 0 && { losses }),
    events,
  };
}

/** What is so after a candidate was taken out on the route alone. @param details.why what is wrong with what is kept */
export function stoppedStatus(
  { traffic }: RouteOrder,
  { reason, by, why }: { readonly reason: string; readonly by: string; readonly why: string },
  now: number,
): TrafficStatus {
  const at = new Date(now).toISOString();
  const { candidate, rollout, stable } = traffic;
  return {
    ...{
      model: traffic.model,
      at,
      generation: 0,
      plan: traffic,
      shadowing: false,
      since: at,
      requests: {},
      events: [],
    },
    weights: Object.fromEntries(
      Object.keys(traffic.versions).map((version) => [version, version === stable ? WHOLE : 0]),
    ),
    rollout: {
      ...{ phase: "aborted", identity: rollout.identity, step: -1, ladder: [] },
      ...(candidate !== undefined && { candidate }),
      ended: { at, cause: "person", reason, by },
    },
    losses: [{ at, what: `the end stands on the route alone: ${why}` }],
  };
}

/** Asks for it. */
export async function readAnswer(cluster: Cluster, endpoint: string): Promise<Answer> {
  const world = worldOf(cluster);
  return answerOf(endpoint, await look(world, { namespace: cluster.namespace, name: endpoint }), world.now());
}
