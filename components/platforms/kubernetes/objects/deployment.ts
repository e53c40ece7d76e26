import type { DeploymentArgs } from "@pulumi/kubernetes/apps/v1/deployment.js";
import type { ResolvedKubernetesPlatform } from "../document/resolved.ts";
import { annotated, foundBy, metadataOf, selectorOf } from "./labels.ts";
import { type PodFacts, podSpec } from "./pod.ts";

/** What a version's Deployment is made from. */
export interface VersionFacts extends PodFacts {
  readonly version: string;
  /** Of everything that serves the version. */
  readonly name: string;
}

/**
 * What lets the program have the number of pods although a scaler had it before, which goes only when the run ends: else the
 * server answers that the field is somebody else's.
 * Source: https://www.pulumi.com/registry/packages/kubernetes/how-to-guides/managing-resources-with-server-side-apply/
 */
const NUMBER_IS_OURS = { "pulumi.com/patchForce": "true" };

/**
 * The Deployment of a version.
 * @param scaledFrom how many pods it begins with where something scales it: one that names no number begins with one pod, until
 * what scales it looks for the first time, which an autoscaler does every 15 seconds. Undefined: nothing does
 */
export function deploymentOf(
  facts: VersionFacts,
  platform: ResolvedKubernetesPlatform,
  scaledFrom: number | undefined,
): DeploymentArgs {
  const { labels, replicas } = platform;
  return {
    metadata: metadataOf(facts.name, facts, platform, scaledFrom === undefined ? NUMBER_IS_OURS : {}),
    spec: {
      replicas: scaledFrom ?? replicas.least,
      selector: { matchLabels: { ...selectorOf(facts), [VARIANT]: facts.name } },
      strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: "25%" } },
      progressDeadlineSeconds: 600,
      template: {
        metadata: { labels: { ...labels, ...foundBy(facts), [VARIANT]: facts.name }, ...annotated(platform) },
        spec: podSpec(facts, platform),
      },
    },
  };
}

/** Tells the pods of one content of a version from those of another: both may stand for a while. */
export const VARIANT = "model-lifecycle.dev/variant";
