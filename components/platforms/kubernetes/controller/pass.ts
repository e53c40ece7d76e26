import { isDeepStrictEqual } from "node:util";
import { MetricSourceError } from "../../../metric-sources/index.ts";
import { isJudged, type Learnt, learn, memoryOf, refusalOf } from "../../../rollout/index.ts";
import { configMapPath } from "../cluster/index.ts";
import type { Counted } from "../counts/index.ts";
import { gateways } from "../gateways/index.ts";
import { historyName } from "../route/names.ts";
import type { RouteOrder } from "../route/order.ts";
import { type Split, shareIn } from "../route/split.ts";
import { act, isLowering, keep } from "./act.ts";
import { type Decision, firstKept, take, takeCounts, takePlan, withIntent } from "./decide.ts";
import { tellCluster } from "./events.ts";
import { isDue, moveToHistory, pairedIn } from "./history.ts";
import { aboveIntent, type Ready } from "./intent.ts";
import { type Kept, writeKept } from "./kept.ts";
import { look, refused, type Seen, type Stopped } from "./look.ts";
import type { ConfigMap } from "./objects.ts";
import { readyPods } from "./readiness.ts";
import { isStillCounted, tellStandstill } from "./standstill.ts";
import { limitOf, tellTrouble } from "./trouble.ts";
import type { Target, World } from "./world.ts";

/** A pass that came to its end, or why it did not. */
export type Passed =
  | {
      readonly kind: "done";
      readonly kept: Kept;
      /** How the route divides traffic now; undefined when its rules are not ours. */
      readonly live: Split | undefined;
      /** Something that keeps counts away. */
      readonly problem?: string | undefined;
    }
  | Stopped;

/**
 * One pass over a route, by who remembers nothing. It reads, decides, keeps what it has decided, and only then makes the
 * route so: whoever is killed in between leaves an intent that the next pass carries out, and of two at once one is
 * refused by the server.
 */
export async function pass(world: World, target: Target): Promise<Passed> {
  const seen = await look(world, target);
  if (seen.kind !== "seen") return seen;
  const ready = await readyPods(world.client, target.namespace, seen.order, versionsOf(seen));
  const { kept } = seen;
  if (kept !== undefined) {
    const overdue = await carryOut(world, target, seen, kept, ready);
    if (overdue !== undefined) return overdue;
  }
  const { decision, problem } = await decide(world, target, seen, ready);
  const next = { ...decision, kept: withIntent(decision.kept, seen.orderText, ready) };
  const passed = await carry(world, target, seen, next);
  return passed.kind === "done" && problem !== undefined ? { ...passed, problem } : passed;
}

const versionsOf = ({ order: { traffic }, kept }: Seen): readonly string[] => [
  ...new Set(
    [traffic, kept?.state.plan].flatMap((plan) =>
      plan === undefined ? [] : [plan.stable, plan.candidate ?? plan.stable],
    ),
  ),
];

/** What was decided before and is not so: a write that was not made, or one that somebody has made since. */
async function carryOut(
  world: World,
  target: Target,
  seen: Seen,
  kept: Kept,
  ready: Ready,
): Promise<Passed | undefined> {
  const { state, intent } = kept;
  const isWritten = seen.fence === kept.fence;
  const candidate = state.plan?.candidate;
  // Where the candidate has no ready pod any more, another intent has to be kept first.
  if (!isWritten && candidate !== undefined && ready[candidate] === 0 && shareIn(intent.split, candidate) > 0)
    return undefined;
  const isBeyond =
    seen.live === undefined
      ? intent.ended !== "" && seen.ended !== intent.ended
      : aboveIntent(state, intent, seen.live) !== undefined;
  // Ended on the route alone: that is taken over before anything is written.
  if ((isWritten && !isBeyond) || isEndedOnRouteOnly(seen, kept)) return undefined;
  const route = await act(world, target, seen, kept, kept.fence);
  return "problem" in route ? route : { kind: "done", kept, live: intent.split };
}

const isEndedOnRouteOnly = ({ ended }: Seen, { state }: Kept): boolean =>
  ended !== "" && !Object.hasOwn(state.ended, ended);

/** What happens with what is known now. */
async function decide(
  world: World,
  target: Target,
  seen: Seen,
  ready: Ready,
): Promise<{ readonly decision: Decision; readonly problem?: string }> {
  const now = world.now();
  let decision: Decision = { kept: seen.kept ?? firstKept(now), notes: [] };
  const before = decision.kept.state.plan;
  if (before !== undefined && isEndedOnRouteOnly(seen, decision.kept)) {
    decision = take(decision, { kind: "abort", reason: "the route says that it was ended", by: "route", now });
  }
  if (!isDeepStrictEqual(before, seen.order.traffic)) {
    const isTaken = refusalOf(seen.order.traffic, memoryOf(decision.kept.state), now) === undefined;
    const learnt = isTaken ? await learntFor(world, target, seen) : undefined;
    decision = takePlan(decision, seen, learnt, now);
  }
  decision = tellTrouble(decision, seen, target.namespace, now);
  const counted = await count(world, target, seen, decision.kept);
  if (counted === undefined) return { decision };
  if ("problem" in counted) return { decision, problem: counted.problem };
  const judged = takeCounts(decision, counted, limitOf(seen, decision.kept, ready, target.namespace), now);
  return { decision: tellStandstill(judged, counted, now) };
}

async function learntFor({ client }: World, { namespace }: Target, { order }: Seen): Promise<Learnt | undefined> {
  if (order.traffic.candidate === undefined) return undefined;
  const answer = await client.get<ConfigMap>(configMapPath(namespace, historyName(order.endpoint)));
  return answer.kind === "ok" ? learn(order.traffic, pairedIn(answer.body)) : undefined;
}

/** Undefined while nothing is to be counted. */
async function count(
  world: World,
  { namespace }: Target,
  { order, live }: Seen,
  kept: Kept,
): Promise<Counted | Stopped | undefined> {
  const { plan, progress } = kept.state;
  const { metrics } = order;
  if (plan?.candidate === undefined || progress === undefined || metrics === undefined) return undefined;
  const isOver = progress.ended !== undefined;
  if (isOver ? !isStillCounted(kept, live) : !isJudged(plan)) return undefined;
  const [stable, candidate] = [order.variants[plan.stable], order.variants[plan.candidate]];
  if (stable === undefined || candidate === undefined) return undefined;
  const question = {
    gateway: gateways[order.gateway.kind],
    ...{ namespace, model: order.endpoint, guards: plan.rollout.guards, step: progress.raises },
    stable: { version: plan.stable, port: stable },
    candidate: { version: plan.candidate, port: candidate },
    shadowing: live?.mirrored === plan.candidate,
    weight: drawnBy(order, plan.candidate, live),
    intervalMs: metrics.intervalSeconds * 1000,
    selector: metrics.selector,
  };
  try {
    return await world.counts({ url: metrics.url }, question, kept.cursor, world.now());
  } catch (error) {
    if (!(error instanceof MetricSourceError)) throw error;
    return { kind: "away", problem: error.message };
  }
}

/**
 * The candidate's share where every request that is counted was drawn by it: who names a version is led to Services that
 * count apart.
 */
function drawnBy(
  { gateway: { kind }, variants }: RouteOrder,
  candidate: string,
  live: Split | undefined,
): number | undefined {
  const isApart = Object.values(variants).every(({ named }) => named !== undefined);
  if (gateways[kind].underWay === undefined || !isApart || live === undefined || live.mirrored !== undefined)
    return undefined;
  const weight = Math.round(shareIn(live, candidate));
  return weight === 0 ? undefined : weight;
}

/** Keeps what was decided, then makes the route so, then tells. */
async function carry(world: World, target: Target, seen: Seen, { kept, notes }: Decision): Promise<Passed> {
  const before = seen.kept;
  const isNew = kept.fence !== before?.fence;
  if (before !== undefined && (kept === before || writeKept(kept) === writeKept(before)))
    return { kind: "done", kept, live: seen.live };
  const answer = await keep(world, target, seen.stateMap, kept);
  if (answer.kind !== "ok") {
    const isUrgent = answer.kind === "away" && before !== undefined && isNew && isLowering(seen, kept.intent);
    // What takes traffic from a candidate does not wait for the state: the route keeps the record.
    if (isUrgent) await act(world, target, seen, kept, before.fence);
    return refused(
      answer,
      `ConfigMap ${target.namespace}/${seen.stateMap.metadata.name}`,
      "restore it, or deploy the endpoint again",
    );
  }
  const route = isNew ? await act(world, target, seen, kept, kept.fence) : seen.route;
  await tellCluster(world, target, seen.route, notes);
  if ("problem" in route) return route;
  const live = isNew ? kept.intent.split : seen.live;
  if (!isDue(kept)) return { kind: "done", kept, live };
  const moved = await moveToHistory(world, target, seen.order.endpoint, kept);
  if ("problem" in moved) return { kind: "done", kept, live, problem: moved.problem };
  const final = await keep(world, target, answer.body, moved);
  return { kind: "done", kept: final.kind === "ok" ? moved : kept, live };
}
