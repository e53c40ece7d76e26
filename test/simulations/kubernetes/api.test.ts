import { afterAll, beforeAll, expect, test } from "vitest";
import { type SimulatedCluster, startSimulatedCluster } from "../../../components/simulations/kubernetes/index.ts";

// The HTTP face of the simulation, as a client meets it. That a real API server answers alike is test/cluster's matter.

let cluster: SimulatedCluster;
beforeAll(async () => {
  cluster = await startSimulatedCluster();
});
afterAll(() => cluster.stop());

interface Asked {
  readonly body?: unknown;
  readonly type?: string;
  readonly token?: string;
}

async function ask(
  method: string,
  path: string,
  { body, type = "application/json", token = cluster.token }: Asked = {},
) {
  const headers = { authorization: `Bearer ${token}`, "content-type": type };
  const answer = await fetch(`${cluster.url}${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const said = (await answer.json()) as {
    readonly reason?: string;
    readonly message?: string;
    readonly metadata: Readonly<Record<string, unknown>>;
    readonly spec?: { readonly rules: readonly { readonly backendRefs: readonly unknown[] }[] };
    readonly items?: readonly unknown[];
  };
  return { status: answer.status, said };
}

const routes = "/apis/gateway.networking.k8s.io/v1/namespaces/default/httproutes";
const route = (name: string, weights: readonly number[]) => ({
  apiVersion: "gateway.networking.k8s.io/v1",
  kind: "HTTPRoute",
  metadata: { name },
  spec: { rules: [{ backendRefs: weights.map((weight, index) => ({ name: `v${index}`, port: 80, weight })) }] },
});
const MERGE = "application/merge-patch+json";
const APPLY = "application/apply-patch+yaml";

test("a merge patch with the version that was read moves weights; with an older one it is a conflict", async () => {
  const made = await ask("POST", routes, { body: route("cas", [10_000, 0]) });
  expect(made.status).toBe(201);
  const { resourceVersion } = made.said.metadata;
  const patch = { metadata: { resourceVersion, annotations: { fence: "1" } }, spec: route("cas", [9000, 1000]).spec };
  const moved = await ask("PATCH", `${routes}/cas`, { body: patch, type: MERGE });
  expect(moved.status).toBe(200);
  expect(moved.said.metadata).toMatchObject({ annotations: { fence: "1" }, generation: 2 });
  expect(moved.said.spec?.rules[0]?.backendRefs).toEqual([
    { group: "", kind: "Service", name: "v0", port: 80, weight: 9000 },
    { group: "", kind: "Service", name: "v1", port: 80, weight: 1000 },
  ]);
  const late = await ask("PATCH", `${routes}/cas`, { body: patch, type: MERGE });
  expect([late.status, late.said.reason]).toEqual([409, "Conflict"]);
  expect(late.said.message).toContain('httproutes.gateway.networking.k8s.io "cas": the object has been modified');
});

test("a write that changes nothing makes no new version", async () => {
  const before = await ask("POST", routes, { body: route("same", [1]) });
  const after = await ask("PATCH", `${routes}/same`, { body: { spec: route("same", [1]).spec }, type: MERGE });
  expect(after.said.metadata.resourceVersion).not.toBeUndefined();
  const again = await ask("PATCH", `${routes}/same`, { body: {}, type: MERGE });
  expect(again.said.metadata.resourceVersion).toBe(after.said.metadata.resourceVersion);
  expect(before.said.metadata.uid).toBe(again.said.metadata.uid);
});

test("a config map is replaced with its version; the state that somebody else wrote stays", async () => {
  const maps = "/api/v1/namespaces/default/configmaps";
  const made = await ask("POST", maps, { body: { metadata: { name: "state" }, data: {} } });
  const { resourceVersion } = made.said.metadata;
  const body = (state: string) => ({ metadata: { name: "state", resourceVersion }, data: { "state.json": state } });
  expect((await ask("PUT", `${maps}/state`, { body: body("mine") })).status).toBe(200);
  expect((await ask("PUT", `${maps}/state`, { body: body("late") })).said.reason).toBe("Conflict");
  expect((await ask("GET", `${maps}/state`)).said).toMatchObject({ data: { "state.json": "mine" } });
  expect((await ask("GET", `${maps}/none`)).said).toMatchObject({ reason: "NotFound", code: 404 });
  expect((await ask("POST", maps, { body: { metadata: { name: "state" } } })).said.reason).toBe("AlreadyExists");
});

test("an event is posted, and one that lacks what events need is refused with all that is missing", async () => {
  const events = "/apis/events.k8s.io/v1/namespaces/default/events";
  const regarding = {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "HTTPRoute",
    name: "cas",
    namespace: "default",
  };
  const event = {
    metadata: { generateName: "cas." },
    eventTime: "2026-01-01T00:00:00.000000Z",
    type: "Normal",
    reason: "Stepped",
    action: "Step",
    reportingController: "model-lifecycle.dev/rollout",
    reportingInstance: "one",
    regarding,
    note: "a step",
  };
  const made = await ask("POST", events, { body: event });
  expect([made.status, made.said.metadata.name]).toEqual([201, expect.stringMatching(/^cas\..{5}$/)]);
  const { eventTime: _time, reportingController: _who, ...poor } = event;
  const refused = await ask("POST", events, { body: poor });
  expect([refused.status, refused.said.reason]).toEqual([422, "Invalid"]);
  expect(refused.said.message).toMatch(/eventTime: Required value.*reportingController: Required value/);
});

test("who has no token is unknown, and who has a Role may do what it says and nothing else", async () => {
  expect((await ask("GET", routes, { token: "nobody" })).status).toBe(401);
  const rules = [
    {
      apiGroups: ["gateway.networking.k8s.io"],
      resources: ["httproutes"],
      resourceNames: ["cas"],
      verbs: ["get", "patch"],
    },
  ];
  const token = cluster.grant({ user: "system:serviceaccount:default:controller", rules, namespace: "default" });
  expect((await ask("GET", `${routes}/cas`, { token })).status).toBe(200);
  const other = await ask("GET", `${routes}/same`, { token });
  expect([other.status, other.said.reason]).toEqual([403, "Forbidden"]);
  expect(other.said.message).toContain(
    'User "system:serviceaccount:default:controller" cannot get resource "httproutes" in API group "gateway.networking.k8s.io" in the namespace "default"',
  );
  expect((await ask("DELETE", `${routes}/cas`, { token })).status).toBe(403);
  expect((await ask("GET", routes.replace("default", "kube-system"), { token })).status).toBe(403);
});

test("two managers of one atomic list are in conflict, which names the other; forced, the list changes hands", async () => {
  const apply = (manager: string, weights: readonly number[], force = false) =>
    ask("PATCH", `${routes}/two?fieldManager=${manager}&force=${force}`, { body: route("two", weights), type: APPLY });
  expect((await apply("program", [10_000, 0])).status).toBe(201);
  const moved = { spec: route("two", [9000, 1000]).spec };
  await ask("PATCH", `${routes}/two?fieldManager=controller`, { body: moved, type: MERGE });
  const refused = await apply("program", [10_000, 0]);
  expect([refused.status, refused.said.reason]).toEqual([409, "Conflict"]);
  expect(refused.said.message).toBe(
    'Apply failed with 1 conflict: conflict with "controller" using gateway.networking.k8s.io/v1: .spec.rules',
  );
  expect((await apply("program", [10_000, 0], true)).status).toBe(200);
  expect((await apply("program", [5000, 5000])).status).toBe(200);
});

test("what a manager applied and leaves out goes, unless another has it as well", async () => {
  const maps = "/api/v1/namespaces/default/configmaps/shared";
  const apply = (manager: string, data: Readonly<Record<string, string>>) =>
    ask("PATCH", `${maps}?fieldManager=${manager}`, {
      body: { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "shared" }, data },
      type: APPLY,
    });
  await apply("one", { a: "1", b: "1" });
  await apply("two", { b: "1", c: "1" });
  expect((await apply("one", {})).said).toMatchObject({ data: { b: "1", c: "1" } });
  expect((await apply("two", { c: "1" })).said).toMatchObject({ data: { c: "1" } });
});

test("a service finds the ready pods of what it selects, once their seconds have passed", async () => {
  const labels = { app: "served" };
  const template = {
    metadata: { labels },
    spec: { containers: [{ name: "server", image: "registry.example/served:1" }] },
  };
  const deployment = {
    metadata: { name: "served" },
    spec: { replicas: 2, selector: { matchLabels: labels }, template },
  };
  await ask("POST", "/apis/apps/v1/namespaces/default/deployments", { body: deployment });
  await ask("POST", "/api/v1/namespaces/default/services", {
    body: { metadata: { name: "served" }, spec: { selector: labels, ports: [{ port: 80, targetPort: 8080 }] } },
  });
  const readiness = async () => {
    const path =
      "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices?labelSelector=kubernetes.io/service-name=served";
    const [slice] = (await ask("GET", path)).said.items ?? [];
    return (
      slice as { readonly endpoints: readonly { readonly conditions: { readonly ready: boolean } }[] }
    ).endpoints.map(({ conditions }) => conditions.ready);
  };
  expect(await readiness()).toEqual([false, false]);
  cluster.api.advance(2);
  expect(await readiness()).toEqual([true, true]);
});

test("a namespace that goes takes what is in it along, and takes nothing new meanwhile", async () => {
  await ask("POST", "/api/v1/namespaces", { body: { metadata: { name: "team" } } });
  await ask("POST", "/api/v1/namespaces/team/configmaps", { body: { metadata: { name: "kept" } } });
  expect((await ask("DELETE", "/api/v1/namespaces/team")).said).toMatchObject({ status: { phase: "Terminating" } });
  const late = await ask("POST", "/api/v1/namespaces/team/configmaps", { body: { metadata: { name: "late" } } });
  expect([late.status, late.said.reason]).toEqual([403, "Forbidden"]);
  expect(late.said.message).toContain("unable to create new content in namespace team because it is being terminated");
  cluster.api.advance(1);
  expect((await ask("GET", "/api/v1/namespaces/team")).status).toBe(404);
});
