import type { CustomResourceArgs } from "@pulumi/kubernetes/apiextensions/customResource.js";
import { filledQuery } from "../document/query.ts";
import type { ResolvedKeda, ResolvedKubernetesPlatform } from "../document/resolved.ts";
import type { VersionFacts } from "./deployment.ts";
import { metadataOf } from "./labels.ts";
import type { Bounds } from "./scaling.ts";

/**
 * What lets KEDA scale a version. It makes an autoscaler of its own of it, with the same bounds and the same behaviour.
 * Source: https://keda.sh/docs/2.14/reference/scaledobject-spec/
 */
export function scaledObjectOf(
  facts: VersionFacts,
  platform: ResolvedKubernetesPlatform,
  keda: ResolvedKeda,
  { least, most, behavior }: Bounds,
): CustomResourceArgs {
  const { cpu } = platform.replicas;
  return {
    apiVersion: "keda.sh/v1alpha1",
    kind: "ScaledObject",
    metadata: metadataOf(facts.name, facts, platform),
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: facts.name },
      minReplicaCount: least,
      maxReplicaCount: most,
      advanced: { horizontalPodAutoscalerConfig: { behavior } },
      triggers: [
        ...(cpu === undefined ? [] : [{ type: "cpu", metricType: "Utilization", metadata: { value: String(cpu) } }]),
        ...(keda.query === undefined ? [] : [askedOf(keda.query, facts, platform)]),
      ],
    },
  };
}

/** Without `ignoreNullValues: "false"` KEDA takes no answer for 0, and gives up pods that are needed. */
const askedOf = (
  { text, url, perPod }: NonNullable<ResolvedKeda["query"]>,
  { name, model, version }: VersionFacts,
  { namespace }: ResolvedKubernetesPlatform,
): object => ({
  type: "prometheus",
  metricType: "AverageValue",
  metadata: {
    serverAddress: url,
    query: filledQuery(text, { service: name, namespace, model, version }),
    threshold: perPod,
    ignoreNullValues: "false",
  },
});
