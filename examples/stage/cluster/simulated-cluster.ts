import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createClient, httpRoutePath } from "../../../components/platforms/kubernetes/cluster/index.ts";
import { type HttpRoute, pass, type World } from "../../../components/platforms/kubernetes/controller/index.ts";
import { roleRules } from "../../../components/platforms/kubernetes/controller/role.ts";
import { annotations } from "../../../components/platforms/kubernetes/route/annotations.ts";
import { type RouteOrder, readOrder } from "../../../components/platforms/kubernetes/route/order.ts";
import { splitIn } from "../../../components/platforms/kubernetes/route/rules.ts";
import type { Split } from "../../../components/platforms/kubernetes/route/split.ts";
import { type SimulatedCluster, startSimulatedCluster } from "../../../components/simulations/kubernetes/index.ts";
import { type ClusterStage, type Division, GATEWAYS, NAMESPACE } from "./cluster-stage.ts";
import { SimulatedTraffic } from "./simulated-traffic.ts";

/** How long a simulated second takes. Unit: ms. */
const SECOND_MS = 50;
const GATEWAY_API = "gateway.networking.k8s.io/v1";

/** A route as it stands, with what its program asks for. */
interface Standing {
  readonly route: HttpRoute;
  readonly order: RouteOrder;
  readonly split: Split | undefined;
}

/**
 * Opens a cluster that is simulated: an API server over HTTP, a controller's own pass with the rights of its Role, and
 * requests that are drawn by the weights in force. Up to twenty simulated seconds pass in one.
 * @param model the endpoint that lives there @param why a real one is not there, for people
 */
export async function openSimulatedCluster(model: string, why: string): Promise<ClusterStage> {
  const cluster = await startSimulatedCluster();
  const folder = mkdtempSync(path.join(tmpdir(), "mlc-cluster-"));
  const kubeconfig = path.join(folder, "kubeconfig");
  writeFileSync(kubeconfig, renderKubeconfig(cluster));
  furnish(cluster);
  const traffic = new SimulatedTraffic(11);
  const divisions: Division[] = [];
  const begun = Date.now();
  let [passed, perSecond] = [0, 0];
  let running = true;

  const controller = cluster.grant({ user: "controller", rules: roleRules(model), namespace: NAMESPACE });
  const access = { url: cluster.url, namespace: NAMESPACE, token: () => controller };
  const client = createClient({ access, fieldManager: "model-lifecycle-controller" });
  const now = (): number => begun + passed * 1000;
  const world: World = {
    ...{ client, now, wait: (ms) => sleep(ms), random: Math.random, who: "controller of the simulation" },
    counts: async (_server, question, cursor) => {
      const standing = standingOf(cluster, model);
      if (standing === undefined) return { intervals: [], cursor: cursor ?? { at: now(), targets: {} }, notes: [] };
      return traffic.counts(question, cursor, standing.order);
    },
  };
  const second = async (): Promise<void> => {
    passed += 1;
    cluster.api.advance(1);
    const split = standingOf(cluster, model)?.split;
    if (split !== undefined) note(divisions, split, passed);
    if (perSecond > 0) traffic.pass(perSecond, split ?? { shares: {} }, now());
    if (standingOf(cluster, model) !== undefined) await pass(world, { namespace: NAMESPACE, name: model });
  };
  const run = async (): Promise<void> => {
    while (running) {
      await second();
      await sleep(SECOND_MS);
    }
  };
  const clock = run();
  return {
    what: `simulated: no pod runs and no request is sent; up to twenty simulated seconds pass in one (${why})`,
    isSimulated: true,
    unjudged: [],
    env: {
      KUBECONFIG: kubeconfig,
      KUBERNETES_SIMULATION_SERVER: cluster.url,
      KUBERNETES_SIMULATION_TOKEN: cluster.token,
    },
    platform: {
      gateway: { kind: "envoy", name: "public", namespace: GATEWAYS },
      prometheus: { url: "http://prometheus.invalid:9090", interval: "1 second" },
    },
    behave: (version, behaviour) => traffic.behave(version, behaviour),
    letCustomersIn: (rate) => {
      perSecond = rate;
      return {
        seen: () => traffic.seen(),
        stop: async () => {
          perSecond = 0;
        },
      };
    },
    clock: () => passed,
    divisions: () => divisions,
    answerOf: async (version) => headersOf(standingOf(cluster, model), version),
    list: async (at) => namesAt(cluster, at),
    stop: async () => {
      running = false;
      await clock;
      client.close();
      await cluster.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const renderKubeconfig = ({ url, token }: SimulatedCluster): string =>
  JSON.stringify({
    ...{ apiVersion: "v1", kind: "Config", "current-context": "simulated" },
    contexts: [{ name: "simulated", context: { cluster: "simulated", user: "admin", namespace: NAMESPACE } }],
    clusters: [{ name: "simulated", cluster: { server: url } }],
    users: [{ name: "admin", user: { token } }],
  });

/** What a team has before a model comes: two namespaces and a Gateway. */
function furnish({ api }: SimulatedCluster): void {
  const create = (at: string, object: object): void => {
    const { status, body } = api.send({ method: "POST", path: at, body: object });
    if (status !== 201) throw new Error(`${at}: ${status} ${JSON.stringify(body)}`);
  };
  for (const name of [NAMESPACE, GATEWAYS]) {
    create("/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name } });
  }
  create(`/apis/${GATEWAY_API}/namespaces/${GATEWAYS}/gateways`, {
    ...{ apiVersion: GATEWAY_API, kind: "Gateway", metadata: { name: "public", namespace: GATEWAYS } },
    spec: {
      gatewayClassName: "simulated",
      listeners: [{ name: "http", port: 80, protocol: "HTTP", allowedRoutes: { namespaces: { from: "All" } } }],
    },
  });
}

/** Undefined while there is no route, or one that is not the program's. */
function standingOf({ api }: SimulatedCluster, model: string): Standing | undefined {
  const { status, body } = api.send({ method: "GET", path: httpRoutePath(NAMESPACE, model) });
  const route = body as unknown as HttpRoute;
  const text = status === 200 ? route.metadata.annotations?.[annotations.order] : undefined;
  if (text === undefined) return undefined;
  const order = readOrder(text);
  return { route, order, split: splitIn(order, route.spec?.rules ?? []) };
}

/** @param at seconds */
function note(divisions: Division[], { shares }: Split, at: number): void {
  if (JSON.stringify(divisions.at(-1)?.weights) !== JSON.stringify(shares)) divisions.push({ at, weights: shares });
}

/** What the rule that names a version says that its answers carry. */
function headersOf(standing: Standing | undefined, version: string): Readonly<Record<string, string>> | undefined {
  const rule = (standing?.route.spec?.rules ?? []).find(({ matches = [] }) =>
    matches.some(({ headers = [] }) => headers.some(({ value }) => value === version)),
  );
  const filters = rule?.backendRefs?.flatMap((each) => each.filters ?? []);
  const set = filters?.flatMap((filter) =>
    filter.type === "ResponseHeaderModifier" ? filter.responseHeaderModifier.set : [],
  );
  return set && Object.fromEntries(set.map(({ name, value }) => [name.toLowerCase(), value]));
}

function namesAt({ api }: SimulatedCluster, at: string): readonly string[] {
  const { status, body } = api.send({ method: "GET", path: at });
  if (status !== 200) throw new Error(`GET ${at}: ${status}`);
  const { items } = body as unknown as { readonly items: readonly { readonly metadata: { readonly name: string } }[] };
  return items.map(({ metadata }) => metadata.name);
}
