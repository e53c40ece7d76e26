import { expect, test } from "vitest";
import type { KubernetesPlatformDocument } from "../../../components/platforms/kubernetes/document/parts.ts";
import { checkRelease } from "../../../components/release/index.ts";
import { documentOf, releaseOf } from "./release.ts";

/** Every problem of a part, in a line each. */
const problemsOf = (part: object): readonly string[] =>
  checkRelease(documentOf(part as Partial<KubernetesPlatformDocument>)).map(
    ({ path, seen, allowed }) => `${path.replace("model-lifecycle:release.platform.", "")}: ${seen}; ${allowed}`,
  );

test("what a document leaves out has a default, and what it says arrives as numbers", () => {
  expect(releaseOf({ prometheus: undefined, controller: undefined }).platform).toEqual({
    kind: "kubernetes",
    namespace: "models",
    gateway: { kind: "envoy", name: "public", namespace: "gateways" },
    hosts: ["sentiment.example.com"],
    url: "http://sentiment.example.com",
    server: {
      kind: "container",
      port: 8080,
      ready: "/v2/health/ready",
      live: "/v2/health/live",
      args: [],
      env: {},
      mount: "/mnt/models",
      drainMs: 15_000,
    },
    replicas: { least: 2, most: 2, candidate: 2, cpu: 70 },
    resources: { requests: { cpu: "250m", memory: "512Mi" }, limits: { memory: "512Mi" } },
    nodeSelector: {},
    tolerations: [],
    pullSecrets: [],
    labels: {},
    annotations: {},
    controller: {
      run: "cluster",
      image: "docker.io/library/node@sha256:6f7b03f7c2c8e2e784dcf9295400527b9b1270fd37b7e9a7285cf83b6951452d",
    },
    deadlineMs: 30_000,
  });
  expect(releaseOf({ prometheus: { url: "http://p:9090", interval: "1 minute" } }).platform).toMatchObject({
    prometheus: { url: "http://p:9090", intervalSeconds: 60 },
  });
});

test("a gateway without counters of a version is refused, and every other fault beside it", () => {
  expect(
    problemsOf({
      namespace: "Models",
      gateway: { kind: "nginx", name: "public" },
      hosts: ["https://sentiment.example.com"],
      server: { image: "nlp/server:latest" },
      replicas: { least: "0" },
      resources: { memory: "1 GB" },
    }).map((line) => line.split(";")[0]),
  ).toEqual([
    'namespace: "Models"',
    'gateway.kind: "nginx"',
    'hosts[0]: "https://sentiment.example.com"',
    'server.image: "nlp/server:latest"',
    'replicas.least: "0"',
    'resources.memory: "1 GB"',
  ]);
});

test.each([
  [{ replicas: { least: "4", most: "3" } }, 'replicas.most: "3"; at least "4" of replicas.least'],
  [{ replicas: { most: "1" } }, 'replicas.most: "1"; at least "2", which is the default, of replicas.least'],
  [{ replicas: { cpu: "50" } }, 'replicas.cpu: "50"; nothing where the number of pods does not change'],
  [{ replicas: { candidate: "2" } }, 'replicas.candidate: "2"; nothing where the number of pods does not change'],
  [{ replicas: { keda: {} } }, "replicas.keda: a part; nothing where the number of pods does not change"],
  [{ replicas: { most: "8", keda: { query: "up" } } }, "replicas.keda.perPod: nothing, and query; both or neither"],
  [{ replicas: { most: "8", keda: { perPod: "50" } } }, "replicas.keda.query: nothing, and perPod; both or neither"],
  [
    { prometheus: undefined, replicas: { most: "8", keda: { query: "up", perPod: "50" } } },
    'replicas.keda.query: "up"; a query where platform.prometheus says whom to ask',
  ],
  [
    { replicas: { most: "8", keda: { query: "up{pod={pod}}", perPod: "50" } } },
    "replicas.keda.query: {pod}; {service}, {namespace}, {model}, {version}",
  ],
  [
    { replicas: { most: "8", keda: { query: "up", perPod: "0" } } },
    'replicas.keda.perPod: "0"; a positive number, such as "50" or "0.5"',
  ],
  [{ replicas: { most: "8", candidate: "9" } }, 'replicas.candidate: "9"; "2" to "8", the least and the most'],
  [{ replicas: { most: "8", candidate: "1" } }, 'replicas.candidate: "1"; "2" to "8", the least and the most'],
  [
    { prometheus: { url: "http://p:9090", interval: "1500 ms" } },
    'prometheus.interval: "1500 ms"; whole seconds, at most "5 minutes"',
  ],
  [
    { prometheus: { url: "http://p:9090", interval: "1 hour" } },
    'prometheus.interval: "1 hour"; whole seconds, at most "5 minutes"',
  ],
  [{ hosts: ["a.example", "a.example"] }, 'hosts[1]: "a.example", which stands there already; each host once'],
  [{ hosts: ["*.example"] }, 'hosts[0]: "*.example"; a host that can be called in the first place of the list'],
  [{ resources: { devices: { cpu: "1" } } }, 'resources.devices.cpu: "cpu"; devices'],
  [
    { labels: { "app.kubernetes.io/name": "x" } },
    'labels["app.kubernetes.io/name"]: "app.kubernetes.io/name"; names that neither Kubernetes nor this library writes itself',
  ],
  [
    { annotations: { "model-lifecycle.dev/order": "{}" } },
    'annotations["model-lifecycle.dev/order"]: "model-lifecycle.dev/order"; names that neither Kubernetes nor this library writes itself',
  ],
])("%j is refused by what its fields ask of each other", (part, problem) => {
  expect(problemsOf(part)).toEqual([problem]);
});

test("a least and a most that agree are no scaling, and a most above is one", () => {
  expect(problemsOf({ replicas: { least: "2", most: "2" } })).toEqual([]);
  expect(problemsOf({ replicas: { least: "2", most: "3", cpu: "50" } })).toEqual([]);
  expect(problemsOf({ replicas: { most: "8", candidate: "8" } })).toEqual([]);
});
