import { expect, test } from "vitest";
import { SimulatedApi } from "../../../components/simulations/kubernetes/index.ts";

// What a server does to an object without a word. That a real API server does the same is the matrix's matter in
// test/cluster.

type Json = Readonly<Record<string, unknown>>;

const core = (plural: string) => `/api/v1/namespaces/default/${plural}`;
const deployments = "/apis/apps/v1/namespaces/default/deployments";
const jobs = "/apis/batch/v1/namespaces/default/jobs";
const metadata = { name: "x" };

const withVolumes = (volumes: readonly Json[], replicas = 1): Json => ({
  metadata,
  spec: {
    replicas,
    selector: { matchLabels: { app: "x" } },
    template: {
      metadata: { labels: { app: "x" } },
      spec: {
        containers: [
          {
            name: "c",
            image: "i:1",
            volumeMounts: volumes.map(({ name }) => ({ name, mountPath: `/${String(name)}` })),
          },
        ],
        volumes,
      },
    },
  },
});
const image = { name: "model", image: { reference: "registry.example/model:1" } };
const cache = { name: "cache", emptyDir: {} };

/** A pod's volumes as they were kept, and what its container mounts. */
function kept(api: SimulatedApi, volumes: readonly Json[]) {
  const { status, body } = api.send({ method: "POST", path: deployments, body: withVolumes(volumes) });
  const { spec } = (body as { readonly spec: { readonly template: { readonly spec: Json } } }).spec.template;
  const [container] = spec.containers as readonly Json[];
  return { status, volumes: spec.volumes, mounts: container?.volumeMounts };
}

test("image-volumes-dropped: volumes that are images are left out with their mounts, and stay without the rule", () => {
  expect(kept(new SimulatedApi(), [image, cache])).toEqual({
    status: 201,
    volumes: [cache],
    mounts: [{ name: "cache", mountPath: "/cache" }],
  });
  expect(kept(new SimulatedApi(), [image])).toEqual({ status: 201, volumes: undefined, mounts: undefined });
  expect(kept(new SimulatedApi({ off: ["image-volumes-dropped"] }), [image])).toEqual({
    status: 201,
    volumes: [image],
    mounts: [{ name: "model", mountPath: "/model" }],
  });
});

test("a map and a list without anything in them are not there; a structure without anything is", () => {
  const api = new SimulatedApi();
  const map = api.send({ method: "POST", path: core("configmaps"), body: { metadata, data: {} } });
  expect(map.body).not.toHaveProperty("data");
  const { body } = api.send({ method: "POST", path: deployments, body: withVolumes([cache]) });
  expect(body).toMatchObject({ spec: { template: { spec: { securityContext: {}, volumes: [{ emptyDir: {} }] } } } });
  const role = "/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles";
  expect(api.send({ method: "POST", path: role, body: { metadata } }).body).toMatchObject({ rules: null });
});

test("a claim that pods use is not gone before they are", () => {
  const api = new SimulatedApi();
  const path = core("persistentvolumeclaims");
  const spec = { accessModes: ["ReadOnlyMany"], resources: { requests: { storage: "1Gi" } } };
  const made = api.send({ method: "POST", path, body: { metadata, spec } });
  expect(made.body).toMatchObject({ metadata: { finalizers: ["kubernetes.io/pvc-protection"] } });
  const volume = { name: "model", persistentVolumeClaim: { claimName: "x" } };
  expect(api.send({ method: "POST", path: deployments, body: withVolumes([volume]) }).status).toBe(201);
  api.advance(2);
  expect(api.send({ method: "DELETE", path: `${path}/x` }).status).toBe(200);
  api.advance(60);
  const going = api.send({ method: "GET", path: `${path}/x` });
  expect(going).toMatchObject({ status: 200, body: { metadata: { deletionTimestamp: "2026-01-01T00:00:02Z" } } });
  const none = { spec: { replicas: 0 } };
  api.send({ method: "PATCH", path: `${deployments}/x`, contentType: "application/merge-patch+json", body: none });
  api.advance(1);
  expect(api.send({ method: "GET", path: `${path}/x` }).status).toBe(404);
});

test("a Job is there until its pods are left to themselves, or gone at once where that is asked for", () => {
  const api = new SimulatedApi();
  const template = { spec: { restartPolicy: "Never", containers: [{ name: "c", image: "i:1" }] } };
  const job = (): number => api.send({ method: "POST", path: jobs, body: { metadata, spec: { template } } }).status;
  const read = () => api.send({ method: "GET", path: `${jobs}/x` });
  expect(job()).toBe(201);
  api.send({ method: "DELETE", path: `${jobs}/x` });
  expect(read()).toMatchObject({ status: 200, body: { metadata: { finalizers: ["orphan"] } } });
  api.advance(1);
  expect(read().status).toBe(404);
  expect(job()).toBe(201);
  api.send({ method: "DELETE", path: `${jobs}/x`, body: { propagationPolicy: "Background" } });
  expect(read().status).toBe(404);
});
