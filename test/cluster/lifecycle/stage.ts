import { readKept, STATE_KEY } from "../../../components/platforms/kubernetes/controller/index.ts";
import type { Kept } from "../../../components/platforms/kubernetes/controller/kept.ts";
import { stateName } from "../../../components/platforms/kubernetes/route/names.ts";
import type { Release } from "../../../components/release/index.ts";
import { type Cluster, startCluster } from "../control-plane/index.ts";
import { type Gateway, startGateway } from "../gateway/index.ts";
import { type Clients, startClients } from "../traffic/clients.ts";
import { type Pods, startPods } from "../traffic/pods.ts";
import { type ClusterPrometheus, startClusterPrometheus } from "../traffic/prometheus.ts";
import { type Ledger, openLedger } from "./ledger.ts";
import { type ClusterProgram, openProgram } from "./program.ts";
import { type ProgramPods, startProgramPods } from "./program-pods.ts";

export const MODEL = "sentiment";
export const NAMESPACE = "models";
export const HOST = "sentiment.example.com";

/** Seconds between two scrapes: the least that a document may name. */
export const SCRAPE_SECONDS = 1;

/** An endpoint in a cluster with everything around it that it needs to live: traffic, a gateway, a Prometheus. */
export interface Stage {
  readonly cluster: Cluster;
  readonly pods: Pods;
  readonly programs: ProgramPods;
  readonly program: ClusterProgram;
  readonly gateway: Gateway;
  readonly ledger: Ledger;
  /** Callers at a steady rate, whose answers stand in the ledger. */
  readonly send: (perSecond: number) => Clients;
  /** A document of these versions, one of which serves. */
  readonly document: (versions: readonly string[], rollout: Release["rollout"], more?: Partial<Release>) => Release;
  /** What the controller keeps; undefined before its first pass. */
  readonly kept: () => Promise<Kept | undefined>;
  readonly stop: () => Promise<void>;
}

/** Starts all of it, and deploys nothing yet. */
export async function openStage(): Promise<Stage> {
  const open: AsyncDisposable[] = [];
  const keep = <Part extends AsyncDisposable>(part: Part): Part => {
    open.unshift(part);
    return part;
  };
  const stop = async (): Promise<void> => {
    for (const part of open) await part[Symbol.asyncDispose]();
  };
  try {
    const cluster = keep(await startCluster());
    for (const name of [NAMESPACE, GATEWAYS]) {
      await cluster.api.create("/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name } });
    }
    const gateway = keep(await startGateway(cluster, "envoy", { namespace: GATEWAYS, name: "public" }));
    const pods = keep(await startPods(cluster));
    const prometheus = keep(await startClusterPrometheus(gateway, pods, SCRAPE_SECONDS));
    const programs = keep(await startProgramPods(cluster));
    const ledger = keep(await openLedger(cluster, NAMESPACE, MODEL));
    const program = keep(await openProgram(cluster));
    return {
      ...{ cluster, pods, programs, program, gateway, ledger, stop },
      send: (perSecond) => keep(startClients(gateway.url, HOST, perSecond, { hear: ledger.hear })),
      document: (versions, rollout, more) => documentOf(prometheus, versions, rollout, more),
      kept: () => keptIn(cluster),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

const GATEWAYS = "gateways";

/** Fast steps: each is left after seconds, on evidence all the same. */
const documentOf = (
  { url }: ClusterPrometheus,
  versions: readonly string[],
  rollout: Release["rollout"],
  more: Partial<Release> = {},
): Release => ({
  model: { name: MODEL, owner: "nlp-platform", riskTier: "low", notice: "1 second" },
  platform: {
    kind: "kubernetes",
    namespace: NAMESPACE,
    gateway: { kind: "envoy", name: "public", namespace: GATEWAYS },
    hosts: [HOST],
    prometheus: { url, interval: `${SCRAPE_SECONDS} second` },
    server: { drain: "3 seconds" },
    replicas: { least: "2", most: "4" },
  },
  versions: Object.fromEntries(versions.map((version) => [version, imageOf(version)])),
  rollout: {
    steps: ["5%", "25%", "50%", "100%"],
    bake: "4 seconds",
    warmUp: "1 second",
    guards: [
      { metric: "errorRate", margin: "2pp" },
      { metric: "positiveRate", margin: "10pp", direction: "either", source: "feedback", matures: "1 second" },
    ],
    ...rollout,
  },
  ...more,
});

/** No image is pulled here: its digest is a name. */
const imageOf = (version: string) =>
  ({
    source: {
      kind: "oci",
      image: `registry.example/nlp/sentiment:${version}`,
      sha256: Buffer.from(version).toString("hex").padEnd(64, "0"),
    },
  }) as const;

async function keptIn({ api }: Cluster): Promise<Kept | undefined> {
  const { data } = await api.get<{ readonly data?: Readonly<Record<string, string>> }>(
    `/api/v1/namespaces/${NAMESPACE}/configmaps/${stateName(MODEL)}`,
  );
  const text = data?.[STATE_KEY];
  return text === undefined ? undefined : readKept(text);
}
