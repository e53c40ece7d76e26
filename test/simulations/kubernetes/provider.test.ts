import sdk from "@pulumi/kubernetes/package.json" with { type: "json" };
import { expect, test } from "vitest";
import { startSimulatedCluster } from "../../../components/simulations/kubernetes/index.ts";
import { simulatedProvider } from "../../../components/simulations/kubernetes/provider/provider.ts";

test("the provider is of the SDK's version: the engine warns of another", () => {
  expect(simulatedProvider({}).version).toBe(sdk.version.replace(/^v/, ""));
});

test("without a cluster it says which variables name one", async () => {
  const urn = "urn:pulumi:dev::shop::kubernetes:core/v1:ConfigMap::card";
  const inputs = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "card" } };
  await expect(async () => simulatedProvider({}).create(urn, inputs)).rejects.toThrow(
    "Which cluster is simulated? Set KUBERNETES_SIMULATION_FOLDER to an absolute path where it is kept, or KUBERNETES_SIMULATION_SERVER and KUBERNETES_SIMULATION_TOKEN to a real API server.",
  );
});

test("a kind that it does not have is refused with those that it has", async () => {
  const urn = "urn:pulumi:dev::shop::kubernetes:apps/v1:StatefulSet::churn";
  await expect(async () => simulatedProvider({}).create(urn, {})).rejects.toThrow(
    /kubernetes has no resource apps\/v1:StatefulSet; it has core\/v1:Namespace, .*keda\.sh\/v1alpha1:ScaledObject/,
  );
});

test("against an API server it makes, changes, reads and deletes by plain HTTP", async () => {
  await using cluster = await startSimulatedCluster();
  const provider = simulatedProvider({
    KUBERNETES_SIMULATION_SERVER: cluster.url,
    KUBERNETES_SIMULATION_TOKEN: cluster.token,
  });
  const urn = "urn:pulumi:dev::shop::kubernetes:core/v1:ServiceAccount::runner";
  const inputs = { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "runner", namespace: "default" } };
  const path = "/api/v1/namespaces/default/serviceaccounts/runner";
  const there = () => cluster.api.send({ method: "GET", path });
  const { id, outs } = await provider.create(urn, inputs);
  expect(id).toBe("default/runner");
  const labelled = { ...inputs, metadata: { ...inputs.metadata, labels: { team: "risk" } } };
  const { outs: updated } = await provider.update(id, urn, outs ?? {}, labelled);
  expect(there().body).toMatchObject({ metadata: { labels: { team: "risk" } } });
  expect((await provider.read(id, urn, updated)).id).toBe(id);
  await provider.delete(id, urn, updated ?? {});
  expect(there().status).toBe(404);
  expect((await provider.read(id, urn, updated)).id).toBe("");
});
