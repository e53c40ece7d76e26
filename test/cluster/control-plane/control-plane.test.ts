import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { openApi } from "./api.ts";
import { type Cluster, startCluster } from "./index.ts";

let cluster: Cluster;

beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster.stop());

const labels = { app: "sleeper" };

interface PodList {
  readonly items: readonly {
    readonly status: {
      readonly phase: string;
      readonly podIP?: string;
      readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    };
  }[];
}

test("a Deployment's pods run, are ready, and have addresses of the pod network", async () => {
  await cluster.api.apply("/apis/apps/v1/namespaces/default/deployments/sleeper", {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "sleeper" },
    spec: {
      replicas: 3,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: "sleeper", image: "example.com/sleeper:1" }] } },
    },
  });
  await expect.poll(readyAddresses, { timeout: 60_000 }).toHaveLength(3);
  for (const address of await readyAddresses()) expect(address).toMatch(/^10\.0\.\d+\.\d+$/);
});

async function readyAddresses(): Promise<readonly string[]> {
  const { items } = await cluster.api.get<PodList>("/api/v1/namespaces/default/pods?labelSelector=app%3Dsleeper");
  return items
    .filter(({ status }) => status.conditions?.some(({ type, status }) => type === "Ready" && status === "True"))
    .map(({ status }) => status.podIP ?? "");
}

test("it says which version it is", async () => {
  expect(await cluster.api.get("/version")).toMatchObject({ gitVersion: "v1.34.1", major: "1", minor: "34" });
});

test("a service account may do nothing that no role lets it do", async () => {
  const request = { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: {} };
  const path = "/api/v1/namespaces/default/serviceaccounts/default/token";
  const { status, body } = await cluster.api.send("POST", path, request);
  expect(status).toBe(201);
  await using api = openApi(cluster.url, body.status.token, cluster.ca);
  const answer = await api.send("GET", "/api/v1/namespaces/default/secrets");
  expect(answer.status).toBe(403);
  expect(answer.body).toMatchObject({ reason: "Forbidden" });
});

test("it takes the custom resources of the projects that the library speaks to", async () => {
  const path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
  const { items } = await cluster.api.get<{ items: readonly { spec: { names: { kind: string } } }[] }>(path);
  expect(items.map(({ spec }) => spec.names.kind).toSorted()).toEqual([
    ...["AlertProvider", "AnalysisRun", "AnalysisTemplate", "Canary", "ClusterAnalysisTemplate", "Experiment"],
    ...["Gateway", "GatewayClass", "HTTPRoute", "MetricTemplate", "PodMonitor", "PrometheusRule", "ReferenceGrant"],
    ...["Rollout", "ScaledObject", "ServiceMonitor", "TriggerAuthentication"],
  ]);
});

test("a cluster that is stopped leaves no process and no file", async () => {
  const other = await startCluster();
  const folder = dirname(other.kubeconfig);
  expect(processesIn(folder)).toHaveLength(5);
  await other.stop();
  expect(processesIn(folder)).toEqual([]);
  expect(existsSync(folder)).toBe(false);
});

test("a cluster whose process is killed leaves no process, and the next one removes its files", async () => {
  const child = spawn(process.execPath, [join(import.meta.dirname, "../start.ts")], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const folder = dirname(await kubeconfigOf(child));
  expect(processesIn(folder)).toHaveLength(5);
  child.kill("SIGKILL");
  await once(child, "exit");
  while (processesIn(folder).length > 0) await sleep(50);
  expect(existsSync(folder)).toBe(true);
  const next = await startCluster();
  await next.stop();
  expect(existsSync(folder)).toBe(false);
});

async function kubeconfigOf(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error("start.ts prints to nobody");
  for await (const line of createInterface(child.stdout)) {
    const [, path] = /^kubeconfig (.*)/.exec(line) ?? [];
    if (path !== undefined) return path;
  }
  throw new Error("start.ts ended without a cluster");
}

/** Processes whose command line names this folder. */
function processesIn(folder: string): readonly string[] {
  return readdirSync("/proc").filter((pid) => /^\d+$/.test(pid) && commandLine(pid).includes(folder));
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
}
