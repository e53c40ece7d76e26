import { PlanError } from "../../../rollout/index.ts";
import { type Answer, configMapPath, httpRoutePath } from "../cluster/index.ts";
import { annotations } from "../route/annotations.ts";
import type { RouteRule } from "../route/http-route.ts";
import { stateName } from "../route/names.ts";
import { type RouteOrder, readOrder } from "../route/order.ts";
import { splitIn } from "../route/rules.ts";
import type { Split } from "../route/split.ts";
import { type Kept, readKept, STATE_KEY } from "./kept.ts";
import type { ConfigMap, HttpRoute } from "./objects.ts";
import type { Target, World } from "./world.ts";

/** Nothing is done, and why. */
export interface Stopped {
  readonly kind: /** The cluster does not answer; the next pass may. */
    | "away"
    /** Somebody else was faster; the next pass sees what they did. */
    | "overtaken"
    /** Something is wrong that a person has to look at: nothing is changed until then. */
    | "stopped";
  readonly problem: string;
}

/** A route with its order. */
export interface SeenRoute {
  readonly route: HttpRoute;
  readonly order: RouteOrder;
  readonly orderText: string;
  readonly rules: readonly RouteRule[];
  /** How the rules divide; undefined when they are not ours. */
  readonly live: Split | undefined;
  /** Undefined while nothing was written by us. */
  readonly fence: number | undefined;
  /** The identity of the rollout that the route says was ended; empty where none was. */
  readonly ended: string;
}

/** A route with its order and what was kept. */
export interface Seen extends SeenRoute {
  readonly kind: "seen";
  readonly stateMap: ConfigMap;
  /** Undefined before the first pass. */
  readonly kept: Kept | undefined;
}

/** Reads route and state, and stops where they cannot both be true. */
export async function look({ client }: World, { namespace, name }: Target): Promise<Seen | Stopped> {
  const answer = await client.get<HttpRoute>(httpRoutePath(namespace, name));
  if (answer.kind !== "ok") return refused(answer, `HTTPRoute ${namespace}/${name}`, "deploy the endpoint");
  const route = answer.body;
  const noted = route.metadata.annotations ?? {};
  const orderText = noted[annotations.order];
  if (orderText === undefined) {
    return stop(
      `HTTPRoute ${namespace}/${name}: saw no annotation ${annotations.order}; allowed is the program's order. Deploy the endpoint again`,
    );
  }
  const order = read(() => readOrder(orderText), `HTTPRoute ${namespace}/${name}: ${annotations.order}`);
  if ("problem" in order) return order;
  const fence = fenceOf(noted[annotations.fence]);
  if (Number.isNaN(fence)) {
    return stop(
      `HTTPRoute ${namespace}/${name}: ${annotations.fence}: saw ${noted[annotations.fence]}; allowed is a whole number. Somebody else has written it: look who`,
    );
  }
  const rules = route.spec?.rules ?? [];
  const live = splitIn(order, rules);
  const known = { route, order, orderText, rules, live, fence, ended: noted[annotations.ended] ?? "" };
  const kept = await lookAtState(client, namespace, known);
  return kept.kind === "kept" ? { ...kept, ...known, kind: "seen" } : kept;
}

/** What was kept, where it fits the route. */
async function lookAtState(
  client: World["client"],
  namespace: string,
  { order, fence, ended, route }: SeenRoute,
): Promise<({ readonly kind: "kept" } & Pick<Seen, "stateMap" | "kept">) | Stopped> {
  const name = stateName(order.endpoint);
  const where = `ConfigMap ${namespace}/${name}`;
  const answer = await client.get<ConfigMap>(configMapPath(namespace, name));
  if (answer.kind !== "ok") return refused(answer, where, "restore it, or deploy the endpoint again");
  const text = answer.body.data?.[STATE_KEY] ?? "";
  const kept = text === "" ? undefined : read(() => readKept(text), where);
  if (kept !== undefined && "problem" in kept) return kept;
  if (kept === undefined && fence !== undefined) {
    return stop(
      `${where}: saw nothing, and a route that was written for state ${fence}; allowed is that state. It was lost: restore it; or remove the annotations ${annotations.fence} and ${annotations.ended} to begin anew from the program's plan`,
    );
  }
  if (kept !== undefined && fence !== undefined && fence > kept.fence) {
    return stop(
      `${where}: saw state ${kept.fence}, and a route that was written for state ${fence}; allowed is one as new. This one is old: somebody has restored it, or a cache answers`,
    );
  }
  if (kept !== undefined && isForeignEnd(ended, kept)) {
    return stop(
      `HTTPRoute ${namespace}/${route.metadata.name}: ${annotations.ended}: saw ${ended}; allowed is a rollout that the state knows. The state is of another rollout: restore the newest one`,
    );
  }
  return { kind: "kept", stateMap: answer.body, kept };
}

/** The route says that a rollout was ended of which the state knows nothing. */
const isForeignEnd = (ended: string, { state }: Kept): boolean =>
  ended !== "" && !Object.hasOwn(state.ended, ended) && state.plan?.rollout.identity !== ended;

const fenceOf = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : /^\d+$/.test(text) ? Number(text) : Number.NaN;

function read<Value extends object>(parse: () => Value, where: string): Value | Stopped {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof PlanError || error instanceof RangeError)) throw error;
    return stop(`${where}: ${error.message}. Nothing is changed until it can be read`);
  }
}

/** A person has to look. */
export const stop = (problem: string): Stopped => ({ kind: "stopped", problem });

/** What an answer that is none comes to. */
export function refused(answer: Exclude<Answer<unknown>, { kind: "ok" }>, what: string, cure: string): Stopped {
  switch (answer.kind) {
    case "away":
    case "tooMany":
      return { kind: "away", problem: answer.message };
    case "conflict":
      return { kind: "overtaken", problem: answer.message };
    case "notFound":
      return stop(`${what} is not there: ${cure}; nothing is made in its place`);
    default:
      return stop(`${what}: ${answer.message}`);
  }
}
