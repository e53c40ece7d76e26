import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../../components/host/free-port.ts";
import { type Cluster, startCluster } from "../control-plane/index.ts";
import { startLeashed } from "../control-plane/leash.ts";
import { waitUntilServing } from "../control-plane/serving.ts";
import { type Gateway, startGateway } from "../gateway/index.ts";
import { type Asking, type Clients, startClients } from "../traffic/clients.ts";
import { type Pods, startPods } from "../traffic/pods.ts";
import { type ClusterPrometheus, startClusterPrometheus } from "../traffic/prometheus.ts";

/** Where every endpoint lives, and where the Gateway is. */
export const NAMESPACE = "models";
export const GATEWAY = { namespace: "gateways", name: "public" } as const;

/** Seconds between two scrapes: the least that a document may name. */
export const SCRAPE_SECONDS = 1;

/** A cluster with all that endpoints need to live: a Gateway, pods that answer, callers, a Prometheus. */
export interface TestBed extends AsyncDisposable {
  readonly cluster: Cluster;
  readonly gateway: Gateway;
  readonly pods: Pods;
  readonly prometheus: ClusterPrometheus;
  /** Callers of a host at a steady rate. */
  readonly send: (host: string, perSecond: number, asking?: Asking) => Clients;
  /** Runs a server in a folder of its own, waits until it serves, and gives its port. */
  readonly run: (server: BedServer) => Promise<number>;
  /** Is ended with the bed, before what it rests on. */
  readonly keep: <Part extends AsyncDisposable>(part: Part) => Part;
}

/** A server that runs as long as its bed. */
interface BedServer {
  readonly name: string;
  /** Its executable. */
  readonly path: string;
  /** @param port free, where `ready` is asked for @param folder empty, and its own */
  readonly args: (port: number, folder: string) => readonly string[];
  /** The path that answers 200 once it serves. */
  readonly ready: string;
}

/**
 * Starts all of it; no endpoint is there yet.
 * @param add what stands on it; when that fails, all of it ends
 */
export async function openTestBed<More extends object>(add: (bed: TestBed) => Promise<More>): Promise<TestBed & More> {
  const open: AsyncDisposable[] = [];
  const keep = <Part extends AsyncDisposable>(part: Part): Part => {
    open.unshift(part);
    return part;
  };
  const end = async (): Promise<void> => {
    for (const part of open) await part[Symbol.asyncDispose]();
  };
  try {
    const cluster = keep(await startCluster());
    for (const name of [NAMESPACE, GATEWAY.namespace]) {
      await cluster.api.create("/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name } });
    }
    const gateway = keep(await startGateway(cluster, "envoy", GATEWAY));
    const pods = keep(await startPods(cluster));
    const prometheus = keep(await startClusterPrometheus(gateway, pods, SCRAPE_SECONDS));
    const bed: TestBed = {
      ...{ cluster, gateway, pods, prometheus, keep },
      send: (host, perSecond, asking) => keep(startClients(gateway.url, host, perSecond, asking)),
      run: (server) => run(keep, server),
      [Symbol.asyncDispose]: end,
    };
    return { ...bed, ...(await add(bed)) };
  } catch (error) {
    await end();
    throw error;
  }
}

async function run(keep: TestBed["keep"], { name, path, args, ready }: BedServer): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), `mlc-${name}-`));
  const port = await freePort();
  const server = startLeashed({ name, path, args: args(port, folder), log: join(folder, "log") });
  keep({
    [Symbol.asyncDispose]: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  });
  await waitUntilServing(`http://127.0.0.1:${port}${ready}`, server);
  return port;
}
