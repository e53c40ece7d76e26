import { existsSync } from "node:fs";
import { z } from "zod";
import { withContent } from "../../../sources/content.ts";
import type { TrafficPlan } from "../../../traffic/index.ts";
import { checkRoute, putRoute, RouteRefused, readRouteStatus, removeRoute } from "../gateway/admin-client.ts";
import { isAliveClaimant, readClaim } from "../gateway/claim.ts";
import { refusalFromFiles } from "../gateway/refusal-from-files.ts";
import type { StateFolder } from "../state-folder/folder.ts";
import { gatewayPaths } from "../state-folder/paths.ts";
import { waitReady } from "../supervisor/process-spec.ts";
import { processOf, READY_WITHIN_MS } from "./gateway.ts";
import type { LocalInputs, LocalKind } from "./local-kind.ts";
import { checkRetired } from "./retirement.ts";

/** What is asked of the division of traffic. */
export interface RouteInputs extends LocalInputs {
  /** The gateway that obeys it: the model. */
  readonly endpoint: string;
  /** Who is compared with whom, and on which ladder; a change of it is an update in place. */
  readonly plan: TrafficPlan;
  /** Sockets of the deployed versions, relative to the state folder. */
  readonly servers: Readonly<Record<string, string>>;
}

/** What the engine keeps of it. */
export interface RouteState extends RouteInputs {
  /** Why the data plane ended the rollout or went back; empty while it did not. */
  readonly ended: string;
}

/** Who serves: the traffic plan that the gateway obeys. */
export const route: LocalKind<RouteInputs, RouteState> = {
  replaces: ["stateDir", "endpoint"],
  nameOf: ({ endpoint }) => endpoint,
  upgrade: ({ plan, ...old }) => ({ ...old, plan: planWithContents(plan) }),

  async check(folder, news, olds) {
    const stable = olds === undefined ? [] : checkStable(news.plan, olds.plan);
    if (folder === undefined) return stable;
    return [...stable, ...(await checkRetired(folder, news.plan)), ...(await checkEnded(folder, news))];
  },

  create: put,

  async read(folder, state) {
    const status = await readRouteStatus(folder, state.endpoint);
    return status && { ...state, plan: status.plan, ended: status.rollout.ended?.reason ?? "" };
  },

  stands: (folder, { endpoint }) => existsSync(folder.path(gatewayPaths(endpoint).route)),

  update: put,

  delete: (folder, { endpoint }) => removeRoute(folder, endpoint),
};

/** A plan with its contents under the name of today. */
function planWithContents(plan: unknown): unknown {
  const { data } = z.looseObject({ versions: z.record(z.string(), z.looseObject({})) }).safeParse(plan);
  if (data === undefined) return plan;
  const named = Object.entries(data.versions).map(([name, version]) => [name, withContent(version)] as const);
  return { ...data, versions: Object.fromEntries(named) };
}

/** The content of the stable version is fixed as long as it serves. */
function checkStable({ stable, versions }: TrafficPlan, before: TrafficPlan): readonly string[] {
  const seen = versions[stable]?.content;
  const allowed = before.versions[stable]?.content;
  if (stable !== before.stable || seen === allowed) return [];
  return [
    `version ${stable} serves and its content is fixed: seen ${seen}, allowed ${allowed}. Add the new content as a new version and start a rollout to it.`,
  ];
}

/** What the gateway would refuse, before anything is changed; of a gateway that does not run, its files say it. */
async function checkEnded(folder: StateFolder, { endpoint, plan, servers }: RouteInputs): Promise<readonly string[]> {
  const claim = readClaim(folder.path(gatewayPaths(endpoint).gateway));
  if (claim !== undefined && isAliveClaimant(claim)) {
    const refused = await checkRoute(folder, endpoint, { plan, servers });
    return refused ? [refused.message] : [];
  }
  const refusal = refusalFromFiles(folder, endpoint, plan);
  return refusal ? [new RouteRefused(refusal).message] : [];
}

async function put(folder: StateFolder, inputs: RouteInputs): Promise<RouteState> {
  const { endpoint, plan, servers } = inputs;
  // A gateway that does not come says why here: another process has its port, say.
  await waitReady(folder, processOf(endpoint), { timeoutMs: READY_WITHIN_MS });
  const status = await putRoute(folder, endpoint, { plan, servers });
  return { ...inputs, ended: status.rollout.ended?.reason ?? "" };
}
