import { expect, test } from "vitest";
import {
  configMapPath,
  createClient,
  gatewayPath,
  httpRoutePath,
} from "../../../components/platforms/kubernetes/cluster/index.ts";
import { pass, type World } from "../../../components/platforms/kubernetes/controller/index.ts";
import { look } from "../../../components/platforms/kubernetes/data-plane/look.ts";
import { annotations, labels } from "../../../components/platforms/kubernetes/route/annotations.ts";
import { historyName, routeName, stateName } from "../../../components/platforms/kubernetes/route/names.ts";
import { rulesOf } from "../../../components/platforms/kubernetes/route/rules.ts";
import { type SimulatedCluster, startSimulatedCluster } from "../../../components/simulations/kubernetes/index.ts";
import { climbing } from "../../rollout/inputs.ts";
import { orderOf } from "./route/orders.ts";

// A Gateway that does not take the route, in a simulated cluster: its listeners let in routes of other namespaces alone.

const GATEWAY = "gateway.networking.k8s.io/v1";
const order = orderOf(climbing());
const { gateway } = order;
const target = { namespace: "models", name: routeName("sentiment") };

/** Creates an object at its path. */
function create({ api }: SimulatedCluster, path: string, body: object): void {
  const answer = api.send({ method: "POST", path: path.replace(/\/[^/]*$/, ""), body });
  if (answer.status !== 201) throw new Error(`${path}: ${String(answer.body.message)}`);
}

/** Whose routes the Gateway's one listener lets in. */
const listening = (from: "Same" | "All") => ({
  gatewayClassName: "test",
  listeners: [{ name: "http", port: 80, protocol: "HTTP", allowedRoutes: { namespaces: { from } } }],
});

/** An endpoint behind a Gateway of another namespace, which lets in its own routes alone. */
async function refusedEndpoint(): Promise<SimulatedCluster> {
  const cluster = await startSimulatedCluster();
  for (const name of ["models", gateway.namespace]) {
    create(cluster, `/api/v1/namespaces/${name}`, { metadata: { name } });
  }
  create(cluster, gatewayPath(gateway.namespace, gateway.name), {
    ...{ apiVersion: GATEWAY, kind: "Gateway", metadata: { name: gateway.name }, spec: listening("Same") },
  });
  for (const { service, port } of Object.values(order.variants)) {
    create(cluster, `/api/v1/namespaces/models/services/${service}`, {
      ...{ metadata: { name: service }, spec: { ports: [{ port }] } },
    });
  }
  create(cluster, httpRoutePath("models", target.name), {
    ...{ apiVersion: GATEWAY, kind: "HTTPRoute" },
    metadata: {
      name: target.name,
      labels: { [labels.stack]: "shop.dev" },
      annotations: { [annotations.order]: JSON.stringify(order) },
    },
    spec: {
      parentRefs: [{ name: gateway.name, namespace: gateway.namespace }],
      rules: rulesOf(order, { shares: { v1: 10_000 } }),
    },
  });
  for (const name of [stateName("sentiment"), historyName("sentiment")]) {
    create(cluster, configMapPath("models", name), { metadata: { name } });
  }
  return cluster;
}

const clientOf = ({ url, token }: SimulatedCluster) =>
  createClient({ access: { url, token: () => token, namespace: "models" }, fieldManager: "test" });

const worldOf = (client: World["client"]): World => ({
  client,
  counts: async () => ({ intervals: [], cursor: { at: 0, targets: {} }, notes: [] }),
  now: () => Date.UTC(2026, 0, 1),
  wait: async () => {},
  random: () => 0.5,
  who: "controller test",
});

const REFUSED = `Gateway ${gateway.namespace}/${gateway.name} does not take the route: Accepted: False, NotAllowedByListeners; nobody climbs until it does`;

test("the controller says once that the Gateway does not take the route, and again when it does so again", async () => {
  await using cluster = await refusedEndpoint();
  const client = clientOf(cluster);
  const told = () =>
    cluster.api.store
      .all()
      .filter(({ kind, action }) => kind === "Event" && action === "gateway")
      .map(({ type, note }) => [type, note]);
  const passes = async (times: number) => {
    for (let i = 0; i < times; i++) expect(await pass(worldOf(client), target)).toMatchObject({ kind: "done" });
  };
  const listen = (from: "Same" | "All") =>
    cluster.api.send({
      method: "PATCH",
      path: gatewayPath(gateway.namespace, gateway.name),
      contentType: "application/merge-patch+json",
      body: { spec: listening(from) },
    });
  await passes(4);
  expect(told()).toEqual([["Warning", REFUSED]]);
  listen("All");
  await passes(2);
  expect(told()).toHaveLength(1);
  listen("Same");
  await passes(2);
  expect(told()).toEqual([
    ["Warning", REFUSED],
    ["Warning", REFUSED],
  ]);
  client.close();
});

test("status and doctor say that the Gateway does not take the route, and what to look at", async () => {
  await using cluster = await refusedEndpoint();
  const client = clientOf(cluster);
  await pass(worldOf(client), target);
  const { findings } = await look({ client, namespace: "models" }, "shop.dev", {});
  expect(findings.filter(({ check }) => check === "route sentiment")).toMatchObject([
    {
      ok: false,
      seen: `gateway ${gateway.namespace}/${gateway.name} does not take it: Accepted: False, NotAllowedByListeners`,
      cure: "kubectl describe httproute -n models sentiment; nobody climbs until it does",
    },
  ]);
  cluster.api.send({ method: "DELETE", path: gatewayPath(gateway.namespace, gateway.name) });
  const later = await look({ client, namespace: "models" }, "shop.dev", {});
  expect(later.findings.filter(({ check }) => check === "route sentiment")).toMatchObject([
    { ok: false, seen: `gateway ${gateway.namespace}/${gateway.name} has not looked at it: no request comes in by it` },
  ]);
  client.close();
});
