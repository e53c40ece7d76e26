import { isDeepStrictEqual } from "node:util";
import type { Input, Refusal } from "../../../rollout/index.ts";
import { withPatience } from "../cluster/index.ts";
import { act, keep } from "./act.ts";
import { type Decision, take, takePlan, withIntent } from "./decide.ts";
import { tellCluster } from "./events.ts";
import { isDue, moveToHistory } from "./history.ts";
import type { Ready } from "./intent.ts";
import type { Kept } from "./kept.ts";
import { look, type Seen, type Stopped } from "./look.ts";
import { pass } from "./pass.ts";
import { readyPods } from "./readiness.ts";
import type { Target, World } from "./world.ts";

/** What a person asks: the rollout ends, or what serves goes back. */
export type TakeBack =
  | { readonly kind: "abort"; readonly reason: string; readonly by?: string }
  | { readonly kind: "rollBack"; readonly reason: string; readonly by?: string; readonly to?: string };

/** What came of it. */
export type TakenBack =
  | {
      readonly kind: "done";
      readonly kept: Kept;
      /** Why nothing was changed. */
      readonly refusal?: Refusal | undefined;
      /** The route is so, and the state does not know it yet: the next pass takes it over from the route. */
      readonly problem?: string;
    }
  | Stopped;

/** Others write at the same time: whoever asked is answered by the last of so many tries. */
const MOST_TRIES = 8;

/**
 * Takes traffic back for a person. The route first, with the record that it was ended; then the state. Tried again while
 * somebody else is faster.
 */
export async function takeBack(world: World, target: Target, asked: TakeBack): Promise<TakenBack> {
  let last: TakenBack = { kind: "overtaken", problem: "nothing was tried" };
  for (let i = 0; i < MOST_TRIES; i++) {
    last = await attempt(world, target, asked);
    if (last.kind !== "overtaken") return last;
    await world.wait(world.random() * 50 * 2 ** i);
  }
  return last;
}

async function attempt(world: World, target: Target, asked: TakeBack): Promise<TakenBack> {
  const seen = await look(world, target);
  if (seen.kind !== "seen") return seen;
  if (seen.kept === undefined) {
    const first = await pass(world, target);
    return first.kind === "done" ? { kind: "overtaken", problem: "nothing was kept yet" } : first;
  }
  const kept = seen.kept;
  const ready = await readyPods(world.client, target.namespace, seen.order, Object.keys(seen.order.variants));
  const answers = Object.keys(ready).filter((version) => (ready[version] ?? 0) > 0);
  const input: Input = { ...asked, ...(asked.kind === "rollBack" && { answers }), now: world.now() } as Input;
  // What the program has asked for since the last pass is what a person sees, and takes back.
  const isNewer = !isDeepStrictEqual(kept.state.plan, seen.order.traffic);
  const begun: Decision = { kept, notes: [] };
  const decision = take(isNewer ? takePlan(begun, seen, undefined, world.now()) : begun, input);
  if (decision.refusal !== undefined) return { kind: "done", kept, refusal: decision.refusal };
  return carryOut(world, target, seen, decision, ready);
}

/** Under the old fence at first: the state is not kept yet, and what a pass finds then it takes over. */
async function carryOut(
  world: World,
  target: Target,
  seen: Seen,
  decision: Decision,
  ready: Ready,
): Promise<TakenBack> {
  const before = seen.kept?.fence ?? 0;
  const kept = withIntent(decision.kept, seen.orderText, ready);
  const route = kept.fence === before ? seen.route : await act(world, target, seen, kept, before);
  if ("problem" in route) return route;
  const answer = await withPatience(() => keep(world, target, seen.stateMap, kept), world);
  await tellCluster(world, target, seen.route, decision.notes);
  if (answer.kind === "conflict") return { kind: "overtaken", problem: answer.message };
  if (answer.kind !== "ok") return { kind: "done", kept, problem: answer.message };
  if (kept.fence !== before) await act(world, target, { ...seen, route }, kept, kept.fence);
  if (!isDue(kept)) return { kind: "done", kept };
  const moved = await moveToHistory(world, target, seen.order.endpoint, kept);
  if (!("problem" in moved)) await keep(world, target, answer.body, moved);
  return { kind: "done", kept };
}
