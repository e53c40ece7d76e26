import type { core } from "@pulumi/kubernetes/types/input.js";
import type { ResolvedKubernetesPlatform, ResolvedServer } from "../document/resolved.ts";
import { METRICS_PORT } from "../monitoring/scraped.ts";
import { servers } from "../servers/index.ts";
import { copiedBy, mountOf, volumeOf } from "./files.ts";
import type { Images } from "./images.ts";
import { restrictedContainer, restrictedPod } from "./security.ts";

/** The name of the port that predictions are asked for at. */
export const HTTP = "http";

/** What a pod of a version is made from. */
export interface PodFacts extends Images {
  readonly model: string;
  readonly serviceAccount: string;
}

/**
 * The pod of a version. It is told to end only after it has had time to leave every Gateway: until then it goes on
 * answering, and then it finishes what is under way.
 */
export function podSpec(facts: PodFacts, platform: ResolvedKubernetesPlatform): core.v1.PodSpec {
  const { server, deadlineMs } = platform;
  const drainSeconds = Math.ceil(server.drainMs / 1000);
  return {
    serviceAccountName: facts.serviceAccount,
    automountServiceAccountToken: false,
    securityContext: restrictedPod,
    terminationGracePeriodSeconds: drainSeconds + Math.ceil(deadlineMs / 1000),
    ...copiedBy(facts.files, platform),
    containers: [containerOf(facts, platform, drainSeconds)],
    volumes: [{ name: "tmp", emptyDir: {} }, ...volumeOf(facts.files)],
    ...(platform.pullSecrets.length > 0 && { imagePullSecrets: platform.pullSecrets.map((name) => ({ name })) }),
    ...(Object.keys(platform.nodeSelector).length > 0 && { nodeSelector: platform.nodeSelector }),
    ...(platform.tolerations.length > 0 && {
      tolerations: platform.tolerations.map(({ value, ...taint }) => ({
        ...taint,
        ...(value === undefined ? { operator: "Exists" } : { operator: "Equal", value }),
      })),
    }),
  };
}

function containerOf(
  facts: PodFacts,
  { server, resources }: ResolvedKubernetesPlatform,
  drainSeconds: number,
): core.v1.Container {
  const { metrics } = servers[server.kind];
  const fill = (text: string): string => text.replaceAll("{model}", facts.model).replaceAll("{mount}", server.mount);
  const probe = (path: string): core.v1.Probe => ({
    httpGet: { path: fill(path), port: HTTP },
    periodSeconds: 5,
    timeoutSeconds: 3,
  });
  return {
    name: "server",
    image: facts.image,
    ...(server.args.length > 0 && { args: server.args.map(fill) }),
    ...environmentOf(server, fill),
    ports: [
      { name: HTTP, containerPort: server.port },
      ...(metrics !== undefined && metrics.port !== server.port
        ? [{ name: METRICS_PORT, containerPort: metrics.port }]
        : []),
    ],
    resources: { requests: resources.requests, limits: resources.limits },
    securityContext: restrictedContainer,
    // A model may take minutes to load; until then neither of the others asks.
    startupProbe: { ...probe(server.ready), failureThreshold: 120 },
    readinessProbe: { ...probe(server.ready), failureThreshold: 2 },
    livenessProbe: { ...probe(server.live), periodSeconds: 10, failureThreshold: 6 },
    lifecycle: { preStop: { sleep: { seconds: drainSeconds } } },
    volumeMounts: [{ name: "tmp", mountPath: "/tmp" }, ...mountOf(facts.files, server)],
  };
}

/** Left out where it is empty: a server keeps no empty list, and a refresh would see a difference for ever. */
function environmentOf({ env }: ResolvedServer, fill: (text: string) => string): Pick<core.v1.Container, "env"> {
  const variables = Object.entries(env).map(([name, value]) => ({ name, value: fill(value) }));
  return variables.length === 0 ? {} : { env: variables };
}
