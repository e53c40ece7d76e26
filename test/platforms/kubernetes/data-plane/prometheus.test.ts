import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { lookAtPrometheus } from "../../../../components/platforms/kubernetes/data-plane/prometheus-looks.ts";
import type { Cluster } from "../../../../components/platforms/kubernetes/data-plane/where.ts";
import { canaryPlan } from "../../../support/plans.ts";
import { orderOf } from "../route/orders.ts";

/** A stand-in for a Prometheus: it has so many series of whatever a query names, and of nothing else. */
async function startPrometheus(series: Readonly<Record<string, number>>) {
  const server = createServer((request, response) => {
    const query = new URL(request.url ?? "", "http://prometheus").searchParams.get("query") ?? "";
    const found = Object.entries(series).find(([service]) => query.includes(service));
    const result = found === undefined ? [] : [{ metric: {}, value: [0, String(found[1])] }];
    response.end(JSON.stringify({ status: "success", data: { resultType: "vector", result } }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const lookAt = (url: string) => {
  const order = { ...orderOf(canaryPlan()), metrics: { url, intervalSeconds: 15 } };
  return lookAtPrometheus({ namespace: "ml" } as Cluster, { endpoint: "sentiment", order } as never);
};

test("a candidate without a series is named, with what to look at", async () => {
  await using prometheus = await startPrometheus({ "sentiment-v1": 3 });
  expect(await lookAt(prometheus.url)).toEqual([
    { check: "sentiment counts", ok: true, seen: `${prometheus.url}: 3 series of v1` },
    {
      check: "sentiment counts",
      ok: false,
      seen: `${prometheus.url} has no series of v2`,
      cure: "look whether Prometheus scrapes the gateway, and whether its counters tell services apart (docs/kubernetes.md, your gateway)",
    },
  ]);
});

test("a Prometheus that answers in the cluster alone is no fault, and is said", async () => {
  expect(await lookAt("http://127.0.0.1:1")).toEqual([
    expect.objectContaining({
      ok: true,
      note: true,
      seen: expect.stringContaining("http://127.0.0.1:1 cannot be asked from here"),
    }),
  ]);
});
