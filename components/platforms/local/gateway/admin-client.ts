import { readFileSync } from "node:fs";
import { request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { whoAsks } from "../../../host/who-asks.ts";
import type { Refusal, RolloutEvidence } from "../../../rollout/index.ts";
import type { TrafficStatus } from "../../../traffic/status.ts";
import type { StateFolder } from "../state-folder/folder.ts";
import { gatewayPaths } from "../state-folder/paths.ts";
import { isAliveClaimant, readClaim } from "./claim.ts";
import { refusalFromFiles } from "./refusal-from-files.ts";
import type { RouteDocument } from "./route-document.ts";

/** The gateway said no: the plan asks for traffic that was taken away before. */
export class RouteRefused extends Error {
  readonly code: Refusal["code"];
  readonly reason: string;

  constructor({ code, error, reason }: Refusal) {
    super(`${error} (${reason}) [${code}]`);
    this.code = code;
    this.reason = reason;
  }
}

/** No gateway answers. */
export class GatewayUnreachable extends Error {}

/** A gateway that was killed is back within 2 s; one that is being replaced says so. */
const PATIENCE_MS = 5_000;

/**
 * Gives a plan to the gateway of an endpoint; the plan is effective when this returns.
 * @throws RouteRefused, GatewayUnreachable
 */
export const putRoute = (folder: StateFolder, endpoint: string, document: RouteDocument): Promise<TrafficStatus> =>
  ask<TrafficStatus>(folder, endpoint, "PUT", "/admin/route", document);

/** Ends the rollout that runs. `by` is recorded. @throws GatewayUnreachable */
export const abortRollout = (
  folder: StateFolder,
  endpoint: string,
  reason: string,
  { by = whoAsks() }: Pick<RollBackOptions, "by"> = {},
): Promise<TrafficStatus> => ask<TrafficStatus>(folder, endpoint, "POST", "/admin/abort", { reason, by });

/** Where a rollback goes, and who asks for it. */
export interface RollBackOptions {
  /** The version to go back to, however far: deployed, and one that served everybody before. @default the way back of the plan */
  readonly to?: string;
  /** @default the user of this process and its machine */
  readonly by?: string;
}

/** Takes the traffic back; twice is once. @throws GatewayUnreachable; RouteRefused when `to` is no way back */
export const rollBackRoute = (
  folder: StateFolder,
  endpoint: string,
  reason: string,
  { to, by = whoAsks() }: RollBackOptions = {},
): Promise<TrafficStatus> =>
  ask<TrafficStatus>(folder, endpoint, "POST", "/admin/rollback", { reason, by, ...(to !== undefined && { to }) });

/** What the running rollout, or the last one, was judged on. @throws GatewayUnreachable */
export const readEvidence = (folder: StateFolder, endpoint: string): Promise<RolloutEvidence> =>
  ask<RolloutEvidence>(folder, endpoint, "GET", "/admin/evidence");

/**
 * Why the gateway would refuse a plan; undefined when it would take it. A gateway that does not answer is not needed:
 * its files are judged by the same rules.
 * @throws HostError when they cannot be read
 */
export async function checkRoute(
  folder: StateFolder,
  endpoint: string,
  document: RouteDocument,
): Promise<RouteRefused | undefined> {
  try {
    await ask<unknown>(folder, endpoint, "POST", "/admin/route/check", document);
    return undefined;
  } catch (error) {
    if (error instanceof RouteRefused) return error;
    // A gateway of an earlier version does not know the question.
    if (!(error instanceof GatewayUnreachable || (error instanceof AdminError && error.status === 404))) throw error;
    const refusal = refusalFromFiles(folder, endpoint, document.plan);
    return refusal && new RouteRefused(refusal);
  }
}

/** Undefined when there is no gateway, or it has no plan. */
export async function readRouteStatus(folder: StateFolder, endpoint: string): Promise<TrafficStatus | undefined> {
  try {
    return await ask<TrafficStatus>(folder, endpoint, "GET", "/admin/status");
  } catch (error) {
    if (error instanceof GatewayUnreachable || (error instanceof AdminError && error.status === 404)) return undefined;
    throw error;
  }
}

/** Stops serving. Nothing to do when no gateway answers. */
export async function removeRoute(folder: StateFolder, endpoint: string): Promise<void> {
  try {
    await ask<unknown>(folder, endpoint, "DELETE", "/admin/route");
  } catch (error) {
    if (!(error instanceof GatewayUnreachable)) throw error;
  }
}

/** An answer that is no success. */
export class AdminError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

async function ask<Answer>(
  folder: StateFolder,
  endpoint: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<Answer> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const answer = await tryOnce(folder, endpoint, method, path, body);
    if (answer !== undefined && answer.status !== 503) return read<Answer>(answer);
    if (performance.now() > deadline) {
      throw new GatewayUnreachable(`the gateway of ${endpoint} does not answer; run \`mlc doctor\``);
    }
    await sleep(50);
  }
}

interface RawAnswer {
  readonly status: number;
  readonly text: string;
}

function read<Answer>({ status, text }: RawAnswer): Answer {
  const document: unknown = JSON.parse(text);
  if (status === 409) throw new RouteRefused(document as Refusal);
  if (status !== 200) throw new AdminError(status, (document as { readonly error: string }).error);
  return document as Answer;
}

/** Undefined when nobody answers. The claim and the token are read each time: another process may have come. */
function tryOnce(
  folder: StateFolder,
  endpoint: string,
  method: string,
  path: string,
  body: unknown,
): Promise<RawAnswer | undefined> {
  const paths = gatewayPaths(endpoint);
  const claim = readClaim(folder.path(paths.gateway));
  // Who else has its port since is neither given the token nor believed.
  if (claim === undefined || !isAliveClaimant(claim)) return Promise.resolve(undefined);
  const content = body === undefined ? "" : JSON.stringify(body);
  return new Promise((resolve) => {
    const sent = request(
      {
        host: "127.0.0.1",
        port: claim.adminPort,
        method,
        path,
        agent: false,
        timeout: PATIENCE_MS,
        headers: {
          authorization: `Bearer ${readFileSync(folder.path(paths.adminToken), "utf8").trim()}`,
          "content-length": Buffer.byteLength(content),
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
        response.on("error", () => resolve(undefined));
      },
    );
    sent.on("timeout", () => sent.destroy());
    sent.on("error", () => resolve(undefined));
    sent.end(content);
  });
}
