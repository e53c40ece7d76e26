import { type Json, type Subject, subject } from "./subjects.ts";

const backend = (name: string, weight: number): Json => ({ name, port: 80, weight });
const rules = (...list: readonly Json[]): Json => ({ spec: { rules: list } });
const set = (...names: readonly string[]): Json => ({
  type: "ResponseHeaderModifier",
  responseHeaderModifier: { set: names.map((name) => ({ name, value: "1" })) },
});
const mirror = (fields: Json): Json => ({
  type: "RequestMirror",
  requestMirror: { backendRef: { name: "v2", port: 80 }, ...fields },
});
const match = (fields: Json): Json => rules({ matches: [fields], backendRefs: [backend("v1", 1)] });
const header = (value: string): Json => ({ type: "Exact", name: "x-model-version", value });
const many = (count: number, of: (index: number) => Json): readonly Json[] =>
  Array.from({ length: count }, (_, i) => of(i));

const weights = (...parts: readonly unknown[]): Json =>
  rules({ backendRefs: parts.map((weight, index) => ({ name: `v${index}`, port: 80, weight })) });
const filters = (...list: readonly Json[]): Json => rules({ filters: list, backendRefs: [backend("v1", 1)] });

/** Kinds that a definition adds. */
export const custom: readonly Subject[] = [
  subject("HTTPRoute", "gateway.networking.k8s.io/v1", "httproutes", {
    body: { spec: { parentRefs: [{ name: "gateway" }], ...(weights(9000, 1000).spec as Json) } },
    change: weights(8000, 2000),
    variations: {
      "with all weights 0": weights(0, 0),
      "with half a weight": weights(0.5, 1),
      "with a weight of 1000000": weights(1_000_000, 1),
      "with a weight of 1000001": weights(1_000_001, 1),
      "with a negative weight": weights(-1, 1),
      "with a weight as text": weights("10", 1),
      "with 16 backends": rules({ backendRefs: many(16, (i) => backend(`v${i}`, 1)) }),
      "with 17 backends": rules({ backendRefs: many(17, (i) => backend(`v${i}`, 1)) }),
      "with 16 rules": rules(...many(16, () => ({ backendRefs: [backend("v1", 1)] }))),
      "with 17 rules": rules(...many(17, () => ({ backendRefs: [backend("v1", 1)] }))),
      "with 64 matches": rules({
        matches: many(64, (i) => ({ headers: [header(`v${i}`)] })),
        backendRefs: [backend("v1", 1)],
      }),
      "with 65 matches": rules({
        matches: many(65, (i) => ({ headers: [header(`v${i}`)] })),
        backendRefs: [backend("v1", 1)],
      }),
      "with a backend without a port": rules({ backendRefs: [{ name: "v1" }] }),
      "with a backend without a name": rules({ backendRefs: [{ port: 80 }] }),
      "with no rules": { spec: { rules: [] } },
      "without rules": { spec: { rules: null } },
      "with response headers": filters(set("x-model-version")),
      "with response headers twice": filters(set("x-model-version"), set("deprecation")),
      "with one header set twice": filters(set("x-model-version", "x-model-version")),
      "with a backend's response headers": rules({
        backendRefs: [{ ...backend("v1", 1), filters: [set("x-model-version")] }],
      }),
      "with a backend's response headers twice": rules({
        backendRefs: [{ ...backend("v1", 1), filters: [set("x-model-version"), set("sunset")] }],
      }),
      "with a mirror": filters(mirror({})),
      "with two mirrors": filters(mirror({}), mirror({})),
      "with a mirror of 10 %": filters(mirror({ percent: 10 })),
      "with a mirror of 101 %": filters(mirror({ percent: 101 })),
      "with a mirror of a fraction": filters(mirror({ fraction: { numerator: 1, denominator: 1000 } })),
      "with a mirror of more than one": filters(mirror({ fraction: { numerator: 2, denominator: 1 } })),
      "with a mirror of both": filters(mirror({ percent: 1, fraction: { numerator: 1 } })),
      "with a filter without a type": filters({ responseHeaderModifier: { set: [] } }),
      "with a filter of another type": filters({
        type: "URLRewrite",
        responseHeaderModifier: { set: [{ name: "a", value: "b" }] },
      }),
      "with a filter without its field": filters({ type: "ResponseHeaderModifier" }),
      "with a redirect and backends": filters({ type: "RequestRedirect", requestRedirect: { statusCode: 301 } }),
      "with a match by header": match({ headers: [header("v1")] }),
      "with an empty header value": match({ headers: [header("")] }),
      "with a header name with a space": match({ headers: [{ type: "Exact", name: "x y", value: "1" }] }),
      "with a path without a slash": match({ path: { type: "PathPrefix", value: "v2" } }),
      "with a path with two slashes": match({ path: { type: "PathPrefix", value: "/a//b" } }),
      "with an unknown match type": match({ path: { type: "Sounds", value: "/" } }),
      "with a timeout": rules({ timeouts: { request: "500ms" }, backendRefs: [backend("v1", 1)] }),
      "with a timeout of nonsense": rules({ timeouts: { request: "soon" }, backendRefs: [backend("v1", 1)] }),
      "with a timeout of six digits": rules({ timeouts: { request: "100000ms" }, backendRefs: [backend("v1", 1)] }),
      "with a backend's timeout above the request's": rules({
        timeouts: { request: "1s", backendRequest: "2s" },
        backendRefs: [backend("v1", 1)],
      }),
      "with a host": { spec: { hostnames: ["sentiment.example.com"] } },
      "with a host with a port": { spec: { hostnames: ["sentiment.example.com:80"] } },
      "with an upper-case host": { spec: { hostnames: ["Sentiment.example.com"] } },
      "with a parent of another namespace": { spec: { parentRefs: [{ name: "gateway", namespace: "gateways" }] } },
      "with one parent twice": { spec: { parentRefs: [{ name: "gateway" }, { name: "gateway" }] } },
      "with a parent with a section and without": {
        spec: { parentRefs: [{ name: "gateway" }, { name: "gateway", sectionName: "http" }] },
      },
      "with one section of a parent twice": {
        spec: {
          parentRefs: [
            { name: "gateway", sectionName: "http" },
            { name: "gateway", sectionName: "http" },
          ],
        },
      },
      "with one name in two namespaces": {
        spec: { parentRefs: [{ name: "gateway" }, { name: "gateway", namespace: "gateways" }] },
      },
      "with two sections of a parent": {
        spec: {
          parentRefs: [
            { name: "gateway", sectionName: "http" },
            { name: "gateway", sectionName: "https" },
          ],
        },
      },
    },
    edits: {
      "of its rules away": { spec: { rules: null } },
      "of its weights to half": weights(0.5, 1),
      "of its annotations": { metadata: { annotations: { "model-lifecycle.dev/fence": "1" } } },
      "of an annotation above 256 KiB": {
        metadata: { annotations: { "model-lifecycle.dev/order": "x".repeat(262_145) } },
      },
    },
  }),
  subject("Gateway", "gateway.networking.k8s.io/v1", "gateways", {
    body: { spec: { gatewayClassName: "test", listeners: [{ name: "http", port: 80, protocol: "HTTP" }] } },
    change: { spec: { gatewayClassName: "other" } },
    variations: {
      "without listeners": { spec: { listeners: [] } },
      "with port 0": { spec: { listeners: [{ name: "http", port: 0, protocol: "HTTP" }] } },
      "for all namespaces": {
        spec: {
          listeners: [{ name: "http", port: 80, protocol: "HTTP", allowedRoutes: { namespaces: { from: "All" } } }],
        },
      },
      "without a class": { spec: { gatewayClassName: null } },
    },
  }),
  subject("ReferenceGrant", "gateway.networking.k8s.io/v1beta1", "referencegrants", {
    body: {
      spec: {
        from: [{ group: "gateway.networking.k8s.io", kind: "HTTPRoute", namespace: "models" }],
        to: [{ group: "", kind: "Service" }],
      },
    },
    change: { spec: { to: [{ group: "", kind: "Service", name: "v1" }] } },
    variations: { "from nobody": { spec: { from: [] } }, "to nothing": { spec: { to: null } } },
  }),
  subject("PrometheusRule", "monitoring.coreos.com/v1", "prometheusrules", {
    body: { spec: { groups: [{ name: "model", rules: [{ alert: "Silent", expr: "up == 0", for: "5m" }] }] } },
    change: { spec: { groups: [] } },
    variations: {
      "with an interval of nonsense": { spec: { groups: [{ name: "model", interval: "often", rules: [] }] } },
      "with a nameless group": { spec: { groups: [{ rules: [] }] } },
      "with two groups of one name": { spec: { groups: [{ name: "model" }, { name: "model" }] } },
      "with a number as expression": { spec: { groups: [{ name: "model", rules: [{ record: "one", expr: 1 }] }] } },
    },
  }),
  subject("ServiceMonitor", "monitoring.coreos.com/v1", "servicemonitors", {
    body: { spec: { selector: { matchLabels: { app: "model" } }, endpoints: [{ port: "http", interval: "15s" }] } },
    change: { spec: { endpoints: [{ port: "http", interval: "5s" }] } },
    variations: {
      "with an interval of nonsense": { spec: { endpoints: [{ port: "http", interval: "often" }] } },
      "without a selector": { spec: { selector: null } },
    },
  }),
  subject("PodMonitor", "monitoring.coreos.com/v1", "podmonitors", {
    body: { spec: { selector: { matchLabels: { app: "model" } }, podMetricsEndpoints: [{ port: "http" }] } },
    change: { spec: { podMetricsEndpoints: [{ port: "metrics", interval: "15s" }] } },
    variations: {
      "with parameters": {
        spec: { podMetricsEndpoints: [{ port: "http", params: { histogram_buckets: ["prometheusnative"] } }] },
      },
    },
  }),
  subject("ScaledObject", "keda.sh/v1alpha1", "scaledobjects", {
    body: {
      spec: {
        scaleTargetRef: { name: "model" },
        triggers: [
          { type: "prometheus", metadata: { serverAddress: "http://prometheus:9090", query: "up", threshold: "1" } },
        ],
      },
    },
    change: { spec: { maxReplicaCount: 5 } },
    variations: {
      "without triggers": { spec: { triggers: null } },
      "with a trigger without a type": { spec: { triggers: [{ metadata: {} }] } },
      "without a target": { spec: { scaleTargetRef: null } },
    },
  }),
];
