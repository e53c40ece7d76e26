import { expect, test } from "vitest";
import { startSimulatedCluster } from "../../../components/simulations/kubernetes/index.ts";
import { everyObject, placeOf } from "./every-object.ts";

// A simulated API server: its schemas are the real ones. The real one is asked the same in test/cluster/platform.

test("a simulated API server takes every object that the platform makes, to the last field", async () => {
  await using cluster = await startSimulatedCluster();
  const headers = { authorization: `Bearer ${cluster.token}`, "content-type": "application/json" };
  await fetch(`${cluster.url}/api/v1/namespaces`, {
    method: "POST",
    headers,
    body: JSON.stringify({ apiVersion: "v1", kind: "Namespace", metadata: { name: "models" } }),
  });
  const objects = await everyObject();
  const refused: unknown[] = [];
  for (const object of objects) {
    const answer = await fetch(`${cluster.url}${placeOf(object)}`, {
      method: "POST",
      headers,
      body: JSON.stringify(object),
    });
    if (answer.status !== 201) refused.push([object.kind, object.metadata.name, await answer.json()]);
  }
  expect(refused).toEqual([]);
  expect([...new Set(objects.map(({ kind }) => kind))].toSorted()).toEqual([
    "ConfigMap",
    "Deployment",
    "HTTPRoute",
    "HorizontalPodAutoscaler",
    "NetworkPolicy",
    "PodDisruptionBudget",
    "Role",
    "RoleBinding",
    "ScaledObject",
    "Service",
    "ServiceAccount",
  ]);
});
