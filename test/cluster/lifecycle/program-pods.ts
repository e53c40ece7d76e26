import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../../components/host/free-port.ts";
import type { Cluster } from "../control-plane/index.ts";
import { type Leashed, startLeashed } from "../control-plane/leash.ts";
import { waitUntilServing } from "../control-plane/serving.ts";
import { type ApiObject, keyOf, watch } from "../control-plane/watch.ts";

/** A pod that runs code out of a ConfigMap, as the library's own do. */
interface ProgramPod extends ApiObject {
  readonly spec: {
    readonly serviceAccountName?: string;
    /** False: it is given no token. */
    readonly automountServiceAccountToken?: boolean;
    readonly containers: readonly {
      readonly name: string;
      readonly args?: readonly string[];
      readonly ports?: readonly { readonly containerPort: number }[];
    }[];
    readonly volumes?: readonly { readonly configMap?: { readonly name: string } }[];
  };
  readonly status?: { readonly podIP?: string };
}

/** What runs for one pod. */
interface Running {
  readonly process: Leashed;
  /** Takes what comes to the pod's address. */
  readonly door: Server;
  readonly folder: string;
}

/** The processes of the library's own pods. */
export interface ProgramPods extends AsyncDisposable {
  /** Processes of a component that answer now. */
  readonly serving: (component: string) => Promise<number>;
  /** Kills the process of a component as if its node had died, and starts it anew as a kubelet would. */
  readonly restart: (component: string) => Promise<void>;
}

const COMPONENT = "app.kubernetes.io/component";
/** The container that runs a program of the library. */
const CONTAINER = "node";
/** Where each of them says that it serves. */
const READY = "/healthz";

/**
 * Runs what the pods of the library's own programs run: the very files of their ConfigMaps, with their arguments, and
 * with a token that the API server gives for their ServiceAccount.
 *
 * A stand-in for a kubelet: the programs are real, and so are their rights; no image, mount, probe or limit is. A pod's
 * port is a free one here, and what comes to the pod's address is passed on to it; what comes before it serves waits,
 * because kwok calls a pod ready at once.
 */
export async function startProgramPods(cluster: Cluster): Promise<ProgramPods> {
  const { api } = cluster;
  const running = new Map<string, { readonly pod: ProgramPod; readonly started: Promise<Running> }>();
  const changed = (): void => {
    for (const [key, { started }] of running) {
      if (pods?.objects.has(key)) continue;
      running.delete(key);
      void started.then(end);
    }
    for (const pod of pods?.objects.values() ?? []) {
      const isOurs = pod.spec.containers[0]?.name === CONTAINER && pod.metadata.labels?.[COMPONENT] !== undefined;
      const host = pod.status?.podIP;
      if (!isOurs || host === undefined || running.has(keyOf(pod))) continue;
      running.set(keyOf(pod), { pod, started: start(cluster, pod, host) });
    }
  };
  let pods: Awaited<ReturnType<typeof watch<ProgramPod>>> | undefined;
  pods = await watch<ProgramPod>(api, "/api/v1/pods", changed);
  changed();
  const of = (component: string) =>
    [...running].filter(([, { pod }]) => pod.metadata.labels?.[COMPONENT] === component);
  return {
    serving: async (component) => (await Promise.all(of(component).map(([, { started }]) => started))).length,
    restart: async (component) => {
      for (const [key, { pod, started }] of of(component)) {
        await end(await started);
        running.set(key, { pod, started: start(cluster, pod, pod.status?.podIP ?? "") });
      }
    },
    [Symbol.asyncDispose]: async () => {
      await pods?.stop();
      await Promise.all([...running.values()].map(async ({ started }) => end(await started)));
    },
  };
}

async function start(cluster: Cluster, pod: ProgramPod, host: string): Promise<Running> {
  const { namespace = "", name } = pod.metadata;
  const { containers, volumes = [], serviceAccountName = "", automountServiceAccountToken = true } = pod.spec;
  const [container] = containers;
  const port = container?.ports?.[0]?.containerPort ?? 0;
  const own = await freePort();
  const folder = mkdtempSync(join(tmpdir(), "mlc-program-"));
  let serve = (): void => {};
  const served = new Promise<void>((resolve) => {
    serve = resolve;
  });
  const door = openDoor(host, port, own, served);
  for (const { configMap } of volumes) {
    if (configMap === undefined) continue;
    const path = `/api/v1/namespaces/${namespace}/configmaps/${configMap.name}`;
    const { data = {} } = await cluster.api.get<{ readonly data?: Readonly<Record<string, string>> }>(path);
    for (const [file, text] of Object.entries(data)) writeFileSync(join(folder, file), text);
  }
  const [, ...args] = (container?.args ?? []).map((each) => each.replace(/^\/code\//, `${folder}/`));
  const process = startLeashed({
    name,
    path: globalThis.process.execPath,
    args: automountServiceAccountToken
      ? [...args, ...(await access(cluster, namespace, serviceAccountName, folder, own))]
      : args.map((each) => (each === String(port) ? String(own) : each)),
    log: join(folder, "log"),
  });
  await waitUntilServing(`http://127.0.0.1:${own}${READY}`, process);
  serve();
  return { process, door, folder };
}

/** What a kubelet mounts, and what a program is told instead where there is none. */
async function access(
  { api, url, ca }: Cluster,
  namespace: string,
  account: string,
  folder: string,
  port: number,
): Promise<readonly string[]> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`;
  const request = { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: {} };
  const { status, body } = await api.send("POST", path, request);
  if (status !== 201) throw new Error(`no token for ${account}: ${status}`);
  const token = join(folder, "secrets", "token");
  mkdirSync(join(folder, "secrets"));
  writeFileSync(token, String(body.status.token), { mode: 0o600 });
  return ["--server", url, "--token-file", token, "--ca-file", ca, "--port", String(port)];
}

/** @param served when the program answers at its own port */
function openDoor(host: string, port: number, to: number, served: Promise<void>): Server {
  const door = createServer({ pauseOnConnect: true }, async (socket) => {
    socket.on("error", () => socket.destroy());
    await served;
    const inner = connect(to, "127.0.0.1");
    socket.pipe(inner).pipe(socket);
    for (const each of [socket, inner]) each.on("error", () => void [socket.destroy(), inner.destroy()]);
    socket.resume();
  });
  return door.listen({ host, port });
}

async function end({ process, door, folder }: Running): Promise<void> {
  await process.stop();
  door.close();
  rmSync(folder, { recursive: true, force: true });
}
