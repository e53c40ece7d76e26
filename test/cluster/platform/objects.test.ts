import { afterAll, beforeAll, expect, test } from "vitest";
import { everyObject, placeOf } from "../../platforms/kubernetes/every-object.ts";
import { type Cluster, startCluster } from "../control-plane/index.ts";

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster();
  await cluster.api.create("/api/v1/namespaces", {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: "models", labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
  });
}, 120_000);
afterAll(() => cluster.stop());

interface Template {
  readonly spec?: { readonly template?: { readonly metadata: object; readonly spec: object } };
}

test("a real API server takes every object that the platform makes, to the last field", async () => {
  const refused: unknown[] = [];
  for (const object of await everyObject()) {
    const { status, body } = await cluster.api.send("POST", placeOf(object), object);
    if (status !== 201) refused.push([object.kind, object.metadata.name, body.message]);
  }
  expect(refused).toEqual([]);
});

test("a namespace that enforces the restricted profile takes the pod of every Deployment", async () => {
  const templates = (await everyObject()).flatMap((object) => {
    const { spec } = object as Template;
    return spec?.template === undefined ? [] : [{ name: object.metadata.name, ...spec.template }];
  });
  expect(templates.length).toBeGreaterThan(5);
  const refused: unknown[] = [];
  for (const { name, metadata, spec } of templates) {
    // The accounts are not there: a dry run makes none.
    const pod = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { ...metadata, name },
      spec: { ...spec, serviceAccountName: "default" },
    };
    const { status, body } = await cluster.api.send("POST", "/api/v1/namespaces/models/pods?dryRun=All", pod);
    if (status !== 201) refused.push([name, body.message]);
  }
  expect(refused).toEqual([]);
});
