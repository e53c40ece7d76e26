import { parseDuration } from "../../../release/units.ts";
import { servers } from "../servers/index.ts";
import type { KubernetesPlatformDocument, ReplicasDocument, ServerDocument } from "./parts.ts";
import type { ResolvedKubernetesPlatform, ResolvedReplicas, ResolvedServer } from "./resolved.ts";

/** What stands where a document says nothing. */
export const defaults = {
  least: "2",
  cpu: "250m",
  memory: "512Mi",
  /** node:24-bookworm-slim of 2026-07, Node.js 24.18.0; https://hub.docker.com/_/node */
  nodeImage: "docker.io/library/node@sha256:6f7b03f7c2c8e2e784dcf9295400527b9b1270fd37b7e9a7285cf83b6951452d",
} as const;

/** Fills in what a document leaves out. */
export function resolveKubernetes(part: KubernetesPlatformDocument): ResolvedKubernetesPlatform {
  const { namespace, context, gateway, hosts, server = {}, replicas = {}, resources = {}, prometheus } = part;
  const { cpu = defaults.cpu, memory = defaults.memory, cpuLimit, devices = {} } = resources;
  return {
    kind: "kubernetes",
    namespace,
    ...(context !== undefined && { context }),
    gateway: { ...gateway, namespace: gateway.namespace ?? namespace },
    hosts,
    url: part.url ?? `http://${hosts[0] ?? ""}`,
    server: resolveServer(server),
    replicas: resolveReplicas(replicas, prometheus?.url),
    resources: {
      requests: { cpu, memory, ...devices },
      limits: { memory, ...(cpuLimit !== undefined && { cpu: cpuLimit }), ...devices },
    },
    nodeSelector: part.nodeSelector ?? {},
    tolerations: part.tolerations ?? [],
    ...(part.serviceAccount !== undefined && { serviceAccount: part.serviceAccount }),
    pullSecrets: part.pullSecrets ?? [],
    labels: part.labels ?? {},
    annotations: part.annotations ?? {},
    ...(part.networkPolicy !== undefined && { networkPolicy: part.networkPolicy }),
    ...(prometheus !== undefined && {
      prometheus: {
        url: prometheus.url,
        intervalSeconds: parseDuration(prometheus.interval ?? "15 seconds") / 1000,
        ...(prometheus.selector !== undefined && { selector: prometheus.selector }),
      },
    }),
    controller: {
      run: part.controller?.run ?? "cluster",
      image: part.controller?.image ?? defaults.nodeImage,
    },
    deadlineMs: parseDuration(part.deadline ?? "30 seconds"),
  };
}

function resolveReplicas({ keda, ...given }: ReplicasDocument, url = ""): ResolvedReplicas {
  const least = Number(given.least ?? defaults.least);
  const most = Number(given.most ?? least);
  const { query, perPod = "" } = keda ?? {};
  const cpu = given.cpu ?? (query === undefined ? "70" : undefined);
  return {
    ...{ least, most, candidate: Number(given.candidate ?? most) },
    ...(cpu !== undefined && { cpu: Number(cpu) }),
    ...(keda !== undefined && { keda: query === undefined ? {} : { query: { text: query, url, perPod } } }),
  };
}

function resolveServer({ kind = "container", image, drain, ...own }: ServerDocument): ResolvedServer {
  const server = servers[kind];
  return {
    kind,
    ...(image !== undefined && { image }),
    port: Number(own.port ?? server.port),
    ready: own.ready ?? server.ready,
    live: own.live ?? server.live,
    args: own.args ?? server.args,
    env: { ...server.env, ...own.env },
    mount: server.mount,
    drainMs: parseDuration(drain ?? "15 seconds"),
  };
}
