import { expect, test } from "vitest";
import { documentOf, ofFiles, v1 } from "../release.ts";
import { openStack } from "./stack.ts";

// What the cluster does with an image volume: the real engine and the real SDK, on a simulation of Kubernetes 1.34.

const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "models" } };
const server = { kind: "mlserver", image: `registry.example/nlp/mlserver@sha256:${"a".repeat(64)}` } as const;

/** A release of one version, which is files that come to the pods in this way. */
const releaseAs = (as: "volume" | "copy") => ({
  ...documentOf({ server }, { rollout: { stable: "v1" } }),
  versions: { v1: as === "volume" ? ofFiles(v1) : { source: { ...v1.source, as } } },
});

test("an image volume that the cluster drops in silence is refused with what to write instead; copied, it serves", async () => {
  await using stack = await openStack([namespace]);
  const refused = await stack.up(releaseAs("volume"));
  expect(refused.code).not.toBe(0);
  expect(refused.output).toContain("model-lifecycle:release.versions.v1.source.as");
  expect(refused.output).toContain('seen:    "volume", and a cluster that drops image volumes without a word');
  expect(refused.output).toContain("do this: Write as: copy, or turn the feature ImageVolume on.");
  const copied = await stack.up(releaseAs("copy"));
  expect(copied.code, copied.output).toBe(0);
  const route = "/apis/gateway.networking.k8s.io/v1/namespaces/models/httproutes/sentiment";
  expect(stack.cluster().send({ method: "GET", path: route }).status).toBe(200);
});

test("with the feature an image volume serves, and the same again changes nothing", async () => {
  await using stack = await openStack([namespace]);
  stack.project.env.KUBERNETES_SIMULATION_OFF = "image-volumes-dropped";
  const first = await stack.up(releaseAs("volume"));
  expect(first.code, first.output).toBe(0);
  expect(await stack.up(releaseAs("volume"))).toMatchObject({ code: 0, lines: [] });
});
