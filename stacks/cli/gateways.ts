import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  abortRollout,
  type RollBackOptions,
  readRouteStatus,
  rollBackRoute,
} from "../../components/platforms/local/gateway/admin-client.ts";
import { isAliveClaimant, readClaim } from "../../components/platforms/local/gateway/claim.ts";
import type { RouteRecord } from "../../components/platforms/local/gateway/persistence.ts";
import { folderAt } from "../../components/platforms/local/state-folder/folder.ts";
import { directories, gatewayPaths } from "../../components/platforms/local/state-folder/paths.ts";
import type { TrafficStatus } from "../../components/spec/status.ts";
import type { TrafficPlan } from "../../components/spec/traffic.ts";

/** A gateway of this stack on this machine, as its files describe it. */
export interface Gateway {
  readonly endpoint: string;
  /** Its process lives; whether it answers is another question. */
  readonly alive: boolean;
  readonly port: number;
  readonly adminPort: number;
  readonly token: string;
  /** The last plan it accepted. */
  readonly plan?: TrafficPlan | undefined;
  /** Name of the process that answers for the plan's stable version. */
  readonly stableServer?: string | undefined;
  /** Why the file of its plan cannot be read. */
  readonly damage?: string;
}

export interface GatewayChoice {
  /** Only the gateways of this model. */
  readonly model?: string | undefined;
  /** Only this one. */
  readonly endpoint?: string | undefined;
}

/** The gateways that serve, or should. The folder is read without being checked: a rollback is never refused. */
export const findGateways = (stateFolder: string, choice: GatewayChoice = {}): readonly Gateway[] =>
  knownGateways(stateFolder, choice).filter(
    ({ plan, alive, damage }) => plan !== undefined || alive || damage !== undefined,
  );

/** Also those that were taken down: the rollouts they ended stay ended. */
export function knownGateways(stateFolder: string, choice: GatewayChoice = {}): readonly Gateway[] {
  return endpointsIn(join(stateFolder, directories.gateways))
    .filter((endpoint) => choice.endpoint === undefined || choice.endpoint === endpoint)
    .map((endpoint) => readGateway(stateFolder, endpoint))
    .filter((gateway) => gateway !== undefined)
    .filter(({ plan }) => choice.model === undefined || plan === undefined || plan.model === choice.model);
}

/** Only what is not there is nothing: what may not be looked at is somebody's. */
function endpointsIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function readGateway(stateFolder: string, endpoint: string): Gateway | undefined {
  const paths = gatewayPaths(endpoint);
  const claim = readClaim(join(stateFolder, paths.gateway));
  const token = readText(join(stateFolder, paths.adminToken));
  if (claim === undefined || token === undefined) return undefined;
  const { port, adminPort } = claim;
  const known = { endpoint, alive: isAliveClaimant(claim), port, adminPort, token: token.trim() };
  return { ...known, ...readPlan(join(stateFolder, paths.route)) };
}

/** As much of the route as can be read: whoever takes traffic back is not kept from it by a damaged file. */
function readPlan(path: string): Pick<Gateway, "plan" | "stableServer" | "damage"> {
  try {
    const text = readText(path);
    if (text === undefined) return {};
    const { plan, servers } = JSON.parse(text) as RouteRecord;
    return { plan, stableServer: servers?.[plan?.stable ?? ""]?.replace(/^.*\/|\.sock$/g, "") };
  } catch (error) {
    return { damage: `${path} cannot be read (${error instanceof Error ? error.message : error})` };
  }
}

/** What one gateway says, or why it says nothing. */
export type Answer =
  | { readonly endpoint: string; readonly status: TrafficStatus }
  | { readonly endpoint: string; readonly status?: never; readonly error: string };

export async function readStatus(stateFolder: string, { endpoint, alive }: Gateway): Promise<Answer> {
  if (!alive) return { endpoint, error: "its process is gone" };
  const status = await readRouteStatus(folderAt(stateFolder), endpoint);
  return status ? { endpoint, status } : { endpoint, error: "it does not answer, or has no plan yet" };
}

/**
 * `abort` ends the running rollout; `rollback` does the same while one runs, and else gives all traffic to the previous
 * version, or to the one that `to` names. The answer comes when it is so.
 */
export async function takeBack(
  stateFolder: string,
  endpoint: string,
  way: "abort" | "rollback",
  reason: string,
  details: RollBackOptions,
): Promise<Answer> {
  try {
    const act = way === "abort" ? abortRollout : rollBackRoute;
    return { endpoint, status: await act(folderAt(stateFolder), endpoint, reason, details) };
  } catch (error) {
    // Whatever it is, it must not keep the configuration from being written.
    return { endpoint, error: error instanceof Error ? error.message : String(error) };
  }
}

/** The live page; the token stands behind the `#`, which browsers do not send. */
export const pageUrl = ({ adminPort, token }: Gateway): string => `http://127.0.0.1:${adminPort}/#token=${token}`;

/** Undefined when there is no such file. */
function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

const isMissing = (error: unknown): boolean => error instanceof Error && "code" in error && error.code === "ENOENT";
