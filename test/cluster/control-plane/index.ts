import { generateKeyPairSync, randomUUID } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../../../components/host/free-port.ts";
import { findPrograms } from "../binaries/index.ts";
import { type Api, openApi } from "./api.ts";
import {
  apiServerArguments,
  controllerManagerArguments,
  etcdArguments,
  filesOf,
  kwokArguments,
  type Place,
  schedulerArguments,
} from "./arguments.ts";
import { applyDefinitions } from "./definitions.ts";
import { expectAlive, type Leashed, startLeashed } from "./leash.ts";

/** A real control plane on loopback, whose nodes and pods are kwok's. */
export interface Cluster extends AsyncDisposable {
  /** `https://127.0.0.1:<port>`. */
  readonly url: string;
  /** Of a user in `system:masters`. */
  readonly token: string;
  /** Path of the certificate of the authority that signed the server's. */
  readonly ca: string;
  /** Path of a kubeconfig with all three. */
  readonly kubeconfig: string;
  readonly api: Api;
  /** Ends every process and removes every file. */
  readonly stop: () => Promise<void>;
}

/** Starts etcd, API server, controller-manager, scheduler and kwok, and gives them when a pod could run. */
export async function startCluster(): Promise<Cluster> {
  const programs = await findPrograms([
    ...(["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok"] as const),
  ]);
  removeAbandoned();
  const folder = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
  const running: Leashed[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(running.map((each) => each.stop()));
    rmSync(folder, { recursive: true, force: true });
  };
  const start = (name: keyof typeof programs, args: readonly string[]): void =>
    void running.push(startLeashed({ name, path: programs[name], args, log: join(folder, `${name}.log`) }));
  try {
    const place = { folder, ports: await choosePorts() };
    const files = filesOf(place);
    const token = writeCredentials(place);
    const url = `https://127.0.0.1:${place.ports.api}`;
    start("etcd", etcdArguments(place));
    start("kube-apiserver", apiServerArguments(place));
    const api = await waitForApi(url, token, files.ca, running);
    writeFileSync(files.kubeconfig, renderKubeconfig(url, token, files.ca), { mode: 0o600 });
    start("kube-controller-manager", controllerManagerArguments(place));
    start("kube-scheduler", schedulerArguments(place));
    start("kwok", kwokArguments(place));
    await api.apply(`/api/v1/nodes/${NODE.metadata.name}`, NODE);
    await applyDefinitions(api);
    await waitForNode(api, running);
    const stopAll = async (): Promise<void> => {
      await api[Symbol.asyncDispose]();
      await stop();
    };
    return {
      url,
      token,
      ca: files.ca,
      kubeconfig: files.kubeconfig,
      api,
      stop: stopAll,
      [Symbol.asyncDispose]: stopAll,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

const PREFIX = "mlc-cluster-";

/** Folders whose process was killed: what ran in them ended with it. */
function removeAbandoned(): void {
  for (const name of readdirSync(tmpdir()).filter((each) => each.startsWith(PREFIX))) {
    const pid = Number.parseInt(name.slice(PREFIX.length), 10);
    if (!runs(pid)) rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function choosePorts(): Promise<Place["ports"]> {
  const chosen = new Set<number>();
  while (chosen.size < 4) chosen.add(await freePort());
  const [etcd = 0, etcdPeer = 0, api = 0, kwok = 0] = chosen;
  return { etcd, etcdPeer, api, kwok };
}

/** Writes the keys of service-account tokens and the one user's token, and gives that. */
function writeCredentials(place: Place): string {
  const files = filesOf(place);
  const { privateKey, publicKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  const token = randomUUID();
  writeFileSync(files.privateKey, privateKey, { mode: 0o600 });
  writeFileSync(files.publicKey, publicKey);
  writeFileSync(files.tokens, `${token},admin,admin,"system:masters"\n`, { mode: 0o600 });
  return token;
}

const renderKubeconfig = (url: string, token: string, ca: string): string => `apiVersion: v1
kind: Config
current-context: cluster
contexts: [{ name: cluster, context: { cluster: cluster, user: admin, namespace: default } }]
clusters: [{ name: cluster, cluster: { server: "${url}", certificate-authority: "${ca}" } }]
users: [{ name: admin, user: { token: "${token}" } }]
`;

async function waitForApi(url: string, token: string, ca: string, running: readonly Leashed[]): Promise<Api> {
  for (;;) {
    running.forEach(expectAlive);
    const api = tryOpen(url, token, ca);
    const answer = await api?.send("GET", "/readyz").catch(() => undefined);
    if (api !== undefined && answer?.status === 200) return api;
    await api?.[Symbol.asyncDispose]();
    await sleep(100);
  }
}

/** The certificate is written by the server itself. */
function tryOpen(url: string, token: string, ca: string): Api | undefined {
  try {
    return openApi(url, token, ca);
  } catch {
    return undefined;
  }
}

const ROOM = { cpu: "1000", memory: "1000Gi", pods: "5000" };

/** A node of kwok's that takes every pod. */
const NODE = {
  apiVersion: "v1",
  kind: "Node",
  metadata: {
    name: "node-1",
    annotations: { "kwok.x-k8s.io/node": "fake" },
    labels: { "kubernetes.io/hostname": "node-1", "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64" },
  },
  status: { allocatable: ROOM, capacity: ROOM },
};

interface Node {
  readonly spec: { readonly taints?: readonly unknown[] };
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** A new node carries a taint until the controller-manager has seen that it is ready. */
async function waitForNode(api: Api, running: readonly Leashed[]): Promise<void> {
  for (;;) {
    running.forEach(expectAlive);
    const { spec, status } = await api.get<Node>(`/api/v1/nodes/${NODE.metadata.name}`);
    const ready = status?.conditions?.some((each) => each.type === "Ready" && each.status === "True") ?? false;
    const account = await api.send("GET", "/api/v1/namespaces/default/serviceaccounts/default");
    if (ready && (spec.taints ?? []).length === 0 && account.status === 200) return;
    await sleep(100);
  }
}
