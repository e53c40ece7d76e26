import type { Api } from "../control-plane/api.ts";
import { NAMESPACE } from "../test-bed/index.ts";

const LABELS = "model-lifecycle.dev";

type Labels = Readonly<Record<string, string>>;

const labelsOf = (endpoint: string, version: string, more: Labels): Labels => ({
  ...more,
  [`${LABELS}/model`]: endpoint,
  [`${LABELS}/version`]: version,
});

/** What is in a pod of a version of this endpoint. */
export const templateOf = (endpoint: string, version: string, labels: Labels) => ({
  metadata: { labels: labelsOf(endpoint, version, labels) },
  spec: {
    containers: [
      {
        name: "model",
        image: `example.com/model:${version}`,
        ports: [{ containerPort: 8080 }],
        lifecycle: { preStop: { sleep: { seconds: 2 } } },
      },
    ],
  },
});

export const deploymentPath = (name: string): string => `/apis/apps/v1/namespaces/${NAMESPACE}/deployments/${name}`;
export const ROUTES = `/apis/gateway.networking.k8s.io/v1/namespaces/${NAMESPACE}/httproutes`;
export const routePath = (name: string): string => `${ROUTES}/${name}`;

export const PODS = 2;

export const applyDeployment = (api: Api, name: string, labels: Labels, template: object): Promise<void> =>
  api.apply(deploymentPath(name), {
    ...{ apiVersion: "apps/v1", kind: "Deployment", metadata: { name, labels } },
    spec: { replicas: PODS, selector: { matchLabels: labels }, template },
  });

export const applyService = (api: Api, name: string, selector: Labels): Promise<void> =>
  api.apply(`/api/v1/namespaces/${NAMESPACE}/services/${name}`, {
    ...{ apiVersion: "v1", kind: "Service", metadata: { name } },
    spec: { selector, ports: [{ port: 80, targetPort: 8080 }] },
  });

/** How Envoy names the counters of a Service. */
export const seriesOf = (service: string): string => `${NAMESPACE}_${service}_80`;

/** An object that is there must be changed. @throws Error with what the server said */
export async function merge(api: Api, path: string, body: object): Promise<void> {
  const { status, body: said } = await api.send("PATCH", path, body, "application/merge-patch+json");
  if (status !== 200) throw new Error(`${path}: ${status} ${said?.message ?? said}`);
}
