import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { HostError } from "../../../host/host-error.ts";
import type { StackRequest } from "../../data-plane.ts";
import { type Access, AccessError, type Client, createClient } from "../cluster/index.ts";
import { readKubeconfig } from "../cluster/kubeconfig.ts";

/** The cluster and the namespace of a stack, and how they are asked. */
export interface Cluster {
  readonly client: Client;
  readonly namespace: string;
}

/** Where a stack's cluster is looked for; nothing is read yet. */
export interface ClusterPlace {
  /** A kubeconfig file. */
  readonly path: string;
  readonly context?: string;
  readonly namespace?: string;
}

/** The kubeconfig of whoever asks, with the context and the namespace that the stack's file names. */
export function clusterPlaceOf({ env, setting }: Pick<StackRequest, "env" | "setting">): ClusterPlace {
  const [context, namespace] = [setting("context"), setting("namespace")];
  return {
    path: kubeconfigOf(env),
    ...(context !== undefined && { context }),
    ...(namespace !== undefined && { namespace }),
  };
}

/** The first of $KUBECONFIG that is there, as kubectl reads them; else the one in the home folder. */
function kubeconfigOf(env: NodeJS.ProcessEnv): string {
  const named = (env.KUBECONFIG ?? "").split(delimiter).filter(Boolean);
  return named.find((path) => existsSync(path)) ?? named[0] ?? join(env.HOME || homedir(), ".kube", "config");
}

/** In words. */
export const describePlace = ({ path, context, namespace }: ClusterPlace): string =>
  `namespace ${namespace ?? "of the context"}, ${context === undefined ? "current context" : `context ${context}`} of ${path}`;

/** An answer may take so long before the server counts as away. Unit: ms. */
const TIMEOUT_MS = 5_000;

/** @throws HostError when the kubeconfig cannot be used */
export function openCluster({ path, context, namespace }: ClusterPlace): Cluster {
  const access = accessOf(path, context);
  return {
    client: createClient({ access, fieldManager: "mlc", timeoutMs: TIMEOUT_MS }),
    namespace: namespace ?? access.namespace,
  };
}

function accessOf(path: string, context: string | undefined): Access {
  try {
    return readKubeconfig(path, context);
  } catch (error) {
    if (!(error instanceof AccessError)) throw error;
    const [first, ...others] = error.problems;
    if (first === undefined) throw error;
    const more = others.map((each) => `Also ${each.path}: ${each.seen}; allowed: ${each.allowed}. ${each.cure}.`);
    throw new HostError({ ...first, cure: [`${first.cure}.`, ...more].join(" ") }, { cause: error });
  }
}
