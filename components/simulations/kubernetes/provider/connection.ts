import { setTimeout } from "node:timers/promises";
import type { Answer } from "../api/answer.ts";
import type { ApiRequest } from "../api/request.ts";
import { SimulatedApi, type SimulationSettings } from "../api/simulated-api.ts";

/** The way to a cluster, simulated or real. */
export interface Connection {
  send(request: ApiRequest): Promise<Answer>;
  /** Lets seconds pass; where the clock is simulated, a moment for however many. */
  wait(seconds: number): Promise<void>;
}

/** What a program does at once happens in a wait of one of its objects, and not after the last of them. Unit: ms. */
const MOMENT = 50;

/**
 * A simulated cluster kept in a folder. It is read again for each request: the engine starts a process for each provider
 * of a program, and all of them mean the same cluster.
 */
export const inFolder = (settings: SimulationSettings): Connection => ({
  send: async (request) => new SimulatedApi(settings).send(request),
  async wait(seconds) {
    await setTimeout(MOMENT);
    new SimulatedApi(settings).advance(seconds);
  },
});

/** An API server by plain HTTP. What it answers counts. @param url without a path @param token of whoever deploys */
export const onServer = (url: string, token: string): Connection => ({
  async send({ method, path, body, contentType = "application/json" }) {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": contentType },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch((error: Error) => {
      throw new Error(`configured Kubernetes cluster is unreachable: ${method} ${url}: ${causeOf(error)}`);
    });
    const text = await answer.text();
    return { status: answer.status, body: text.startsWith("{") ? JSON.parse(text) : { message: text } };
  },
  wait: async (seconds) => void (await setTimeout(seconds * 1000)),
});

/** Why `fetch` failed: it says that itself only of what it was given. */
const causeOf = ({ message, cause }: Error): string => (cause instanceof Error ? cause.message : message);

/** The variables that say which cluster is meant. */
export interface ClusterVariables {
  /** Folder of a simulated cluster, absolute. */
  readonly KUBERNETES_SIMULATION_FOLDER?: string;
  /** Rules of it that do not hold, by name, with commas between. */
  readonly KUBERNETES_SIMULATION_OFF?: string;
  /** Instead of a folder: URL of an API server; its authority's certificate is named by NODE_EXTRA_CA_CERTS. */
  readonly KUBERNETES_SIMULATION_SERVER?: string;
  readonly KUBERNETES_SIMULATION_TOKEN?: string;
}

/** @throws Error that says which variable is missing */
export function connectionBy(variables: ClusterVariables): Connection {
  const { KUBERNETES_SIMULATION_FOLDER: folder, KUBERNETES_SIMULATION_OFF: off = "" } = variables;
  const { KUBERNETES_SIMULATION_SERVER: server, KUBERNETES_SIMULATION_TOKEN: token = "" } = variables;
  if (server !== undefined) return onServer(server, token);
  if (folder !== undefined) return inFolder({ folder, off: off.split(",") });
  throw new Error(
    "Which cluster is simulated? Set KUBERNETES_SIMULATION_FOLDER to an absolute path where it is kept, or KUBERNETES_SIMULATION_SERVER and KUBERNETES_SIMULATION_TOKEN to a real API server.",
  );
}
