import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Cluster } from "../control-plane/index.ts";
import { type ApiObject, keyOf, watch } from "../control-plane/watch.ts";
import { type Behaviour, PodCounts } from "./behaviour.ts";

/** The pods' side of the pod network. */
export interface Pods extends AsyncDisposable {
  /** Changes how the pods of this version answer, those that run and those that will. */
  readonly behave: (version: string, behaviour: Behaviour) => void;
  /** Requests that reached each version's pods. */
  readonly reached: (version: string) => number;
  /** Pods of this version that answer now. */
  readonly serving: (version: string) => number;
  /** Where each pod's metrics are, with what tells it from others, in the form of Prometheus' HTTP discovery. */
  readonly targets: () => readonly Target[];
}

interface Pod extends ApiObject {
  readonly spec: {
    readonly containers: readonly {
      readonly ports?: readonly { readonly containerPort: number }[];
      readonly lifecycle?: { readonly preStop?: { readonly sleep?: { readonly seconds: number } } };
    }[];
  };
  readonly status?: { readonly podIP?: string };
}

export interface Target {
  readonly targets: readonly [string];
  readonly labels: Readonly<Record<string, string>>;
}

/** A pod that has an address, with a server of its own there. */
interface Served {
  readonly version: string;
  readonly host: string;
  readonly server: Server;
  readonly target: Target;
  readonly listen: () => void;
}

const VERSION = "model-lifecycle.dev/version";
const MODEL = "model-lifecycle.dev/model";

/**
 * Listens on the address of every pod that carries a version's label, where kwok says that it runs. The network
 * namespace must take the pod network as local: `ip route add local 10.0.0.0/16 dev lo`.
 *
 * A stand-in for model servers: real requests to real addresses, answered without a model. There is no kubelet, so no
 * probe, image pull or hook is run; a pod that is deleted answers for the seconds of its `preStop.sleep` and is gone.
 */
export async function startPods({ api }: Cluster): Promise<Pods> {
  const behaviours = new Map<string, Behaviour>();
  const reached = new Map<string, number>();
  const served = new Map<string, Served>();
  /** Of pods that are gone and still answer, by their address. */
  const leaving = new Map<string, Server>();
  const behaviourOf = (version: string): Behaviour => behaviours.get(version) ?? {};

  const answer = async (
    pod: Pod,
    version: string,
    counts: PodCounts,
    request: IncomingMessage,
    response: ServerResponse,
  ) => {
    const model = pod.metadata.labels?.[MODEL] ?? "";
    if (request.url === "/metrics") return void response.end(counts.render(model, version));
    reached.set(version, (reached.get(version) ?? 0) + 1);
    request.resume();
    const { delayMs, failing = 0, feedback = {} } = behaviourOf(version);
    if (delayMs !== undefined) await sleep(delayMs(Math.random()));
    const code = Math.random() < failing ? 500 : 200;
    counts.answered(code);
    if (code === 200) {
      for (const [metric, draw] of Object.entries(feedback)) counts.judged(metric, draw(Math.random()));
    }
    response.writeHead(code, { "content-type": "application/json", "x-pod": pod.metadata.name });
    response.end(JSON.stringify({ model_name: model, model_version: version, outputs: [] }));
  };

  const add = (key: string, pod: Pod): void => {
    const version = pod.metadata.labels?.[VERSION];
    const host = pod.status?.podIP;
    if (version === undefined || host === undefined || served.has(key)) return;
    const port = pod.spec.containers[0]?.ports?.[0]?.containerPort ?? 8080;
    const counts = new PodCounts();
    const server = createServer((request, response) => void answer(pod, version, counts, request, response));
    // Envoy keeps idle connections for an hour: whoever closes one sooner resets the request that has just come on it.
    server.keepAliveTimeout = 0;
    const listen = (): void => {
      if (!server.listening && behaviourOf(version).refuses !== true) server.listen({ host, port });
    };
    const labels = { namespace: pod.metadata.namespace ?? "", pod: pod.metadata.name };
    // kwok gives an address away again at once.
    leave(host);
    served.set(key, { version, host, server, target: { targets: [`${host}:${port}`], labels }, listen });
    listen();
  };

  const leave = (host: string): void => {
    const server = leaving.get(host);
    if (server !== undefined) close(server);
    leaving.delete(host);
  };
  const remove = (key: string, { host, server }: Served, pod: Pod | undefined): void => {
    served.delete(key);
    leaving.set(host, server);
    const seconds = pod?.spec.containers[0]?.lifecycle?.preStop?.sleep?.seconds ?? 0;
    setTimeout(() => leaving.get(host) === server && leave(host), seconds * 1000).unref();
  };

  const former = new Map<string, Pod>();
  const changed = (): void => {
    for (const [key, each] of served) {
      if (!pods.objects.has(key)) remove(key, each, former.get(key));
    }
    for (const pod of pods.objects.values()) {
      former.set(keyOf(pod), pod);
      add(keyOf(pod), pod);
    }
  };
  let started = false;
  const pods = await watch<Pod>(api, "/api/v1/pods", () => started && changed());
  started = true;
  changed();

  return {
    behave: (version, behaviour) => {
      behaviours.set(version, behaviour);
      for (const each of served.values()) {
        if (each.version !== version) continue;
        if (behaviour.refuses === true) close(each.server);
        else each.listen();
      }
    },
    reached: (version) => reached.get(version) ?? 0,
    serving: (version) =>
      [...served.values()].filter((each) => each.version === version && each.server.listening).length,
    targets: () => [...served.values()].map(({ target }) => target),
    [Symbol.asyncDispose]: async () => {
      await pods.stop();
      for (const { server } of served.values()) close(server);
    },
  };
}

function close(server: Server): void {
  server.close();
  server.closeAllConnections();
}
