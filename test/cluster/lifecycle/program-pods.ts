import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../../components/host/free-port.ts";
import type { Cluster } from "../control-plane/index.ts";
import { type Leashed, startLeashed } from "../control-plane/leash.ts";
import { type ApiObject, keyOf, watch } from "../control-plane/watch.ts";

/** A pod that runs code out of a ConfigMap, as the library's own do. */
interface ProgramPod extends ApiObject {
  readonly spec: {
    readonly serviceAccountName?: string;
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
  readonly door: Server | undefined;
  readonly folder: string;
}

/** The processes of the library's own pods. */
export interface ProgramPods extends AsyncDisposable {
  /** Kills the process of a component as if its node had died, and starts it anew as a kubelet would. */
  readonly restart: (component: string) => Promise<void>;
}

const COMPONENT = "app.kubernetes.io/component";
/** The container that runs a program of the library. */
const CONTAINER = "node";

/**
 * Runs what the pods of the library's own programs run: the very files of their ConfigMaps, with their arguments, and
 * with a token that the API server gives for their ServiceAccount.
 *
 * A stand-in for a kubelet: the programs are real, and so are their rights; no image, mount, probe or limit is. A pod's
 * port is a free one here, and what comes to the pod's address is passed on to it.
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
      if (!isOurs || pod.status?.podIP === undefined || running.has(keyOf(pod))) continue;
      running.set(keyOf(pod), { pod, started: start(cluster, pod) });
    }
  };
  let pods: Awaited<ReturnType<typeof watch<ProgramPod>>> | undefined;
  pods = await watch<ProgramPod>(api, "/api/v1/pods", changed);
  changed();
  const of = (component: string) =>
    [...running].filter(([, { pod }]) => pod.metadata.labels?.[COMPONENT] === component);
  return {
    restart: async (component) => {
      for (const [key, { pod, started }] of of(component)) {
        await end(await started);
        running.set(key, { pod, started: start(cluster, pod) });
      }
    },
    [Symbol.asyncDispose]: async () => {
      await pods?.stop();
      await Promise.all([...running.values()].map(async ({ started }) => end(await started)));
    },
  };
}

async function start(cluster: Cluster, pod: ProgramPod): Promise<Running> {
  const folder = mkdtempSync(join(tmpdir(), "mlc-program-"));
  const { namespace = "", name } = pod.metadata;
  for (const { configMap } of pod.spec.volumes ?? []) {
    if (configMap === undefined) continue;
    const path = `/api/v1/namespaces/${namespace}/configmaps/${configMap.name}`;
    const { data = {} } = await cluster.api.get<{ readonly data?: Readonly<Record<string, string>> }>(path);
    for (const [file, text] of Object.entries(data)) writeFileSync(join(folder, file), text);
  }
  const [container] = pod.spec.containers;
  const [, ...args] = (container?.args ?? []).map((each) => each.replace(/^\/code\//, `${folder}/`));
  const port = container?.ports?.[0]?.containerPort ?? 0;
  const own = await freePort();
  const account = pod.spec.serviceAccountName;
  const asPod = account === undefined ? args.map((each) => (each === String(port) ? String(own) : each)) : args;
  const process = startLeashed({
    name,
    path: globalThis.process.execPath,
    args: [...asPod, ...(account === undefined ? [] : await access(cluster, namespace, account, folder, own))],
    log: join(folder, "log"),
  });
  const door = pod.status?.podIP === undefined ? undefined : openDoor(pod.status.podIP, port, own);
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

function openDoor(host: string, port: number, to: number): Server {
  const door = createServer((socket) => {
    const inner = connect(to, "127.0.0.1");
    socket.pipe(inner).pipe(socket);
    for (const each of [socket, inner]) each.on("error", () => void [socket.destroy(), inner.destroy()]);
  });
  return door.listen({ host, port });
}

async function end({ process, door, folder }: Running): Promise<void> {
  await process.stop();
  door?.close();
  rmSync(folder, { recursive: true, force: true });
}
