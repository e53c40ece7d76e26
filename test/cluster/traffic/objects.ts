import type { Api } from "../control-plane/api.ts";

/** Where the objects of a hand-written endpoint are. */
export const NAMESPACE = "default";
export const HOST = "sentiment.example.com";
const GATEWAY = "gateway.networking.k8s.io/v1";

/** Makes a version's Deployment and Service by hand, as small as they can be. */
export async function applyVersion(api: Api, version: string, replicas: number): Promise<void> {
  const name = `sentiment-${version}`;
  const labels = { "model-lifecycle.dev/model": "sentiment", "model-lifecycle.dev/version": version };
  const ports = [{ containerPort: 8080 }];
  const lifecycle = { preStop: { sleep: { seconds: 2 } } };
  await api.apply(`/apis/apps/v1/namespaces/${NAMESPACE}/deployments/${name}`, {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, labels },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: [{ name: "model", image: `example.com/sentiment:${version}`, ports, lifecycle }] },
      },
    },
  });
  await api.apply(`/api/v1/namespaces/${NAMESPACE}/services/${name}`, {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name, labels },
    spec: { selector: labels, ports: [{ port: 80, targetPort: 8080 }] },
  });
}

const backend = (version: string, weight: number, said = version) => ({
  name: `sentiment-${version}`,
  port: 80,
  weight,
  filters: [
    {
      type: "ResponseHeaderModifier",
      responseHeaderModifier: { set: [{ name: "x-model-version", value: said }] },
    },
  ],
});

/** What the answers to those say who name a version that is not there. */
export const NO_VERSION = "none";

/** Makes a route by hand: weights by version, a rule for each version by name, one for any other name, and a mirror to one of them. */
export async function applyRoute(
  api: Api,
  gateway: string,
  weights: Readonly<Record<string, number>>,
  mirrored?: string,
): Promise<void> {
  const mirror = { type: "RequestMirror", requestMirror: { backendRef: { name: `sentiment-${mirrored}`, port: 80 } } };
  await api.apply(`/apis/${GATEWAY}/namespaces/${NAMESPACE}/httproutes/sentiment`, {
    apiVersion: GATEWAY,
    kind: "HTTPRoute",
    metadata: { name: "sentiment" },
    spec: {
      parentRefs: [{ name: gateway }],
      hostnames: [HOST],
      rules: [
        ...Object.keys(weights).map((version) => ({
          matches: [{ headers: [{ type: "Exact", name: "x-model-version", value: version }] }],
          backendRefs: [backend(version, 1)],
        })),
        {
          matches: [{ headers: [{ type: "RegularExpression", name: "x-model-version", value: ".+" }] }],
          backendRefs: [backend("v1", 1, NO_VERSION)],
        },
        {
          ...(mirrored !== undefined && { filters: [mirror] }),
          backendRefs: Object.entries(weights).map(([version, weight]) => backend(version, weight)),
        },
      ],
    },
  });
}
