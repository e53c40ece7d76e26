import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import {
  configMapPath,
  deploymentPath,
  gatewayPath,
  HTTP_ROUTES_DEFINITION,
  httpRoutePath,
} from "../../../components/platforms/kubernetes/cluster/index.ts";
import { annotations, labels } from "../../../components/platforms/kubernetes/route/annotations.ts";
import { historyName, routeName, stackLabel, stateName } from "../../../components/platforms/kubernetes/route/names.ts";
import type { RouteOrder } from "../../../components/platforms/kubernetes/route/order.ts";
import { rulesOf } from "../../../components/platforms/kubernetes/route/rules.ts";
import type { TrafficPlan } from "../../../components/traffic/plan.ts";
import type { ApiStandIn } from "./api-stand-in.ts";
import { orderOf } from "./route/orders.ts";

/** Whose the objects are: the project and the stack that made them. */
export interface Deployed {
  readonly project: string;
  readonly stack: string;
  readonly model: string;
}

/** The objects of a model in namespace `ml`, by path. */
export const pathsOf = (model: string) => ({
  route: httpRoutePath("ml", routeName(model)),
  state: configMapPath("ml", stateName(model)),
  history: configMapPath("ml", historyName(model)),
  controller: deploymentPath("ml", `${routeName(model)}-controller`),
});

/** What a program makes, and a cluster around it where everything is well: a route that gives stable everything, a pod behind each version. */
export function deploy(api: ApiStandIn, { project, stack, model }: Deployed, plan: TrafficPlan): void {
  const paths = pathsOf(model);
  const order = { ...orderOf(plan), endpoint: model };
  const named = { namespace: "ml", labels: { [labels.model]: model, [labels.stack]: stackLabel(project, stack) } };
  api.put(paths.route, {
    metadata: { ...named, name: routeName(model), annotations: { [annotations.order]: JSON.stringify(order) } },
    spec: { hostnames: [`${model}.example.com`], rules: rulesOf(order, { shares: { [plan.stable]: 10_000 } }) },
    status: {
      parents: [{ parentRef: { namespace: "infra", name: "public" }, conditions: well("Accepted", "ResolvedRefs") }],
    },
  });
  api.put(paths.state, { metadata: { ...named, name: stateName(model) } });
  api.put(paths.history, { metadata: { ...named, name: historyName(model) } });
  api.put(paths.controller, { metadata: named, status: { readyReplicas: 1 } });
  api.put(gatewayPath("infra", "public"), { metadata: {}, status: { conditions: well("Accepted", "Programmed") } });
  api.put("/version", { metadata: {}, gitVersion: "v1.34.1" });
  api.put(HTTP_ROUTES_DEFINITION, {
    metadata: { annotations: { "gateway.networking.k8s.io/bundle-version": "v1.6.1" } },
    spec: { versions: [{ name: "v1", served: true }] },
  });
  setReady(api, order, 2);
}

const well = (...types: readonly string[]) => types.map((type) => ({ type, status: "True" }));

/** So many pods of each version are ready. */
export function setReady(api: ApiStandIn, { variants }: Pick<RouteOrder, "variants">, pods: number): void {
  for (const { service } of Object.values(variants)) {
    const endpoints = Array.from({ length: pods }, (_, i) => ({
      addresses: [`10.0.0.${i}`],
      conditions: { ready: true },
    }));
    api.put(`/apis/discovery.k8s.io/v1/namespaces/ml/endpointslices/${service}`, {
      metadata: { labels: { "kubernetes.io/service-name": service } },
      ...{ addressType: "IPv4", endpoints },
    });
  }
}

/** The program asks for another plan, as an update does: in the annotation alone. */
export function askFor(api: ApiStandIn, model: string, plan: TrafficPlan): void {
  const { route: path } = pathsOf(model);
  const order = { ...orderOf(plan), endpoint: model };
  api.edit(path, (route) => {
    route.metadata.annotations = { ...route.metadata.annotations, [annotations.order]: JSON.stringify(order) };
  });
  setReady(api, order, 2);
}

/** A kubeconfig for the stand-in. */
export function writeKubeconfig(path: string, url: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const file = {
    ...{ apiVersion: "v1", kind: "Config", "current-context": "test" },
    clusters: [{ name: "test", cluster: { server: url } }],
    users: [{ name: "test", user: { token: "t" } }],
    contexts: [{ name: "test", context: { cluster: "test", user: "test", namespace: "ml" } }],
  };
  writeFileSync(path, JSON.stringify(file));
}
