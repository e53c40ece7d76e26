import { afterAll, beforeAll, expect, test } from "vitest";
import { annotations } from "../../../../components/platforms/kubernetes/route/annotations.ts";
import { readOrder } from "../../../../components/platforms/kubernetes/route/order.ts";
import { rulesOf } from "../../../../components/platforms/kubernetes/route/rules.ts";
import { answerBy } from "../route-follower.ts";
import { type ClusterStack, openStack } from "./stack.ts";

// The whole life of an endpoint in a cluster, by edits of its document alone: the real engine, the real SDK, an unmodified
// program. The cluster is a simulation: no pod runs and no request is sent. What a controller does is written into it here.

let stack: ClusterStack;
beforeAll(async () => {
  stack = await openStack([{ apiVersion: "v1", kind: "Namespace", metadata: { name: "models" } }]);
}, 120_000);
afterAll(() => stack?.[Symbol.asyncDispose]());

const digest = (digit: string): string => digit.repeat(64);
const version = (name: string, digit: string) => ({
  source: { kind: "oci", image: `registry.example/sentiment:${name}`, sha256: digest(digit) },
});

const release = (rollout: object, changes: object = {}) => ({
  model: { name: "sentiment", owner: "nlp", riskTier: "low" },
  platform: {
    kind: "kubernetes",
    namespace: "models",
    gateway: { kind: "envoy", name: "public", namespace: "gateways" },
    hosts: ["sentiment.example.com"],
    prometheus: { url: "http://prometheus.monitoring:9090", interval: "15 seconds" },
  },
  versions: { v1: version("v1", "1"), v2: version("v2", "2") },
  rollout: { guards: [{ metric: "errorRate", margin: "1pp" }], ...rollout },
  ...changes,
});

const only = { versions: { v1: version("v1", "1") } };
const trial = (weight: string) => release({ stable: "v1", candidate: "v2", weight });

const routes = "/apis/gateway.networking.k8s.io/v1/namespaces/models/httproutes/sentiment";

interface Route {
  readonly metadata: { readonly resourceVersion: string; readonly annotations: Readonly<Record<string, string>> };
  readonly spec: {
    readonly rules: readonly {
      readonly matches?: readonly { readonly headers?: readonly object[] }[];
      readonly backendRefs?: readonly { readonly name: string; readonly weight?: number }[];
    }[];
  };
}

const route = (): Route => stack.cluster().send({ method: "GET", path: routes }).body as unknown as Route;

/** The weights of the rule that divides traffic, by Service. */
const weights = (): Readonly<Record<string, number | undefined>> =>
  Object.fromEntries((dividing(route())?.backendRefs ?? []).map(({ name, weight }) => [name, weight]));

const dividing = ({ spec }: Route) =>
  spec.rules.find(({ matches = [] }) => matches.every(({ headers = [] }) => headers.length === 0));

/** What a controller does: it writes the rules, with the version of the route that it has read. */
function write(shares: Readonly<Record<string, number>>): void {
  const read = route();
  const backendRefs = Object.entries(shares).map(([name, weight]) => ({ name, port: 80, weight }));
  const rules = read.spec.rules.map((rule) => (rule === dividing(read) ? { ...rule, backendRefs } : rule));
  const { status, body } = stack.cluster().send({
    method: "PATCH",
    path: `${routes}?fieldManager=mlc-controller`,
    contentType: "application/merge-patch+json",
    body: { metadata: { resourceVersion: read.metadata.resourceVersion }, spec: { rules } },
  });
  expect(status, JSON.stringify(body)).toBe(200);
}

/** The controller's code is named by its hash, which changes with the library. */
const plain = (lines: readonly string[]): readonly string[] =>
  lines.map((line) => line.replace(/-[0-9a-f]{8}-code/, "-<hash>-code"));

const ORDER = "update HTTPRoute sentiment-route: metadata.annotations.model-lifecycle.dev/order";

async function changes(document: object, ...args: readonly string[]): Promise<readonly string[]> {
  const { code, output, lines } = await stack.up(document, ...args);
  expect(code, output).toBe(0);
  return plain(lines);
}

test("it is deployed, and a second run changes nothing", async () => {
  expect(await changes(release({ stable: "v1" }, only))).toMatchInlineSnapshot(`
    [
      "create ConfigMap sentiment-controller-<hash>-code",
      "create ConfigMap sentiment-history",
      "create ConfigMap sentiment-rollout",
      "create Deployment sentiment-controller",
      "create Deployment sentiment-v1-11111111-deployment",
      "create HTTPRoute sentiment-route",
      "create PodDisruptionBudget sentiment-v1-11111111-disruption",
      "create Role sentiment-controller-role",
      "create RoleBinding sentiment-controller-rights",
      "create Service sentiment-v1-11111111-service",
      "create Service sentiment-v1-named",
      "create ServiceAccount sentiment-account",
      "create ServiceAccount sentiment-controller-account",
    ]
  `);
  expect(await changes(release({ stable: "v1" }, only))).toEqual([]);
  expect(weights()).toEqual({ "sentiment-v1-11111111": 10_000 });
});

test("a version is put on trial: its objects come, of the others the route alone changes", async () => {
  expect(await changes(trial("50%"))).toMatchInlineSnapshot(`
    [
      "create Deployment sentiment-v2-22222222-deployment",
      "create PodDisruptionBudget sentiment-v2-22222222-disruption",
      "create Service sentiment-v2-22222222-service",
      "create Service sentiment-v2-named",
      "update HTTPRoute sentiment-route: metadata.annotations.model-lifecycle.dev/order",
    ]
  `);
  expect(weights()).toEqual({ "sentiment-v1-11111111": 10_000 });
});

test("while a controller climbs, no run moves a weight: none with an unrelated edit, none that refreshes", async () => {
  write({ "sentiment-v1-11111111": 9_500, "sentiment-v2-22222222": 500 });
  const climbing = weights();
  expect(await changes(trial("50%"))).toEqual([]);
  expect(await changes(trial("50%"), "--refresh")).toEqual([]);
  const edited = trial("50%");
  const renamed = await changes({ ...edited, model: { ...edited.model, owner: "nlp-platform" } }, "--refresh");
  // The owner is a tag of every object; no pod is touched by it.
  expect(renamed.filter((line) => !line.endsWith(": metadata.annotations.tag.model-lifecycle.dev/owner"))).toEqual([]);
  expect(renamed.length).toBeGreaterThan(0);
  await changes(trial("50%"));
  expect(weights()).toEqual(climbing);
});

test("a step and a rollback change one object", async () => {
  expect(await changes(trial("100%"))).toEqual([ORDER]);
  expect(await changes(release({ stable: "v1" }))).toEqual([ORDER]);
});

test("a promotion changes one object, and the route agrees with the configuration", async () => {
  await changes(release({ stable: "v1", candidate: "v2", weight: "100%", attempt: "2" }));
  write({ "sentiment-v1-11111111": 500, "sentiment-v2-22222222": 9_500 });
  expect(await changes(release({ stable: "v2", previous: "v1" }))).toEqual([ORDER]);
  write({ "sentiment-v2-22222222": 10_000 });
  expect(await changes(release({ stable: "v2", previous: "v1" }), "--refresh")).toEqual([]);
});

test("a version is given notice by the route alone", async () => {
  const notice = { phase: "deprecated", sunset: "2035-05-31T00:00:00Z", successor: "v2" };
  expect(await changes(release({ stable: "v2" }, { retirement: { v1: notice } }))).toEqual([ORDER]);
});

const retired = (changes: object = {}) =>
  release(
    { stable: "v2" },
    {
      archive: { kind: "oci", repository: "registry.example/archive/sentiment" },
      retirement: { v1: { phase: "retired", sunset: "2025-05-31T00:00:00Z", successor: "v2" } },
      ...changes,
    },
  );

test("a retired version's callers are led to what answers 410 before its pods go, also when it leaves in the same edit", async () => {
  expect(await changes(retired({ versions: { v2: version("v2", "2") } }))).toMatchInlineSnapshot(`
    [
      "create ConfigMap sentiment-gone-<hash>-code",
      "create Deployment sentiment-gone",
      "create Service sentiment-gone-service",
      "delete Deployment sentiment-v1-11111111-deployment",
      "delete PodDisruptionBudget sentiment-v1-11111111-disruption",
      "delete Service sentiment-v1-11111111-service",
      "update HTTPRoute sentiment-route: metadata.annotations.model-lifecycle.dev/order",
      "update Service sentiment-v1-named: spec.selector.app.kubernetes.io/component, spec.selector.model-lifecycle.dev/variant, spec.selector.model-lifecycle.dev/version",
    ]
  `);
  expect(route().spec.rules[0]?.backendRefs?.[0]?.name).toBe("sentiment-v1-named");
  const service = "/api/v1/namespaces/models/services/sentiment-v1-named";
  const { spec } = stack.cluster().send({ method: "GET", path: service }).body as unknown as {
    spec: { selector: object };
  };
  expect(spec.selector).toEqual({
    "model-lifecycle.dev/model": "sentiment",
    "app.kubernetes.io/component": "gone",
  });
});

test("then who names a version that never was is led there too, by rules that the server takes", () => {
  const { metadata } = route();
  const order = readOrder(metadata.annotations[annotations.order] ?? "");
  const rules = rulesOf(order, { shares: { v2: 10_000 } });
  const { status, body } = stack.cluster().send({
    method: "PATCH",
    path: `${routes}?fieldManager=mlc-controller`,
    contentType: "application/merge-patch+json",
    body: { metadata: { resourceVersion: metadata.resourceVersion }, spec: { rules } },
  });
  expect(status, JSON.stringify(body)).toBe(200);
  expect(order.gone?.service).toBe("sentiment-gone");
  const answers = ["v9", "v2", undefined].map((asked) => answerBy(rules, order, asked, () => 0).version);
  expect(answers).toEqual([undefined, "v2", "v2"]);
});

test("whether it stands in the document still, or no more, changes nothing of that", async () => {
  expect(await changes(retired(), "--refresh")).toEqual([]);
  expect(await changes(retired({ versions: { v2: version("v2", "2") } }))).toEqual([]);
});

test("in the end everything goes", async () => {
  const gone = await stack.project.destroy();
  expect(gone.code, gone.output).toBe(0);
  expect(stack.cluster().send({ method: "GET", path: routes }).status).toBe(404);
});
