import { HostError } from "../../../host/host-error.ts";
import type { Refused } from "../cluster/index.ts";
import type { Cluster } from "./where.ts";

/** What a refusal means to who asked, and what to do about it. */
export function cureOf({ kind }: Pick<Refused, "kind">, { client, namespace }: Cluster): string {
  switch (kind) {
    case "away":
      return `Look whether the cluster can be reached: kubectl cluster-info (it is asked at ${client.url})`;
    case "forbidden":
      return `Ask for the permission, or use another context: kubectl auth can-i --list --namespace ${namespace}`;
    case "tooMany":
      return "Wait a moment and try again";
    case "conflict":
      return "Somebody writes it at the same time; run the same again";
    case "notFound":
      return `Look whether the namespace is the right one and has been deployed to: kubectl get httproutes --namespace ${namespace}; then pulumi up`;
    case "invalid":
      return "Run pulumi up with this version of the library";
  }
}

/** A refusal as an error that stands alone. */
export const refusedError = (refused: Refused, cluster: Cluster): HostError =>
  new HostError({
    path: cluster.client.url,
    seen: refused.message,
    allowed: "an answer of the cluster",
    cure: `${cureOf(refused, cluster)}.`,
  });
