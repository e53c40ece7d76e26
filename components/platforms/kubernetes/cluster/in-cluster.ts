import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Access, AccessError } from "./access.ts";

/** Where a pod finds the credentials of its service account. */
const SERVICE_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

/**
 * The way that a pod has to the API server of its own cluster.
 * @param folder where token, authority and namespace are mounted
 * @throws AccessError outside of a pod
 */
export function inCluster(env: NodeJS.ProcessEnv = process.env, folder: string = SERVICE_ACCOUNT): Access {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = "443" } = env;
  if (host === undefined) {
    const problem = { path: "KUBERNETES_SERVICE_HOST", seen: "nothing", allowed: "the API server's address" };
    throw new AccessError([{ ...problem, cure: "Run it in a pod, or name the server with --server" }]);
  }
  return {
    url: `https://${host.includes(":") ? `[${host}]` : host}:${port}`,
    namespace: read(folder, "namespace"),
    ca: read(folder, "ca.crt"),
    token: () => read(folder, "token"),
  };
}

function read(folder: string, name: string): string {
  const path = join(folder, name);
  try {
    return readFileSync(path, "utf8").trim();
  } catch (error) {
    const problem = { path, seen: error instanceof Error ? error.message : String(error) };
    const cure = "Let the pod mount its service account: automountServiceAccountToken: true";
    throw new AccessError([{ ...problem, allowed: "a file that this process may read", cure }]);
  }
}
