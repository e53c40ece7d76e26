import type { PodDisruptionBudgetArgs } from "@pulumi/kubernetes/policy/v1/podDisruptionBudget.js";
import type { ResolvedKubernetesPlatform } from "../document/resolved.ts";
import { VARIANT, type VersionFacts } from "./deployment.ts";
import { metadataOf, selectorOf } from "./labels.ts";

/** At most one pod of a version goes when nodes are drained; undefined for a single pod, whose budget would keep its node for ever. */
export function disruptionOf(
  facts: VersionFacts,
  platform: ResolvedKubernetesPlatform,
): PodDisruptionBudgetArgs | undefined {
  if (platform.replicas.least < 2) return undefined;
  return {
    metadata: metadataOf(facts.name, facts, platform),
    spec: {
      maxUnavailable: 1,
      selector: { matchLabels: { ...selectorOf(facts), [VARIANT]: facts.name } },
      unhealthyPodEvictionPolicy: "AlwaysAllow",
    },
  };
}
