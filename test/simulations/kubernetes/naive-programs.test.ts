import { afterEach, beforeEach, expect, test } from "vitest";
import { type Rehearsal, rehearse } from "./rehearsal.ts";

// Deliberately naive programs of the real SDK under the real engine. Where a rule is named, they pass without it.

let stage: Rehearsal;
beforeEach(async () => {
  stage = await rehearse();
});
afterEach(() => stage[Symbol.asyncDispose]());

const routes = "/apis/gateway.networking.k8s.io/v1/namespaces/default/httproutes";
const weightsIn = (name: string): readonly unknown[] => {
  const { body } = stage.cluster().send({ method: "GET", path: `${routes}/${name}` });
  const { spec } = body as {
    readonly spec: { readonly rules: readonly { readonly backendRefs: readonly { readonly weight: number }[] }[] };
  };
  return spec.rules[0]?.backendRefs.map(({ weight }) => weight) ?? [];
};
const moveWeights = (name: string, weights: readonly number[]): void => {
  const backendRefs = weights.map((weight, index) => ({ name: `v${index}`, port: 80, weight }));
  const { status } = stage.cluster().send({
    method: "PATCH",
    path: `${routes}/${name}?fieldManager=controller`,
    contentType: "application/merge-patch+json",
    body: { spec: { rules: [{ backendRefs }] } },
  });
  expect(status).toBe(200);
};

test("field-managers: a program that declares the weights a controller moves is in conflict; ignored, they stay", async () => {
  expect((await stage.up(`route("churn", [10000, 0]);`)).code).toBe(0);
  moveWeights("churn", [9000, 1000]);
  const naive = `route("churn", [5000, 5000]);`;
  const refused = await stage.up(naive);
  expect(refused.code).not.toBe(0);
  expect(refused.output).toContain('conflict with "controller" using gateway.networking.k8s.io/v1: .spec.rules');
  const careful = await stage.up(
    `route("churn", [5000, 5000], { ignoreChanges: ["spec.rules"] }, { "model-lifecycle.dev/order": "2" });`,
  );
  expect([careful.code, careful.lines], careful.output).toEqual([
    0,
    ["update HTTPRoute churn: metadata.annotations.model-lifecycle.dev/order"],
  ]);
  expect(weightsIn("churn")).toEqual([9000, 1000]);
  expect((await stage.up(naive, "field-managers")).code).toBe(0);
  expect(weightsIn("churn")).toEqual([5000, 5000]);
});

test("field-managers: forced, the program takes the weights back", async () => {
  await stage.up(`route("churn", [10000, 0]);`);
  moveWeights("churn", [9000, 1000]);
  expect(
    (await stage.up(`route("churn", [10000, 0], {}, { "pulumi.com/patchForce": "true", again: "1" });`)).code,
  ).toBe(0);
  expect(weightsIn("churn")).toEqual([10_000, 0]);
});

test("autoscaler: a program that declares the replicas of what is scaled is in conflict with its scaler", async () => {
  const program = (version: number) => `const churn = served("churn", ${version}, { replicas: 1 });
new k8s.autoscaling.v2.HorizontalPodAutoscaler("churn", {
  metadata: { name: "churn" },
  spec: { scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: churn.metadata.name }, minReplicas: 3, maxReplicas: 5 },
});`;
  expect((await stage.up(program(1), "autoscaler")).code).toBe(0);
  expect((await stage.up(program(2), "autoscaler")).code).toBe(0);
  stage.cluster().advance(1);
  const refused = await stage.up(program(3));
  expect(refused.code).not.toBe(0);
  expect(refused.output).toContain(
    'conflict with "kube-controller-manager" with subresource "scale" using apps/v1: .spec.replicas',
  );
});

test("a version in the selector under a fixed name deletes what serves before the new one is made", async () => {
  const program = (version: string) => `served("churn", "1", {
  selector: { matchLabels: { app: "churn", version: "${version}" } },
  template: {
    metadata: { labels: { app: "churn", version: "${version}" } },
    spec: { containers: [{ name: "server", image: "registry.example/churn:1" }] },
  },
});`;
  await stage.up(program("1"));
  const gap = await stage.up(program("2"));
  expect(gap.code, gap.output).toBe(0);
  expect(gap.lines).toEqual([
    "create-replacement Deployment churn",
    "delete-replaced Deployment churn",
    "replace Deployment churn",
  ]);
  expect(gap.output.indexOf("deleted original")).toBeLessThan(gap.output.indexOf("created replacement"));
});

test("changed content is another config map, made before the old one is deleted", async () => {
  const program = (text: string) => `new k8s.core.v1.ConfigMap("card", { data: { text: "${text}" } });`;
  await stage.up(program("one"));
  const path = "/api/v1/namespaces/default/configmaps";
  const namesOf = () =>
    (
      stage.cluster().send({ method: "GET", path }).body as {
        readonly items: readonly { readonly metadata: { readonly name: string } }[];
      }
    ).items.map(({ metadata }) => metadata.name);
  const [before] = namesOf();
  const changed = await stage.up(program("two"));
  expect(changed.lines).toEqual([
    "create-replacement ConfigMap card",
    "delete-replaced ConfigMap card",
    "replace ConfigMap card",
  ]);
  expect(before).toMatch(/^card-[0-9a-f]{8}$/);
  expect(namesOf()).toEqual([expect.stringMatching(/^card-[0-9a-f]{8}$/)]);
  expect(namesOf()).not.toEqual([before]);
  expect(changed.output.indexOf("created replacement")).toBeLessThan(changed.output.indexOf("deleted original"));
});

test("a service without pods keeps the program waiting until it fails; one that is not awaited does not", async () => {
  const program = (annotations: string) => `new k8s.core.v1.Service("lonely", {
  metadata: { name: "lonely", annotations: ${annotations} },
  spec: { selector: { app: "nobody" }, ports: [{ port: 80 }] },
});`;
  const refused = await stage.up(program("{}"));
  expect(refused.code).not.toBe(0);
  expect(refused.output).toContain("Service does not target any Pods");
  expect(stage.cluster().store.seconds).toBe(600);
  expect((await stage.up(program(`{ "pulumi.com/skipAwait": "true" }`))).code).toBe(0);
});

test("image-pull: an image that cannot be had keeps a deployment from being ready", async () => {
  const program = `new k8s.apps.v1.Deployment("churn", {
  metadata: { name: "churn" },
  spec: {
    selector: { matchLabels: { app: "churn" } },
    template: { metadata: { labels: { app: "churn" } }, spec: { containers: [{ name: "server", image: "registry.invalid/churn:1" }] } },
  },
});`;
  const refused = await stage.up(program);
  expect(refused.code).not.toBe(0);
  expect(refused.output).toContain("Minimum number of Pods to consider the application live was not attained");
  expect((await stage.up(program, "image-pull")).code).toBe(0);
});

test.each([
  [
    "a name too long",
    `new k8s.core.v1.ConfigMap("x", { metadata: { name: "x".repeat(254) } });`,
    "must be no more than 253 bytes",
  ],
  [
    "a name of the wrong form",
    `new k8s.core.v1.Service("x", { metadata: { name: "Upper" }, spec: { ports: [{ port: 80 }] } });`,
    'Service "Upper" is invalid: metadata.name',
  ],
  [
    "a field that the kind does not have",
    `new k8s.apiextensions.CustomResource("x", {
  apiVersion: "gateway.networking.k8s.io/v1", kind: "HTTPRoute", metadata: { name: "typo" }, spec: { rule: [] },
});`,
    "HTTPRoute typo: spec.rule is no field of HTTPRoute. Take it out, or correct its name.",
  ],
])("%s is told in the preview, and nothing is made", async (_what, program, words) => {
  const { code, output } = await stage.preview(program);
  expect(code).not.toBe(0);
  expect(output).toContain(words);
  expect(
    stage
      .cluster()
      .store.all()
      .map(({ kind }) => kind),
  ).toEqual(["Namespace", "Namespace"]);
});

test("two programs of one name collide, and the second takes nothing over", async () => {
  const map = { metadata: { name: "card" }, data: { of: "somebody else" } };
  stage.cluster().send({ method: "POST", path: "/api/v1/namespaces/default/configmaps", body: map });
  const refused = await stage.up(
    `new k8s.core.v1.ConfigMap("card", { metadata: { name: "card" }, data: { of: "mine" } });`,
  );
  expect(refused.code).not.toBe(0);
  expect(refused.output).toContain('configmaps "card" already exists');
});

test("reference-grant: a route to another namespace resolves only where that namespace grants it", async () => {
  const program = `const namespace = new k8s.core.v1.Namespace("models", { metadata: { name: "models" } });
const service = new k8s.core.v1.Service("churn", {
  metadata: { name: "churn", namespace: namespace.metadata.name, annotations: { "pulumi.com/skipAwait": "true" } },
  spec: { selector: { app: "churn" }, ports: [{ port: 80 }] },
});
const gateway = new k8s.apiextensions.CustomResource("gateway", {
  apiVersion: "gateway.networking.k8s.io/v1", kind: "Gateway", metadata: { name: "gateway" },
  spec: { gatewayClassName: "simulated", listeners: [{ name: "http", port: 80, protocol: "HTTP" }] },
});
new k8s.apiextensions.CustomResource("churn-route", {
  apiVersion: "gateway.networking.k8s.io/v1", kind: "HTTPRoute",
  metadata: {
    name: "churn",
    annotations: { "pulumi.com/waitFor": 'jsonpath={.status.parents[0].conditions[?(@.type=="ResolvedRefs")].status}=True' },
  },
  spec: { parentRefs: [{ name: "gateway" }], rules: [{ backendRefs: [{ name: "churn", namespace: "models", port: 80 }] }] },
}, { dependsOn: [service, gateway] });`;
  const refused = await stage.up(program);
  expect(refused.code).not.toBe(0);
  expect(refused.output).toContain("Waiting for jsonpath=");
  expect((await stage.up(program, "reference-grant")).code).toBe(0);
});
