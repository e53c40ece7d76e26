import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { annotations } from "../../../components/platforms/kubernetes/route/annotations.ts";
import { historyName, routeName, stateName } from "../../../components/platforms/kubernetes/route/names.ts";
import type { RouteOrder } from "../../../components/platforms/kubernetes/route/order.ts";
import { rulesOf } from "../../../components/platforms/kubernetes/route/rules.ts";
import { type SimulatedCluster, startSimulatedCluster } from "../../../components/simulations/kubernetes/index.ts";
import { endedReopened, wronglyEnded } from "../../platforms/kubernetes/controller/kills.ts";
import { orderOf } from "../../platforms/kubernetes/route/orders.ts";
import { climbing } from "../../rollout/inputs.ts";
import { repository } from "../../support/project.ts";
import { type Figure, figure, median, told } from "../figure.ts";

const RACES = 50;
const ROUTES = 200;
const MEASURED_MS = 30_000;
const NAMESPACE = "models";

/** What becomes of rollouts whose controller is killed at every call, and of an ended one in races. */
export async function killsAndRaces(): Promise<readonly Figure[]> {
  const { kills, wrong } = await wronglyEnded();
  const reopened = await endedReopened(RACES);
  const where =
    "the product's passes on stored objects that compare versions; test/cluster kills them at a real API server";
  return [
    figure("kills-survived", 1 - wrong.length / kills, "of kills", { atLeast: 1 }, `${kills} kills; ${where}`),
    figure("ended-reopened", reopened, "candidates", { atMost: 0 }, `${RACES} races of three controllers and a person`),
  ];
}

/** What one process needs that drives two hundred rollouts, and one that drives a single one, as the product deploys it. */
export async function manyRollouts(): Promise<readonly Figure[]> {
  const { rssMb, rounds, what } = await drive(ROUTES, 0.05);
  const alone = await drive(1, 1);
  const rounded = `median of ${rounds.length} rounds; ${what}`;
  return [
    figure("controller-rss-mb", rssMb, "MB", { atMost: 200 }, `the most it ever had; ${what}`),
    told("controller-rss-mb, one rollout", alone.rssMb, "MB", `the most it ever had; ${alone.what}`),
    figure("controller-round-seconds", median(rounds), "s", { atMost: 5 }, rounded),
  ];
}

interface Driven {
  readonly rssMb: number;
  /** How far apart passes over one route were, in s. */
  readonly rounds: readonly number[];
  readonly what: string;
}

/** Runs the bundle with a round in so many seconds or as soon as it can, by HTTP to a simulated cluster and to a stand-in for a Prometheus. */
async function drive(routes: number, everySeconds: number): Promise<Driven> {
  // Node runs this as it is written: it knows no `using` yet.
  const cluster = await startSimulatedCluster();
  const prometheus = createServer(async (request, response) => {
    let body = "";
    for await (const part of request) body += part;
    response.end(answerOf(new URLSearchParams(body).get("query") ?? ""));
  });
  await new Promise<void>((done) => prometheus.listen(0, "127.0.0.1", done));
  const url = `http://127.0.0.1:${(prometheus.address() as AddressInfo).port}`;
  // It bakes for longer than is looked at: every rollout runs.
  const plan = { ...climbing(), rollout: { ...climbing().rollout, bakeMs: 600_000 } };
  const models = Array.from({ length: routes }, (_, i) => `model-${i}`);
  await send(cluster, "/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } });
  for (const model of models) {
    await createEndpoint(cluster, {
      ...orderOf({ ...plan, model }),
      metrics: { url, intervalSeconds: 1 },
    });
  }
  const folder = mkdtempSync(join(tmpdir(), "model-lifecycle-controller-"));
  writeFileSync(join(folder, "token"), cluster.token);
  const child = spawn(
    process.execPath,
    [
      join(repository, "dist/components/platforms/kubernetes/controller/main.mjs"),
      ...models.flatMap((model) => ["--route", `${NAMESPACE}/${routeName(model)}`]),
      ...[
        "--server",
        cluster.url,
        "--token-file",
        join(folder, "token"),
        "--port",
        "0",
        "--every",
        String(everySeconds),
      ],
    ],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  try {
    return await watch(child.pid ?? 0, await pageOf(child.stderr), routes);
  } finally {
    child.kill("SIGKILL");
    prometheus.closeAllConnections();
    prometheus.close();
    await cluster.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Looks at the process for a while: its memory, and how far apart passes over one route are. */
async function watch(pid: number, page: string, routes: number): Promise<Driven> {
  const until = Date.now() + MEASURED_MS;
  const passes = new Set<number>();
  let [mostKb, running] = [0, 0];
  while (Date.now() < until) {
    const text = await (await fetch(page)).text();
    const [, at] = /last_pass_timestamp_seconds\{model="model-0"\} (\S+)/.exec(text) ?? [];
    if (at !== undefined) passes.add(Number(at));
    running = [...text.matchAll(/phase="progressing"\} 1/g)].length;
    const [, kb] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    mostKb = Math.max(mostKb, Number(kb));
    await sleep(100);
  }
  const moments = [...passes].sort((a, b) => a - b);
  const rounds = moments.slice(1).map((at, i) => at - (moments[i] ?? at));
  const what = `${routes} routes, ${running} of them judged when it was last looked; the simulated cluster answers from a process on the same two cores`;
  return { rssMb: mostKb / 1024, rounds, what };
}

async function createEndpoint(cluster: SimulatedCluster, order: RouteOrder): Promise<void> {
  const { endpoint: model } = order;
  await send(cluster, `/apis/gateway.networking.k8s.io/v1/namespaces/${NAMESPACE}/httproutes`, {
    ...{ apiVersion: "gateway.networking.k8s.io/v1", kind: "HTTPRoute" },
    metadata: { name: routeName(model), annotations: { [annotations.order]: JSON.stringify(order) } },
    spec: { parentRefs: [{ name: "public" }], rules: rulesOf(order, { shares: { v1: 10_000 } }) },
  });
  for (const name of [stateName(model), historyName(model)]) {
    const map = { apiVersion: "v1", kind: "ConfigMap", metadata: { name } };
    await send(cluster, `/api/v1/namespaces/${NAMESPACE}/configmaps`, map);
  }
  for (const { service } of Object.values(order.variants)) {
    await send(cluster, `/apis/discovery.k8s.io/v1/namespaces/${NAMESPACE}/endpointslices`, {
      ...{ apiVersion: "discovery.k8s.io/v1", kind: "EndpointSlice", addressType: "IPv4" },
      metadata: { name: service, labels: { "kubernetes.io/service-name": service } },
      endpoints: [{ addresses: ["10.0.0.1"], conditions: { ready: true } }],
    });
  }
}

async function send({ url, token }: SimulatedCluster, path: string, object: object): Promise<void> {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const answer = await fetch(`${url}${path}`, { method: "POST", headers, body: JSON.stringify(object) });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
}

async function pageOf(lines: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface(lines)) {
    const [, port] = /listens on (\d+)/.exec(line) ?? [];
    if (port !== undefined) return `http://127.0.0.1:${port}/metrics`;
  }
  throw new Error("the controller ended");
}

/** A minute of samples, one a second: each version is asked a hundred times a second, and one answer in a hundred is a 500. */
function answerOf(query: string): string {
  const now = Math.floor(Date.now() / 1000);
  const series = (labels: object, perSecond: number) => ({
    metric: { job: "gateway", instance: "a", ...labels },
    values: Array.from({ length: 60 }, (_, i) => [now - 59 + i, String((now - 59 + i) * perSecond)]),
  });
  const [name = ""] = query.split("{");
  const services = (/envoy_cluster_name=~"([^"]*)"/.exec(query)?.[1] ?? "").replaceAll("\\", "").split("|");
  const of = (service: string) => {
    const labels = { __name__: name, envoy_cluster_name: service };
    if (name !== "envoy_cluster_upstream_rq_xx") return [series(labels, 100)];
    const classes = { 2: 99, 5: 1 };
    return Object.entries(classes).map(([code, rate]) => series({ ...labels, envoy_response_code_class: code }, rate));
  };
  const up = { metric: { __name__: "up", job: "gateway", instance: "a" } };
  const ups = Array.from({ length: 60 }, (_, i) => [now - 59 + i, "1"]);
  const result = name === "up" ? [{ ...up, values: ups }] : services.flatMap(of);
  return JSON.stringify({ status: "success", data: { resultType: "matrix", result } });
}
