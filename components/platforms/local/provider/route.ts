import type { TrafficPlan } from "../../../spec/index.ts";
import { putRoute, readRouteStatus, removeRoute } from "../gateway/admin-client.ts";
import { openStateFolder } from "../state-folder/folder.ts";
import { processOf } from "./gateway.ts";
import type { CheckFailure, Placed, ResourceKind } from "./resource-kind.ts";

export interface RouteInputs {
  readonly stateDir: string;
  readonly endpoint: string;
  readonly plan: TrafficPlan;
  /** Sockets of the deployed versions, relative to the state folder. */
  readonly servers: Readonly<Record<string, string>>;
}

export interface RouteState extends RouteInputs, Placed {
  /** Why the data plane ended the rollout or went back; empty while it did not. */
  readonly ended: string;
}

export const route: ResourceKind<RouteInputs, RouteState> = {
  replaces: ["stateDir", "endpoint"],

  async check(news, olds) {
    const failures: CheckFailure[] = [];
    if (olds === undefined) return failures;
    const stable = news.plan.stable;
    const before = olds.plan.versions[stable]?.sha256;
    const after = news.plan.versions[stable]?.sha256;
    if (stable === olds.plan.stable && before !== after) {
      failures.push({
        property: "plan.versions",
        reason: `version ${stable} serves and its content is fixed: seen ${after}, allowed ${before}. Add the new content as a new version and start a rollout to it.`,
      });
    }
    return failures;
  },

  async create(inputs) {
    const ended = await put(inputs);
    return { id: processOf(inputs.endpoint), state: { ...inputs, ended } };
  },

  async read({ hostId: _, ...state }) {
    const folder = openStateFolder(state.stateDir);
    const status = await readRouteStatus(folder, state.endpoint);
    return status && { ...state, plan: status.plan, ended: status.rollout.ended?.reason ?? "" };
  },

  async update(news) {
    return { ...news, ended: await put(news) };
  },

  async delete(state) {
    await removeRoute(openStateFolder(state.stateDir), state.endpoint);
  },
};

async function put({ stateDir, endpoint, plan, servers }: RouteInputs): Promise<string> {
  const status = await putRoute(openStateFolder(stateDir), endpoint, { plan, servers });
  return status.rollout.ended?.reason ?? "";
}
