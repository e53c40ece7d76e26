import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type Answer, badRequest, denied, Refusal } from "./api/answer.ts";
import { targetOf } from "./api/request.ts";
import { SimulatedApi, type SimulationSettings } from "./api/simulated-api.ts";
import { type Grant, refusalBy } from "./grants.ts";

/** A simulated cluster that listens on this machine. */
export interface SimulatedCluster extends AsyncDisposable {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** Of somebody who may do everything. */
  readonly token: string;
  /** The same cluster without HTTP. */
  readonly api: SimulatedApi;
  /** A token of somebody who may do what a Role says, and nothing else. */
  grant(grant: Grant): string;
  stop(): Promise<void>;
}

const ADMIN: Grant = { user: "admin" };

/**
 * Starts a simulated cluster on a free port of the loopback interface: what reads and writes objects of a cluster can
 * run against it. Requests are answered one after the other; nothing is watched.
 */
export async function startSimulatedCluster(settings: SimulationSettings = {}): Promise<SimulatedCluster> {
  const api = new SimulatedApi(settings);
  const token = randomUUID();
  const grants = new Map([[token, ADMIN]]);
  const server = createServer((request, response) => {
    void answered(api, grants, request).then(({ status, body }) => {
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const stop = (): Promise<void> => close(server);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token,
    api,
    grant: (grant) => {
      const own = randomUUID();
      grants.set(own, grant);
      return own;
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

async function answered(
  api: SimulatedApi,
  grants: ReadonlyMap<string, Grant>,
  request: IncomingMessage,
): Promise<Answer> {
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = "GET", url = "/", headers } = request;
    const grant = grants.get((headers.authorization ?? "").replace(/^Bearer /, ""));
    if (grant === undefined) throw new Refusal(401, "Unauthorized", "Unauthorized");
    const target = targetOf(new URL(url, "http://cluster").pathname);
    const refusal = refusalBy(grant, method, target);
    if (refusal !== undefined) throw denied({ kind: target.kind, name: target.name ?? "" }, refusal);
    const text = Buffer.concat(chunks).toString();
    const contentType = headers["content-type"] ?? "application/json";
    return api.send({ method, path: url, contentType, ...(text === "" ? {} : { body: parsed(text) }) });
  } catch (error) {
    if (error instanceof Refusal) return error.answer;
    return new Refusal(500, "InternalError", error instanceof Error ? error.message : String(error)).answer;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw badRequest(`the body of the request is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
