import { afterAll, beforeAll, expect, test } from "vitest";
import type { Release } from "../../../../components/release/index.ts";
import { documentOf, v1 } from "../release.ts";
import { type ClusterStack, openStack } from "./stack.ts";

// Who has the number of pods: the real engine and the real SDK on a simulated cluster, whose autoscaler keeps its bounds and
// knows no load. What load would make of a number is written into it here.

let stack: ClusterStack;
beforeAll(async () => {
  stack = await openStack([{ apiVersion: "v1", kind: "Namespace", metadata: { name: "models" } }]);
}, 120_000);
afterAll(() => stack?.[Symbol.asyncDispose]());

const scaled = (rollout: Release["rollout"], more: object = {}) =>
  documentOf({ replicas: { least: "2", most: "8", candidate: "4" } }, { rollout, ...more });

const ORDER = "update HTTPRoute sentiment-route: metadata.annotations.model-lifecycle.dev/order";

async function changes(document: Release, ...args: readonly string[]): Promise<readonly string[]> {
  const { code, output, lines } = await stack.up(document, ...args);
  expect(code, output).toBe(0);
  return lines;
}

const DEPLOYMENT = "/apis/apps/v1/namespaces/models/deployments/sentiment-v1-11111111";

const pods = (): unknown =>
  (stack.cluster().send({ method: "GET", path: DEPLOYMENT }).body as { readonly spec: { readonly replicas: number } })
    .spec.replicas;

/** What an autoscaler does under load. */
function scaleTo(replicas: number): void {
  const { status, body } = stack.cluster().send({
    method: "PATCH",
    path: `${DEPLOYMENT}?fieldManager=kube-controller-manager`,
    contentType: "application/merge-patch+json",
    body: { spec: { replicas } },
  });
  expect(status, JSON.stringify(body)).toBe(200);
}

test("a version beside another has the pods that a whole load may ask of it, and neither gives any up", async () => {
  await changes(scaled({ stable: "v1" }, { versions: { v1 } }));
  expect(pods()).toBe(2);
  expect(await changes(scaled({ stable: "v1" }))).toMatchInlineSnapshot(`
    [
      "create Deployment sentiment-v2-22222222-deployment",
      "create HorizontalPodAutoscaler sentiment-v2-22222222-scaling",
      "create PodDisruptionBudget sentiment-v2-22222222-disruption",
      "create Service sentiment-v2-22222222-service",
      "create Service sentiment-v2-named",
      "update HTTPRoute sentiment-route: metadata.annotations.model-lifecycle.dev/order",
      "update HorizontalPodAutoscaler sentiment-v1-11111111-scaling: spec.behavior.scaleDown.selectPolicy, spec.behavior.scaleDown.stabilizationWindowSeconds, spec.minReplicas",
    ]
  `);
  expect(pods()).toBe(4);
});

test("from then on a start, a step, a rollback, a promotion and the way back from it change one object each", async () => {
  for (const rollout of [
    { stable: "v1", candidate: "v2", weight: "5%" },
    { stable: "v1", candidate: "v2", weight: "50%" },
    { stable: "v1" },
    { stable: "v1", candidate: "v2", weight: "100%", attempt: "2" },
    { stable: "v2", previous: "v1" },
    { stable: "v1" },
  ] as const) {
    expect(await changes(scaled(rollout)), JSON.stringify(rollout)).toEqual([ORDER]);
  }
});

test("a version that is given notice lets the load decide again, for the one that stays as well", async () => {
  await changes(scaled({ stable: "v2", previous: "v1" }));
  const notice = { phase: "deprecated", sunset: "2035-05-31T00:00:00Z", successor: "v2" } as const;
  expect(await changes(scaled({ stable: "v2" }, { retirement: { v1: notice } }))).toMatchInlineSnapshot(`
    [
      "update HTTPRoute sentiment-route: metadata.annotations.model-lifecycle.dev/order",
      "update HorizontalPodAutoscaler sentiment-v1-11111111-scaling: spec.behavior.scaleDown.selectPolicy, spec.behavior.scaleDown.stabilizationWindowSeconds, spec.minReplicas",
      "update HorizontalPodAutoscaler sentiment-v2-22222222-scaling: spec.behavior.scaleDown.selectPolicy, spec.behavior.scaleDown.stabilizationWindowSeconds, spec.minReplicas",
    ]
  `);
});

test("without a scaler the number is the program's at once, whatever the scaler has made of it", async () => {
  scaleTo(6);
  const fixed = documentOf({ replicas: { least: "3", most: "3" } }, { rollout: { stable: "v2", previous: "v1" } });
  expect(await changes(fixed)).toMatchInlineSnapshot(`
    [
      "delete HorizontalPodAutoscaler sentiment-v1-11111111-scaling",
      "delete HorizontalPodAutoscaler sentiment-v2-22222222-scaling",
      "update Deployment sentiment-v1-11111111-deployment: metadata.annotations.pulumi.com/patchForce, spec.replicas",
      "update Deployment sentiment-v2-22222222-deployment: metadata.annotations.pulumi.com/patchForce, spec.replicas",
      "update HTTPRoute sentiment-route: metadata.annotations.model-lifecycle.dev/order",
    ]
  `);
  expect(pods()).toBe(3);
  expect(await changes(fixed, "--refresh")).toEqual([]);
});

test("a scaler that comes back takes the number over from where it stands", async () => {
  await changes(scaled({ stable: "v2", previous: "v1" }));
  scaleTo(6);
  expect(await changes(scaled({ stable: "v2", previous: "v1" }), "--refresh")).toEqual([]);
  expect(pods()).toBe(6);
});
