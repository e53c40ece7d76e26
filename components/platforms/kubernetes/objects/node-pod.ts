import type { DeploymentArgs } from "@pulumi/kubernetes/apps/v1/deployment.js";
import type { core } from "@pulumi/kubernetes/types/input.js";
import type { ResolvedKubernetesPlatform } from "../document/resolved.ts";
import { METRICS_PORT } from "../monitoring/scraped.ts";
import { annotated, foundBy, metadataOf, selectorOf } from "./labels.ts";
import { restrictedContainer, restrictedPod } from "./security.ts";

/** A program of the library in a pod of its own. */
export interface NodePod {
  /** A stock image of Node.js by its digest. */
  readonly image: string;
  /** The ConfigMap with its code, and the file in it that is run. */
  readonly code: { readonly configMap: string; readonly file: string };
  readonly args: readonly string[];
  /** The ServiceAccount whose rights it has; absent: it has none, and cannot ask the cluster. */
  readonly serviceAccount?: string;
  readonly port: { readonly name: string; readonly number: number };
  readonly memory: string;
  /** How long it answers once it is told to end, in seconds, until every Gateway has left it; absent: none asks it. */
  readonly drainSeconds?: number;
}

/** What a program that is told to end still needs, in seconds. */
const ENDING_SECONDS = 10;

/** The user `node` of the stock image: without a number a cluster cannot tell that it is not root. */
const NODE_USER = 1000;

/** The authority of the cluster's API server, where every pod finds it. */
const CLUSTER_CA = "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt";

/** The pod that runs a program of the library on a stock image, with its code from a ConfigMap. */
const nodePod = ({ image, code, args, serviceAccount, port, memory, drainSeconds }: NodePod): core.v1.PodSpec => ({
  ...(serviceAccount !== undefined && { serviceAccountName: serviceAccount }),
  automountServiceAccountToken: serviceAccount !== undefined,
  ...(drainSeconds !== undefined && { terminationGracePeriodSeconds: drainSeconds + ENDING_SECONDS }),
  securityContext: { ...restrictedPod, runAsUser: NODE_USER },
  containers: [
    {
      name: "node",
      image,
      args: ["node", `/code/${code.file}`, ...args],
      ...(serviceAccount !== undefined && { env: [{ name: "NODE_EXTRA_CA_CERTS", value: CLUSTER_CA }] }),
      ports: [{ name: port.name, containerPort: port.number }],
      resources: { requests: { cpu: "50m", memory }, limits: { memory } },
      securityContext: restrictedContainer,
      readinessProbe: { httpGet: { path: "/healthz", port: port.name }, periodSeconds: 5 },
      livenessProbe: { httpGet: { path: "/healthz", port: port.name }, periodSeconds: 10, failureThreshold: 6 },
      ...(drainSeconds !== undefined && { lifecycle: { preStop: { sleep: { seconds: drainSeconds } } } }),
      volumeMounts: [{ name: "code", mountPath: "/code", readOnly: true }],
    },
  ],
  volumes: [{ name: "code", configMap: { name: code.configMap } }],
});

/** Which program of a model it is, and how it is replaced. */
export interface NodeProgram extends NodePod {
  readonly model: string;
  /** Of its Deployment. */
  readonly name: string;
  /** What it is for: `controller`. */
  readonly component: string;
  /** One ends before the next begins. @default the next is ready before one ends */
  readonly isAlone?: boolean;
}

/** What the pods of a program are told apart by from others of the model. */
export const componentLabel = (component: string): Readonly<Record<string, string>> => ({
  "app.kubernetes.io/component": component,
});

/** The Deployment of a program of the library: one pod. */
export function nodeDeployment(program: NodeProgram, platform: ResolvedKubernetesPlatform): DeploymentArgs {
  const { model, name, isAlone = false } = program;
  const component = componentLabel(program.component);
  return {
    metadata: metadataOf(name, { model }, platform),
    spec: {
      replicas: 1,
      ...(isAlone && { strategy: { type: "Recreate" } }),
      selector: { matchLabels: { ...selectorOf({ model }), ...component } },
      template: {
        metadata: {
          labels: { ...platform.labels, ...foundBy({ model }), ...component },
          ...annotated(platform),
        },
        spec: nodePod(program),
      },
    },
  };
}

/** The port of the controller's own metrics. */
export const CONTROLLER_PORT: NodePod["port"] = { name: METRICS_PORT, number: 8080 };
