import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Client, createClient } from "../../../components/platforms/kubernetes/cluster/index.ts";
import {
  type HttpRoute,
  type Passed,
  pass,
  readKept,
  STATE_KEY,
  type Target,
  takeBack,
  type World,
} from "../../../components/platforms/kubernetes/controller/index.ts";
import { roleRules } from "../../../components/platforms/kubernetes/controller/role.ts";
import { annotations } from "../../../components/platforms/kubernetes/route/annotations.ts";
import {
  historyName,
  routeName,
  stateName,
  variantName,
} from "../../../components/platforms/kubernetes/route/names.ts";
import type { RouteOrder } from "../../../components/platforms/kubernetes/route/order.ts";
import { rulesOf, splitIn } from "../../../components/platforms/kubernetes/route/rules.ts";
import { shareIn } from "../../../components/platforms/kubernetes/route/split.ts";
import { orderOf } from "../../platforms/kubernetes/route/orders.ts";
import { climbing, interval } from "../../rollout/inputs.ts";
import { type Cluster, startCluster } from "../control-plane/index.ts";

const NAMESPACE = "default";
const REQUESTS = 4_000;
const MOST_PASSES = 60;

let cluster: Cluster;

beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster.stop());

class Killed extends Error {}

const maps = `/api/v1/namespaces/${NAMESPACE}/configmaps`;
const routes = `/apis/gateway.networking.k8s.io/v1/namespaces/${NAMESPACE}/httproutes`;

/** A client of the controller's own account: a Role with what it may do, and a token that the server gives. */
async function clientOf(model: string): Promise<Client> {
  const name = routeName(model);
  const rbac = `/apis/rbac.authorization.k8s.io/v1/namespaces/${NAMESPACE}`;
  const accounts = `/api/v1/namespaces/${NAMESPACE}/serviceaccounts`;
  const metadata = { name };
  await cluster.api.create(accounts, { apiVersion: "v1", kind: "ServiceAccount", metadata });
  const kinds = { apiVersion: "rbac.authorization.k8s.io/v1" };
  await cluster.api.create(`${rbac}/roles`, { ...kinds, kind: "Role", metadata, rules: roleRules(model) });
  await cluster.api.create(`${rbac}/rolebindings`, {
    ...{ ...kinds, kind: "RoleBinding", metadata },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name },
    subjects: [{ kind: "ServiceAccount", name, namespace: NAMESPACE }],
  });
  const request = { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: {} };
  const { status, body } = await cluster.api.send("POST", `${accounts}/${name}/token`, request);
  if (status !== 201) throw new Error(`no token: ${status}`);
  const access = {
    ...{ url: cluster.url, namespace: NAMESPACE, ca: readFileSync(cluster.ca, "utf8") },
    token: () => String(body.status.token),
  };
  return createClient({ access, fieldManager: "model-lifecycle-controller" });
}

/** An endpoint on the real server whose traffic follows its route; only counts are made up. */
class Endpoint {
  readonly target: Target;
  readonly order: RouteOrder;
  readonly #failing: number;
  readonly #intervals: ReturnType<typeof interval>[] = [];

  constructor(model: string, failing: number) {
    this.order = {
      ...orderOf({ ...climbing(), model }),
      metrics: { url: "http://prometheus.invalid", intervalSeconds: 1 },
    };
    this.target = { namespace: NAMESPACE, name: routeName(model) };
    this.#failing = failing;
  }

  async create(): Promise<this> {
    const { endpoint: model, traffic } = this.order;
    await cluster.api.create(routes, {
      ...{ apiVersion: "gateway.networking.k8s.io/v1", kind: "HTTPRoute" },
      metadata: {
        name: routeName(model),
        annotations: { [annotations.order]: JSON.stringify(this.order) },
      },
      spec: { parentRefs: [{ name: "public" }], rules: rulesOf(this.order, { shares: { v1: 10_000 } }) },
    });
    for (const name of [stateName(model), historyName(model)]) {
      await cluster.api.create(maps, { apiVersion: "v1", kind: "ConfigMap", metadata: { name } });
    }
    for (const [version, { content }] of Object.entries(traffic.versions)) {
      const service = variantName(model, version, content);
      await cluster.api.create(`/apis/discovery.k8s.io/v1/namespaces/${NAMESPACE}/endpointslices`, {
        ...{ apiVersion: "discovery.k8s.io/v1", kind: "EndpointSlice", addressType: "IPv4" },
        metadata: { name: service, labels: { "kubernetes.io/service-name": service } },
        endpoints: [{ addresses: ["10.0.0.9"], conditions: { ready: true } }],
      });
    }
    return this;
  }

  readonly route = (): Promise<HttpRoute> => cluster.api.get<HttpRoute>(`${routes}/${this.target.name}`);

  async weight(): Promise<number> {
    const split = splitIn(this.order, (await this.route()).spec?.rules ?? []);
    return shareIn(split ?? { shares: {} }, "v2");
  }

  async phase(): Promise<string | undefined> {
    const { data } = await cluster.api.get<{ data?: Record<string, string> }>(
      `${maps}/${stateName(this.order.endpoint)}`,
    );
    return data?.[STATE_KEY] === undefined ? undefined : readKept(data[STATE_KEY]).state.progress?.phase;
  }

  async passed(): Promise<void> {
    const n1 = ((await this.weight()) * REQUESTS) / 10_000;
    const n0 = REQUESTS - n1 + 200;
    this.#intervals.push(interval({ n0, x0: n0 / 100, n1, x1: Math.round(n1 * this.#failing) }));
  }

  world(client: Client): World {
    return {
      client,
      counts: async (_server, { step }, cursor) => {
        const from = cursor?.at ?? this.#intervals.length;
        const passed = this.#intervals.slice(from);
        const intervals = passed.map(({ live }) => ({ live: { ...live, step } }));
        return { intervals, cursor: { at: this.#intervals.length, targets: {} }, notes: [] };
      },
      now: Date.now,
      wait: async () => {},
      random: () => 0,
      who: "controller test",
    };
  }
}

/** The same client, which dies before or after its n-th call. */
function dyingAt(
  client: Client,
  index: number,
  after: boolean,
): { readonly client: Client; readonly calls: () => number } {
  let calls = 0;
  const wrap =
    <Args extends readonly unknown[], Result>(call: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      const mine = calls++;
      if (mine === index && !after) throw new Killed();
      const result = await call(...args);
      if (mine === index && after) throw new Killed();
      return result;
    };
  const dying = {
    ...client,
    ...{ get: wrap(client.get), create: wrap(client.create), replace: wrap(client.replace), merge: wrap(client.merge) },
  };
  return { client: dying as Client, calls: () => calls };
}

/** Passes until the rollout has come to this phase; a controller that dies is followed by another one. */
async function runTo(endpoint: Endpoint, client: Client, phase: string): Promise<Passed | undefined> {
  let last: Passed | undefined;
  for (let i = 0; i < MOST_PASSES && (await endpoint.phase()) !== phase; i++) {
    await endpoint.passed();
    try {
      last = await pass(endpoint.world(client), endpoint.target);
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
    }
  }
  return last;
}

test("a good candidate climbs to all of the traffic, with the rights of the Role and no others", async () => {
  const endpoint = await new Endpoint("good", 0.01).create();
  const client = await clientOf("good");
  const last = await runTo(endpoint, client, "complete");
  expect(last?.kind).toBe("done");
  expect(await endpoint.weight()).toBe(10_000);
  expect((await client.get("/api/v1/namespaces/default/secrets")).kind).toBe("forbidden");
  expect((await client.replace(`${maps}/other`, { metadata: { name: "other" } })).kind).toBe("forbidden");
  const { items } = await cluster.api.get<{ items: readonly { regarding?: { name?: string }; reason: string }[] }>(
    `/apis/events.k8s.io/v1/namespaces/${NAMESPACE}/events`,
  );
  const told = items.filter(({ regarding }) => regarding?.name === "good").map(({ reason }) => reason);
  expect(told.filter((reason) => reason === "Step")).toHaveLength(3);
  client.close();
});

test("killed before and after every call of a bad rollout, its candidate ends with nothing", {
  timeout: 600_000,
}, async () => {
  const undisturbed = await new Endpoint("bad", 0.5).create();
  const client = await clientOf("bad");
  const counting = dyingAt(client, -1, false);
  await runTo(undisturbed, counting.client, "aborted");
  const wrong: string[] = [];
  for (let index = 0; index < counting.calls(); index++) {
    for (const after of [false, true]) {
      const model = `bad-${index}-${after ? "after" : "before"}`;
      const endpoint = await new Endpoint(model, 0.5).create();
      const own = await clientOf(model);
      await runTo(endpoint, dyingAt(own, index, after).client, "aborted");
      await pass(endpoint.world(own), endpoint.target);
      const ended = (await endpoint.route()).metadata.annotations?.[annotations.ended];
      if ((await endpoint.weight()) !== 0 || ended !== "rollout-1" || (await endpoint.phase()) !== "aborted")
        wrong.push(model);
      own.close();
    }
  }
  client.close();
  expect(wrong).toEqual([]);
});

test("three controllers and a person at once leave an ended candidate with nothing", async () => {
  const endpoint = await new Endpoint("raced", 0.01).create();
  const client = await clientOf("raced");
  const drive = async (): Promise<void> => {
    for (let i = 0; i < 15; i++) {
      await endpoint.passed();
      await pass(endpoint.world(client), endpoint.target);
    }
  };
  const person = async (): Promise<void> => {
    for (let i = 0; i < 5; i++) await endpoint.passed();
    await takeBack(endpoint.world(client), endpoint.target, { kind: "abort", reason: "by hand", by: "jo" });
  };
  await Promise.all([drive(), drive(), drive(), person()]);
  await takeBack(endpoint.world(client), endpoint.target, { kind: "abort", reason: "by hand", by: "jo" });
  await drive();
  expect(await endpoint.weight()).toBe(0);
  expect(await endpoint.phase()).toBe("aborted");
  client.close();
});
