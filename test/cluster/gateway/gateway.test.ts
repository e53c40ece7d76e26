import { request } from "undici";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { messageOf } from "../../../components/host/host-error.ts";
import { gateways } from "../../../components/platforms/kubernetes/gateways/index.ts";
import { type Cluster, startCluster } from "../control-plane/index.ts";
import { type Clients, startClients } from "../traffic/clients.ts";
import { applyRoute, applyVersion, HOST, NAMESPACE, NO_VERSION } from "../traffic/objects.ts";
import { type Pods, startPods } from "../traffic/pods.ts";
import { startClusterPrometheus } from "../traffic/prometheus.ts";
import { type Gateway, startGateway } from "./index.ts";

let cluster: Cluster;
let pods: Pods;

beforeAll(async () => {
  cluster = await startCluster();
  pods = await startPods(cluster);
  await Promise.all(["v1", "v2"].map((version) => applyVersion(cluster.api, version, 2)));
  await vi.waitUntil(() => pods.serving("v1") === 2 && pods.serving("v2") === 2, { timeout: 60_000 });
});
afterEach(() => {
  for (const version of ["v1", "v2"]) pods.behave(version, {});
});
afterAll(async () => {
  await pods[Symbol.asyncDispose]();
  await cluster.stop();
});

describe.each(["envoy", "haproxy"] as const)("%s", (kind) => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGateway(cluster, kind, { namespace: NAMESPACE, name: kind });
    await setWeights({ v1: 10_000, v2: 0 });
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  /** Returns when the weights are in force: the route's generation was read and reported, and a request answered. */
  async function setWeights(weights: Readonly<Record<string, number>>, mirrored?: string): Promise<void> {
    await applyRoute(cluster.api, kind, weights, mirrored);
    await vi.waitUntil(isReported, { timeout: 10_000 });
    await gateway.settled();
  }

  async function isReported(): Promise<boolean> {
    const path = `/apis/gateway.networking.k8s.io/v1/namespaces/${NAMESPACE}/httproutes/sentiment`;
    const { metadata, status, spec } = await cluster.api.get<{
      readonly metadata: { readonly generation: number };
      readonly spec: { readonly parentRefs: readonly { readonly name: string }[] };
      readonly status?: {
        readonly parents: readonly {
          readonly parentRef: { readonly name: string };
          readonly conditions: readonly { readonly observedGeneration: number }[];
        }[];
      };
    }>(path);
    const [parent] = status?.parents ?? [];
    return (
      parent?.parentRef.name === spec.parentRefs[0]?.name &&
      parent?.conditions.every(({ observedGeneration }) => observedGeneration === metadata.generation) === true
    );
  }

  async function send(count: number): Promise<Clients["seen"]> {
    const clients = startClients(gateway.url, HOST, 400);
    await expect.poll(clients.sent, { timeout: 60_000, interval: 20 }).toBeGreaterThanOrEqual(count);
    await clients.stop();
    expect(clients.lost()).toBe(0);
    return clients.seen;
  }

  const answersOf = (seen: Clients["seen"], version: string): number =>
    (seen.get(version)?.good ?? 0) + (seen.get(version)?.bad ?? 0);

  test("basis points divide traffic, and the header says which version answered", async () => {
    await setWeights({ v1: 9_000, v2: 1_000 });
    await expect.poll(async () => answersOf(await send(100), "v2"), { timeout: 20_000 }).toBeGreaterThan(0);
    const before = { v1: pods.reached("v1"), v2: pods.reached("v2") };
    const seen = await send(2_000);
    const [v1, v2] = [answersOf(seen, "v1"), answersOf(seen, "v2")];
    const deviation = Math.sqrt(0.1 * 0.9 * (v1 + v2));
    expect(Math.abs(v2 - 0.1 * (v1 + v2))).toBeLessThan(5 * deviation);
    expect([pods.reached("v1") - before.v1, pods.reached("v2") - before.v2]).toEqual([v1, v2]);
  });

  test("a version with weight 0 gets nothing, and answers those who ask for it by name", async () => {
    await setWeights({ v1: 10_000, v2: 0 });
    await expect.poll(async () => answersOf(await send(100), "v2"), { timeout: 20_000 }).toBe(0);
    const before = pods.reached("v2");
    expect(answersOf(await send(500), "v2")).toBe(0);
    expect(pods.reached("v2")).toBe(before);
    const { headers, body } = await request(gateway.url, { headers: { host: HOST, "x-model-version": "v2" } });
    await body.dump();
    expect(headers["x-model-version"]).toBe("v2");
    expect(pods.reached("v2")).toBe(before + 1);
  });

  test("who names a version that is not there meets the rule for any other name", async () => {
    await setWeights({ v1: 10_000, v2: 0 });
    const { headers, body } = await request(gateway.url, { headers: { host: HOST, "x-model-version": "v9" } });
    await body.dump();
    expect(headers["x-model-version"]).toBe(NO_VERSION);
  });

  test("a version that refuses connections answers nobody, and its share gets 503", async () => {
    await setWeights({ v1: 5_000, v2: 5_000 });
    await expect.poll(async () => answersOf(await send(100), "v2"), { timeout: 20_000 }).toBeGreaterThan(20);
    pods.behave("v2", { refuses: true });
    const seen = await send(400);
    expect(seen.get("v1")?.bad).toBe(0);
    expect(seen.get("v2")?.good).toBe(0);
    expect(seen.get("v2")?.bad).toBeGreaterThan(100);
  });

  test("a name that no route has is not found", async () => {
    const { statusCode, body } = await request(gateway.url, { headers: { host: "other.example.com" } });
    await body.dump();
    expect(statusCode).toBe(404);
  });

  test("Prometheus finds the proxy's counters of each version, and every pod", async () => {
    await using prometheus = await startClusterPrometheus(gateway, pods, 1);
    await setWeights({ v1: 5_000, v2: 5_000 });
    const ask = async (query: string): Promise<readonly { readonly metric: Record<string, string> }[]> => {
      const answer = await fetch(`${prometheus.url}/api/v1/query?query=${encodeURIComponent(query)}`);
      return ((await answer.json()) as { data: { result: readonly { metric: Record<string, string> }[] } }).data.result;
    };
    const series = { envoy: "envoy_cluster_upstream_rq_completed", haproxy: "haproxy_backend_sessions_total" }[kind];
    const label = { envoy: "envoy_cluster_name", haproxy: "proxy" }[kind];
    await send(200);
    await expect
      .poll(async () => (await ask(`${series} > 0`)).map(({ metric }) => metric[label]).toSorted(), { timeout: 20_000 })
      .toEqual(expect.arrayContaining(["default_sentiment-v1_80", "default_sentiment-v2_80"]));
    await expect.poll(async () => (await ask('up{job="pods"} == 1')).length, { timeout: 20_000 }).toBe(4);
  });

  if (kind === "haproxy") {
    test("a mirror is refused: HAProxy copies no requests", async () => {
      await applyRoute(cluster.api, kind, { v1: 10_000, v2: 0 }, "v2");
      await expect.poll(() => gateway.settled().catch(messageOf)).toBe("HAProxy alone mirrors no requests");
    });
    return;
  }

  test("how long answers took is shown at the bounds that latency is judged at", async () => {
    const { target, path } = gateway.metrics;
    const boundsShown = async (): Promise<readonly number[]> => {
      const page = await (await fetch(`http://${target}${path}`)).text();
      const bucket =
        /^envoy_cluster_upstream_rq_time_bucket\{envoy_cluster_name="default_sentiment-v1_80",le="([\d.]+)"\}/gm;
      return [...page.matchAll(bucket)].map(([, bound]) => Number(bound));
    };
    await send(50);
    await expect.poll(boundsShown, { timeout: 20_000 }).toEqual(gateways.envoy.durations?.bounds);
  });

  test("what is under way stands in a gauge of its version until it is answered", async () => {
    await setWeights({ v1: 5_000, v2: 5_000 });
    const { target, path } = gateway.metrics;
    const underWay = async (): Promise<number> => {
      const page = await (await fetch(`http://${target}${path}`)).text();
      const metric = gateways.envoy.underWay?.metric ?? "";
      return Number(
        new RegExp(`^${metric}\\{envoy_cluster_name="default_sentiment-v2_80"\\} (\\d+)$`, "m").exec(page)?.[1],
      );
    };
    pods.behave("v2", { delayMs: () => 1_000 });
    const clients = startClients(gateway.url, HOST, 100);
    await expect.poll(underWay, { timeout: 20_000 }).toBeGreaterThan(10);
    await clients.stop();
    await expect.poll(underWay, { timeout: 20_000 }).toBe(0);
  });

  test("a mirrored version gets every request, and answers nobody", async () => {
    await setWeights({ v1: 10_000, v2: 0 }, "v2");
    await expect
      .poll(
        async () => {
          const before = pods.reached("v2");
          await send(50);
          return pods.reached("v2") - before;
        },
        { timeout: 20_000 },
      )
      .toBeGreaterThan(0);
    const before = pods.reached("v2");
    const seen = await send(300);
    expect([...seen.keys()]).toEqual(["v1"]);
    await expect.poll(() => pods.reached("v2") - before).toBe(answersOf(seen, "v1"));
  });
});
