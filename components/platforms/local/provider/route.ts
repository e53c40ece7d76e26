import { existsSync } from "node:fs";
import { withContent } from "../../../sources/content.ts";
import type { TrafficPlan } from "../../../traffic/index.ts";
import { checkRoute, putRoute, RouteRefused, readRouteStatus, removeRoute } from "../gateway/admin-client.ts";
import { isAliveClaimant, readClaim } from "../gateway/claim.ts";
import { refusalFromFiles } from "../gateway/refusal-from-files.ts";
import { findStateFolder, openStateFolder } from "../state-folder/folder.ts";
import { gatewayPaths } from "../state-folder/paths.ts";
import { waitReady } from "../supervisor/process-spec.ts";
import { processOf, READY_WITHIN_MS } from "./gateway.ts";
import type { LocalInputs, ResourceKind } from "./resource-kind.ts";
import { checkRetired } from "./retirement.ts";

export interface RouteInputs extends LocalInputs {
  readonly endpoint: string;
  readonly plan: TrafficPlan;
  /** Sockets of the deployed versions, relative to the state folder. */
  readonly servers: Readonly<Record<string, string>>;
}

export interface RouteState extends RouteInputs {
  /** Why the data plane ended the rollout or went back; empty while it did not. */
  readonly ended: string;
}

export const route: ResourceKind<RouteInputs, RouteState> = {
  replaces: ["stateDir", "endpoint"],
  nameOf: ({ endpoint }) => endpoint,

  async check(news, olds) {
    const stable = olds === undefined ? [] : checkStable(news.plan, olds.plan);
    return [...stable, ...(await checkRetired(news)), ...(await checkEnded(news))];
  },

  async create(inputs) {
    return { ...inputs, ended: await put(inputs) };
  },

  async read(state) {
    const folder = findStateFolder(state.stateDir);
    const status = folder && (await readRouteStatus(folder, state.endpoint));
    return status && { ...state, plan: status.plan, ended: status.rollout.ended?.reason ?? "" };
  },

  stands: (folder, { endpoint }) => existsSync(folder.path(gatewayPaths(endpoint).route)),

  async update(news) {
    return { ...news, ended: await put(news) };
  },

  async delete(state) {
    await removeRoute(openStateFolder(state.stateDir), state.endpoint);
  },
};

/** What serves is never exchanged under its name. */
function checkStable({ stable, versions }: TrafficPlan, before: TrafficPlan): readonly string[] {
  const seen = versions[stable]?.content;
  const allowed = withContent(before.versions[stable] ?? {}).content;
  if (stable !== before.stable || seen === allowed) return [];
  return [
    `version ${stable} serves and its content is fixed: seen ${seen}, allowed ${allowed}. Add the new content as a new version and start a rollout to it.`,
  ];
}

/** What the gateway would refuse is refused before anything is changed; one that does not run is judged for by its files. */
async function checkEnded({ stateDir, endpoint, plan, servers }: RouteInputs): Promise<readonly string[]> {
  const folder = findStateFolder(stateDir);
  if (folder === undefined) return [];
  const claim = readClaim(folder.path(gatewayPaths(endpoint).gateway));
  if (claim !== undefined && isAliveClaimant(claim)) {
    const refused = await checkRoute(folder, endpoint, { plan, servers });
    return refused ? [refused.message] : [];
  }
  const refusal = refusalFromFiles(folder, endpoint, plan);
  return refusal ? [new RouteRefused(refusal).message] : [];
}

async function put({ stateDir, endpoint, plan, servers }: RouteInputs): Promise<string> {
  const folder = openStateFolder(stateDir);
  // A gateway that does not come says why here: another process has its port, say.
  await waitReady(folder, processOf(endpoint), { timeoutMs: READY_WITHIN_MS });
  const status = await putRoute(folder, endpoint, { plan, servers });
  return status.rollout.ended?.reason ?? "";
}
