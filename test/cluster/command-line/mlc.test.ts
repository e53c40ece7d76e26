import { afterAll, beforeAll, expect, test } from "vitest";
import { planTraffic } from "../../../components/lifecycle/index.ts";
import { type Client, createClient, httpRoutePath } from "../../../components/platforms/kubernetes/cluster/index.ts";
import { readKubeconfig } from "../../../components/platforms/kubernetes/cluster/kubeconfig.ts";
import { annotations, labels } from "../../../components/platforms/kubernetes/route/annotations.ts";
import { stackLabel } from "../../../components/platforms/kubernetes/route/names.ts";
import { rulesOf } from "../../../components/platforms/kubernetes/route/rules.ts";
import { parseRelease } from "../../../components/release/index.ts";
import { orderOf } from "../../platforms/kubernetes/route/orders.ts";
import { type CommandLine, createCommandLine, jsonOf } from "../../stacks/cli/command-line.ts";
import { readYaml } from "../../stacks/cli/read-yaml.ts";
import { type Cluster, startCluster } from "../control-plane/index.ts";

// The emergency brake and the drive from a laptop against a real API server: its schemas, its resourceVersions, its reviews of
// access. There is no gateway here, so nothing shows how soon requests follow.

let cluster: Cluster;
let client: Client;
let line: CommandLine;
const NAMESPACE = "brake";
const ROUTES = "gateway.networking.k8s.io/v1";

beforeAll(async () => {
  cluster = await startCluster();
  client = createClient({ access: readKubeconfig(cluster.kubeconfig), fieldManager: "program" });
  line = await createCommandLine({ rollout: ["candidate: v2", 'weight: "50%"', "advance: manual"] });
  await deploy();
}, 120_000);

afterAll(async () => {
  client.close();
  await line[Symbol.asyncDispose]();
  await cluster.stop();
});

/** What the program makes, by hand: this is about what is done to it. */
async function deploy(): Promise<void> {
  const release = parseRelease(readYaml(line.read(line.configuration), ["config", "model-lifecycle:release"]));
  const order = { ...orderOf(planTraffic(release)), endpoint: "approval" };
  const text = line
    .read(line.configuration)
    .replace("{ kind: local }", `{ kind: kubernetes, namespace: ${NAMESPACE} }`);
  line.write(line.configuration, text);
  const owned = { [labels.model]: "approval", [labels.stack]: stackLabel("approval", "dev") };
  await create("/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } });
  await create(`/apis/${ROUTES}/namespaces/${NAMESPACE}/httproutes`, {
    ...{ apiVersion: ROUTES, kind: "HTTPRoute" },
    metadata: { name: "approval", labels: owned, annotations: { [annotations.order]: JSON.stringify(order) } },
    spec: { parentRefs: [{ name: "public" }], rules: rulesOf(order, { shares: { v1: 10_000 } }) },
  });
  for (const name of ["approval-rollout", "approval-history"]) {
    const metadata = { name, labels: owned };
    await create(`/api/v1/namespaces/${NAMESPACE}/configmaps`, { apiVersion: "v1", kind: "ConfigMap", metadata });
  }
  for (const { service } of Object.values(order.variants)) {
    await create(`/apis/discovery.k8s.io/v1/namespaces/${NAMESPACE}/endpointslices`, {
      ...{ apiVersion: "discovery.k8s.io/v1", kind: "EndpointSlice", addressType: "IPv4" },
      metadata: { name: service, labels: { "kubernetes.io/service-name": service } },
      endpoints: [{ addresses: ["10.0.0.9"], conditions: { ready: true } }],
    });
  }
}

async function create(path: string, object: object): Promise<void> {
  const answer = await client.create(path, object);
  if (answer.kind !== "ok") throw new Error(answer.message);
}

const mlc = (...args: readonly string[]) => line.runWith({ KUBECONFIG: cluster.kubeconfig }, ...args);

interface Route {
  readonly metadata: { readonly resourceVersion: string; readonly annotations: Readonly<Record<string, string>> };
  readonly spec: { readonly rules: readonly { readonly backendRefs: readonly { readonly weight: number }[] }[] };
}

async function route(): Promise<Route> {
  const answer = await client.get<Route>(httpRoutePath(NAMESPACE, "approval"));
  if (answer.kind !== "ok") throw new Error(answer.message);
  return answer.body;
}

const weightsOf = ({ spec }: Route) => spec.rules.at(-1)?.backendRefs.map(({ weight }) => weight);

test("a rollout is driven from a laptop, ended by the emergency brake, and stays ended", async () => {
  await mlc("watch", "--drive", "--until", "complete", "--timeout", "0.1");
  expect(weightsOf(await route())).toEqual([5_000, 5_000]);
  const run = await mlc("rollback", "--no-up", "--reason", "answers look wrong", "--json");
  expect(jsonOf(run)).toMatchObject({ exitCode: 0, traffic: [{ status: { weights: { v1: 10_000, v2: 0 } } }] });
  const ended = await route();
  expect([weightsOf(ended), ended.metadata.annotations[annotations.ended]]).toEqual([
    [10_000, 0],
    expect.stringMatching(/^[0-9a-f]{16}$/),
  ]);
  await mlc("watch", "--drive", "--until", "complete", "--timeout", "0.1");
  await mlc("rollback", "--no-up");
  expect((await route()).metadata.resourceVersion).toBe(ended.metadata.resourceVersion);
  expect(jsonOf(await mlc("history", "--json"))).toMatchObject({
    records: [{ how: "aborted", candidate: "v2", serving: "v1", reason: "answers look wrong" }],
  });
});

test("doctor sees the server, its Gateway API and what may be done there", async () => {
  const { findings } = jsonOf(await mlc("doctor", "--json"));
  expect(findings).toEqual(
    expect.arrayContaining([
      { check: "cluster", ok: true, seen: expect.stringContaining("Kubernetes v1.34") },
      { check: "Gateway API", ok: true, seen: "v1.6.1" },
      { check: "permissions", ok: true, seen: `all that mlc does in ${NAMESPACE}` },
      { check: "approval v2", ok: true, seen: "1 ready" },
    ]),
  );
});
