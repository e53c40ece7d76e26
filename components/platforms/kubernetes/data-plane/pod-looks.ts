import { bad, type Finding, good } from "../../data-plane.ts";
import { deploymentPath, podsPath } from "../cluster/index.ts";
import { readyPods } from "../controller/readiness.ts";
import { labels } from "../route/annotations.ts";
import { controllerName } from "../route/names.ts";
import type { DeploymentObject, ListOf, PodObject } from "./objects.ts";
import type { StackRoute } from "./routes.ts";
import type { Cluster } from "./where.ts";

/** The pods of a model's versions. */
export interface PodsLook {
  /** How many are ready; absent where nobody may see it. */
  readonly ready: Readonly<Record<string, number>>;
  readonly findings: readonly Finding[];
}

/** Counts ready pods, and says of versions without one why there is none. */
export async function lookAtPods(cluster: Cluster, { endpoint, order }: StackRoute): Promise<PodsLook> {
  if (order === undefined) return { ready: {}, findings: [] };
  const versions = Object.keys(order.variants);
  const ready = await readyPods(cluster.client, cluster.namespace, order, versions);
  const findings = await Promise.all(
    versions.map(async (version): Promise<Finding> => {
      const check = `${endpoint} ${version}`;
      const count = ready[version];
      if (count === undefined) return bad(check, "its pods cannot be seen", "kubectl auth can-i list endpointslices");
      if (count > 0) return good(check, `${count} ready`);
      const why = await whyNone(cluster, order.endpoint, version);
      return bad(
        check,
        `no pod is ready, so it gets no traffic${why}`,
        `kubectl describe pods -n ${cluster.namespace} -l ${selectorOf(order.endpoint, version)}`,
      );
    }),
  );
  return { ready, findings };
}

/** Who takes candidates up their steps. */
export async function lookAtController(
  { client, namespace }: Cluster,
  { endpoint, order }: StackRoute,
): Promise<readonly Finding[]> {
  if (order === undefined) return [];
  const name = controllerName(order.endpoint);
  const check = `${endpoint} controller`;
  const answer = await client.get<DeploymentObject>(deploymentPath(namespace, name));
  if (answer.kind === "notFound") {
    return [
      bad(
        check,
        `no Deployment ${name}: nobody climbs, and nobody takes a bad candidate out`,
        "pulumi up; or drive it from here: mlc watch --drive",
      ),
    ];
  }
  if (answer.kind !== "ok") return [bad(check, answer.message, `kubectl get deployment -n ${namespace} ${name}`)];
  const ready = answer.body.status?.readyReplicas ?? 0;
  return ready > 0
    ? [good(check, `${ready} ready`)]
    : [
        bad(
          check,
          "it does not run: weights stay as they are, also those of a bad candidate",
          `kubectl describe deployment -n ${namespace} ${name}; meanwhile: mlc watch --drive`,
        ),
      ];
}

const selectorOf = (model: string, version: string): string => `${labels.model}=${model},${labels.version}=${version}`;

/** The first reason that a pod gives, such as ImagePullBackOff. */
async function whyNone({ client, namespace }: Cluster, model: string, version: string): Promise<string> {
  const answer = await client.get<ListOf<PodObject>>(podsPath(namespace, selectorOf(model, version)));
  if (answer.kind !== "ok") return "";
  const { items } = answer.body;
  if (items.length === 0) return ": there is none (a quota, or a namespace that ends, keeps pods from being made)";
  const [reason] = items.flatMap(({ status = {} }) => [
    ...(status.containerStatuses ?? []).flatMap(({ state }) => state?.waiting ?? []),
    ...(status.conditions ?? []).filter((each) => each.type === "PodScheduled" && each.status === "False"),
  ]);
  return reason === undefined ? "" : `: ${[reason.reason, reason.message].filter(Boolean).join(", ")}`;
}
