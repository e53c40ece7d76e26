import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, onTestFinished, test } from "vitest";
import { configMapPath, httpRoutePath } from "../../../../components/platforms/kubernetes/cluster/index.ts";
import { roleRules } from "../../../../components/platforms/kubernetes/controller/role.ts";
import { annotations } from "../../../../components/platforms/kubernetes/route/annotations.ts";
import { historyName, routeName, stateName } from "../../../../components/platforms/kubernetes/route/names.ts";
import { rulesOf } from "../../../../components/platforms/kubernetes/route/rules.ts";
import { startSimulatedCluster } from "../../../../components/simulations/kubernetes/index.ts";
import { climbing } from "../../../rollout/inputs.ts";
import { repository } from "../../../support/project.ts";
import { orderOf } from "../route/orders.ts";

/** The one file that a pod runs, as `npm run build` leaves it. */
const BUNDLE = join(repository, "dist/components/platforms/kubernetes/controller/main.mjs");

async function ask(url: string, token: string, method: string, path: string, body?: object) {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const answer = await fetch(`${url}${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return JSON.parse(text);
}

/** The line in which it says its port. */
async function portOf(child: ChildProcess): Promise<string> {
  if (child.stderr === null) throw new Error("nobody hears it");
  const seen: string[] = [];
  for await (const line of createInterface(child.stderr)) {
    seen.push(line);
    const [, port] = /listens on (\d+)/.exec(line) ?? [];
    if (port !== undefined) return port;
  }
  throw new Error(`it ended: ${seen.join("\n")}`);
}

function start(args: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, [BUNDLE, ...args], { stdio: ["ignore", "ignore", "pipe"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

test("the bundle drives a route with the rights of its Role and no others, says how it is, and ends when it is told to", async () => {
  await using cluster = await startSimulatedCluster();
  const order = orderOf(climbing());
  const path = (name: string) => configMapPath("models", name);
  const create = (at: string, object: object) =>
    ask(cluster.url, cluster.token, "POST", at.replace(/\/[^/]*$/, ""), object);
  await ask(cluster.url, cluster.token, "POST", "/api/v1/namespaces", {
    ...{ apiVersion: "v1", kind: "Namespace", metadata: { name: "models" } },
  });
  await create(httpRoutePath("models", "x"), {
    ...{ apiVersion: "gateway.networking.k8s.io/v1", kind: "HTTPRoute" },
    metadata: { name: routeName("sentiment"), annotations: { [annotations.order]: JSON.stringify(order) } },
    spec: { parentRefs: [{ name: "public", namespace: "infra" }], rules: rulesOf(order, { shares: { v1: 10_000 } }) },
  });
  for (const name of [stateName("sentiment"), historyName("sentiment")]) {
    await create(path("x"), { apiVersion: "v1", kind: "ConfigMap", metadata: { name } });
  }
  for (const [version, { service }] of Object.entries(order.variants)) {
    await create("/apis/discovery.k8s.io/v1/namespaces/models/endpointslices/x", {
      ...{ apiVersion: "discovery.k8s.io/v1", kind: "EndpointSlice", addressType: "IPv4" },
      metadata: { name: `${service}-a`, labels: { "kubernetes.io/service-name": service } },
      endpoints: [{ addresses: [version === "v1" ? "10.0.0.1" : "10.0.0.2"], conditions: { ready: true } }],
    });
  }
  const folder = mkdtempSync(join(tmpdir(), "mlc-controller-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const token = cluster.grant({ user: "controller", rules: roleRules("sentiment"), namespace: "models" });
  writeFileSync(join(folder, "token"), token);
  const child = start([
    ...["--route", "models/sentiment", "--server", cluster.url, "--token-file", join(folder, "token")],
    ...["--port", "0", "--every", "0.1"],
  ]);
  const page = `http://127.0.0.1:${await portOf(child)}`;
  const weight = async (): Promise<string | undefined> => {
    const text = await (await fetch(`${page}/metrics`)).text();
    return /^model_traffic_weight\{model="sentiment",version="v2"\} (.*)$/m.exec(text)?.[1];
  };
  await expect.poll(weight, { timeout: 20_000 }).toBe("0.05");
  expect(await (await fetch(`${page}/healthz`)).text()).toBe("models/sentiment ok\n");
  expect((await fetch(`${page}/elsewhere`)).status).toBe(404);
  const route = await ask(cluster.url, cluster.token, "GET", httpRoutePath("models", "sentiment"));
  expect(route.spec.rules.at(-1).backendRefs.map((each: { weight: number }) => each.weight)).toEqual([9_500, 500]);
  expect(route.metadata.annotations[annotations.fence]).toBe("1");
  await ask(cluster.url, cluster.token, "DELETE", path(stateName("sentiment")));
  await expect
    .poll(async () => (await fetch(`${page}/healthz`)).text(), { timeout: 20_000 })
    .toContain("ConfigMap models/sentiment-rollout is not there");
  child.kill("SIGTERM");
  expect((await once(child, "exit"))[0]).toBe(0);
});

test("what cannot be used of its command line is said at once, and nothing is started", async () => {
  const child = start(["--route", "sentiment", "--every", "0", "--port", "http"]);
  let said = "";
  child.stderr?.on("data", (part) => {
    said += part;
  });
  expect((await once(child, "exit"))[0]).toBe(2);
  expect(said).toContain('--route: saw "sentiment"; allowed is NAMESPACE/NAME');
  expect(said).toContain("--port: saw http; allowed is 0 to 65535");
  expect(said).toContain("--every: saw 0; allowed is 0.05 to 3600");
});

test("it is one readable file that needs Node alone", () => {
  const text = readFileSync(BUNDLE, "utf8");
  const imports = [...text.matchAll(/^import .* from "([^"]+)"/gm)].map(([, name]) => name ?? "");
  expect(imports.filter((name) => !name.startsWith("node:"))).toEqual([]);
  expect(text).not.toContain("zod");
  expect(text.length).toBeLessThan(400_000);
});
