import { expect, test } from "vitest";
import { rules } from "../../../components/simulations/kubernetes/api/rules/index.ts";
import { SimulatedApi } from "../../../components/simulations/kubernetes/index.ts";

// Of each rule an object that is refused with it, and taken without it. That a server refuses the same is the matrix's
// matter in test/cluster.

type Json = Readonly<Record<string, unknown>>;
interface Case {
  readonly path: string;
  readonly object: Json;
  /** What is there before; the case is a merge patch of it then. */
  readonly before?: Json;
}

const core = (plural: string) => `/api/v1/namespaces/default/${plural}`;
const inGroup = (group: string, plural: string) => `/apis/${group}/namespaces/default/${plural}`;
const metadata = { name: "x" };

const deployment = (container: Json = {}, pod: Json = {}, spec: Json = {}): Case => ({
  path: inGroup("apps/v1", "deployments"),
  object: {
    metadata,
    spec: {
      selector: { matchLabels: { app: "x" } },
      template: {
        metadata: { labels: { app: "x" } },
        spec: { containers: [{ name: "c", image: "i:1", ...container }], ...pod },
      },
      ...spec,
    },
  },
});
const routeOf = (spec: Json): Case => ({
  path: inGroup("gateway.networking.k8s.io/v1", "httproutes"),
  object: { kind: "HTTPRoute", metadata, spec },
});
const route = (rule: Json): Case => routeOf({ rules: [rule] });
const header = (type: string, name: string) => ({
  type,
  [`${type[0]?.toLowerCase()}${type.slice(1)}`]: { set: [{ name, value: "v" }] },
});
const redirect = { type: "RequestRedirect", requestRedirect: { statusCode: 301 } };
const backendRefs = [{ name: "v1", port: 80 }];
const mirror = (rest: Json) => ({
  type: "RequestMirror",
  requestMirror: { backendRef: { name: "v1", port: 80 }, ...rest },
});

const cases: Readonly<Record<string, Case>> = {
  names: { path: core("configmaps"), object: { metadata: { name: "Upper" } } },
  labels: { path: core("configmaps"), object: { metadata: { name: "x", labels: { digest: "sha256:abc" } } } },
  "annotation-size": {
    path: core("configmaps"),
    object: { metadata: { name: "x", annotations: { a: "x".repeat(262_145) } } },
  },
  "immutable-fields": {
    path: core("secrets"),
    before: { metadata, type: "Opaque" },
    object: { type: "example.com/other" },
  },
  "immutable-content": {
    path: core("configmaps"),
    before: { metadata, immutable: true, data: { a: "1" } },
    object: { data: { a: "2" } },
  },
  "claim-is-fixed": {
    path: core("persistentvolumeclaims"),
    before: { metadata, spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } } },
    object: { spec: { accessModes: ["ReadWriteMany"] } },
  },
  "containers-are-there": deployment({}, { containers: [] }),
  "container-names": deployment({ name: "With_Underscore" }),
  "container-ports": deployment({ ports: [{ containerPort: 70_000 }] }),
  resources: deployment({ resources: { requests: { cpu: "2" }, limits: { cpu: "500m" } } }),
  "volume-mounts": deployment({ volumeMounts: [{ name: "model", mountPath: "/model" }] }),
  probes: deployment({ readinessProbe: { periodSeconds: 1 } }),
  "restart-policy": deployment({}, { restartPolicy: "Never" }),
  "selector-matches": deployment({}, {}, { selector: { matchLabels: { app: "y" } } }),
  "not-negative": deployment({}, {}, { replicas: -1 }),
  strategy: deployment({}, {}, { strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } } }),
  "scaler-bounds": {
    path: inGroup("autoscaling/v2", "horizontalpodautoscalers"),
    object: { metadata, spec: { scaleTargetRef: { kind: "Deployment", name: "x" }, minReplicas: 3, maxReplicas: 2 } },
  },
  "disruption-bounds": {
    path: inGroup("policy/v1", "poddisruptionbudgets"),
    object: { metadata, spec: { minAvailable: 1, maxUnavailable: 1 } },
  },
  schedule: {
    path: inGroup("batch/v1", "cronjobs"),
    object: {
      metadata,
      spec: {
        schedule: "every day",
        jobTemplate: {
          spec: { template: { spec: { restartPolicy: "Never", containers: [{ name: "c", image: "i:1" }] } } },
        },
      },
    },
  },
  "claim-needs": {
    path: core("persistentvolumeclaims"),
    object: { metadata, spec: { accessModes: ["ReadWriteOnce"] } },
  },
  "role-needs": {
    path: inGroup("rbac.authorization.k8s.io/v1", "roles"),
    object: { metadata, rules: [{ resources: ["configmaps"], verbs: ["get"] }] },
  },
  "policy-ports": {
    path: inGroup("networking.k8s.io/v1", "networkpolicies"),
    object: { metadata, spec: { podSelector: {}, ingress: [{ ports: [{ port: "http", endPort: 81 }] }] } },
  },
  "policy-peers": {
    path: inGroup("networking.k8s.io/v1", "networkpolicies"),
    object: { metadata, spec: { podSelector: {}, egress: [{ to: [{ ipBlock: { cidr: "10.0.0.0/33" } }] }] } },
  },
  "address-is-kept": {
    path: core("services"),
    before: { metadata, spec: { clusterIP: "10.96.0.9", ports: [{ port: 80 }] } },
    object: { spec: { clusterIP: "10.96.0.10" } },
  },
  "secret-keys": {
    path: core("secrets"),
    object: { metadata, type: "kubernetes.io/tls", data: { "tls.crt": "YWJj" } },
  },
  "service-ports": { path: core("services"), object: { metadata, spec: { ports: [{ port: 80 }, { port: 81 }] } } },
  "external-name": { path: core("services"), object: { metadata, spec: { type: "ExternalName" } } },
  "content-keys": { path: core("configmaps"), object: { metadata, data: { "a/b": "" } } },
  "content-size": { path: core("configmaps"), object: { metadata, data: { a: "x".repeat(1_048_577) } } },
  "event-needs": {
    path: inGroup("events.k8s.io/v1", "events"),
    object: { metadata, eventTime: "2026-01-01T00:00:00.000000Z", type: "Normal", reason: "Stepped" },
  },
  "one-filter-of-a-kind": route({
    filters: [header("RequestHeaderModifier", "a"), header("RequestHeaderModifier", "b")],
  }),
  "redirect-or-rewrite": route({ filters: [redirect, { type: "URLRewrite", urlRewrite: { hostname: "a.example" } }] }),
  "redirect-has-no-backend": route({ filters: [redirect], backendRefs }),
  "filter-says-its-type": route({ filters: [{ type: "RequestHeaderModifier" }] }),
  "mirror-share": route({ filters: [mirror({ percent: 10, fraction: { numerator: 1 } })] }),
  "services-have-ports": route({ backendRefs: [{ name: "v1" }] }),
  "matches-in-all": routeOf({
    rules: Array.from({ length: 3 }, () => ({ matches: Array.from({ length: 64 }, () => ({})) })),
  }),
  "path-forms": route({ matches: [{ path: { type: "Exact", value: "/a//b" } }] }),
  timeouts: route({ timeouts: { request: "1s", backendRequest: "2s" } }),
  "parents-once": routeOf({ parentRefs: [{ name: "g", sectionName: "http" }, { name: "g" }] }),
  "headers-once": route({
    filters: [
      {
        type: "ResponseHeaderModifier",
        responseHeaderModifier: { remove: Array.from({ length: 17 }, (_, index) => `h${index}`) },
      },
    ],
  }),
};

/** Writes a case's object where these rules are off. */
function written({ path, object, before }: Case, ...off: readonly string[]) {
  const api = new SimulatedApi({ off });
  if (before === undefined) return api.send({ method: "POST", path, body: object });
  expect(api.send({ method: "POST", path, body: before }).status).toBe(201);
  return api.send({ method: "PATCH", path: `${path}/x`, contentType: "application/merge-patch+json", body: object });
}

test("each rule has a case", () => {
  expect(Object.keys(cases).toSorted()).toEqual(rules.map(({ name }) => name).toSorted());
});

test.each(Object.entries(cases))("%s: refused with it, taken without it", (name, each) => {
  const refused = written(each, "schema");
  expect([refused.status, refused.body.reason], String(refused.body.message)).toEqual([422, "Invalid"]);
  const taken = written(each, name, "schema");
  expect(taken.status, String(taken.body.message)).toBeLessThan(300);
});
