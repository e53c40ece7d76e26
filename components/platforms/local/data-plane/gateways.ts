import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { z } from "zod";
import { readJson } from "../../../host/atomic-file.ts";
import { errorCode, HostError, messageOf } from "../../../host/host-error.ts";
import type { TrafficPlan } from "../../../traffic/plan.ts";

import type { Answer, Endpoint, EndpointChoice, TakeBack } from "../../data-plane.ts";
import { abortRollout, readRouteStatus, rollBackRoute } from "../gateway/admin-client.ts";
import { isAliveClaimant, readClaim } from "../gateway/claim.ts";
import { folderAt } from "../state-folder/folder.ts";
import { directories, gatewayPaths } from "../state-folder/paths.ts";

/** A gateway of a stack on this machine, as its files describe it. */
export interface Gateway extends Endpoint {
  /** Its process lives; whether it answers is another question. */
  readonly alive: boolean;
  readonly port: number;
  readonly adminPort: number;
  readonly token: string;
  /** Name of the process that answers for the plan's stable version. */
  readonly stableServer?: string | undefined;
  /** Why the file of its plan cannot be read. */
  readonly damage?: string;
}

/** The gateways that serve, or should. The folder is read without being checked: a rollback is never refused. */
export const findGateways = (stateFolder: string, choice: EndpointChoice = {}): readonly Gateway[] =>
  knownGateways(stateFolder, choice).filter(
    ({ plan, alive, damage }) => plan !== undefined || alive || damage !== undefined,
  );

/** Also those that were taken down: the rollouts they ended stay ended. */
export function knownGateways(stateFolder: string, choice: EndpointChoice = {}): readonly Gateway[] {
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
    const record = readJson(path, routeSchema);
    if (record === undefined) return {};
    const { plan, servers } = record;
    return { plan, stableServer: servers?.[plan.stable]?.replace(/^.*\/|\.sock$/g, "") };
  } catch (error) {
    const why = error instanceof HostError ? error.problem.seen : messageOf(error);
    return { damage: `${path} cannot be read (${why})` };
  }
}

/** What taking traffic back reads of a plan. The gateway checks the rest before it obeys. */
const plan = z.object({ model: z.string(), stable: z.string(), versions: z.record(z.string(), z.object({})) });
const routeSchema = z.object({
  plan: z.custom<TrafficPlan>((value) => plan.safeParse(value).success, "not a plan"),
  servers: z.record(z.string(), z.string()).exactOptional(),
});

/** What one gateway says, or why it says nothing. */
export async function askStatus(stateFolder: string, { endpoint, alive }: Gateway): Promise<Answer> {
  if (!alive) return { endpoint, error: "its process is gone" };
  const status = await readRouteStatus(folderAt(stateFolder), endpoint);
  return status ? { endpoint, status } : { endpoint, error: "it does not answer, or has no plan yet" };
}

/** Takes traffic back; the answer comes when it is so. */
export async function takeBack(stateFolder: string, endpoint: string, { way, reason, to }: TakeBack): Promise<Answer> {
  try {
    const folder = folderAt(stateFolder);
    const details = to === undefined ? {} : { to };
    const status =
      way === "abort"
        ? await abortRollout(folder, endpoint, reason)
        : await rollBackRoute(folder, endpoint, reason, details);
    return { endpoint, status };
  } catch (error) {
    // Whatever it is, it must not keep the configuration from being written.
    return { endpoint, error: messageOf(error) };
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

const isMissing = (error: unknown): boolean => errorCode(error) === "ENOENT";
