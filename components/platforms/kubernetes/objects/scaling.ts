import type { HorizontalPodAutoscalerArgs } from "@pulumi/kubernetes/autoscaling/v2/horizontalPodAutoscaler.js";
import type { autoscaling } from "@pulumi/kubernetes/types/input.js";
import type { TrafficPlan } from "../../../traffic/plan.ts";
import type { ResolvedKubernetesPlatform, ResolvedReplicas } from "../document/resolved.ts";
import type { VersionFacts } from "./deployment.ts";
import { metadataOf } from "./labels.ts";

/**
 * Versions that may have to take everything from one another at once: all that stand without notice, where they are several. No
 * step, rollback or promotion changes who they are.
 */
export function warmIn({ versions, notices }: Pick<TrafficPlan, "versions" | "notices">): ReadonlySet<string> {
  const current = Object.keys(versions).filter((version) => !Object.hasOwn(notices, version));
  return new Set(current.length > 1 ? current : []);
}

/** How many pods a version has, and how their number changes, whoever changes it. */
export interface Bounds {
  readonly least: number;
  readonly most: number;
  readonly behavior: autoscaling.v2.HorizontalPodAutoscalerBehavior;
}

/**
 * The bounds of a version; undefined where the number of pods does not change.
 * @param isWarm it has its pods before it needs them, and gives none up: what follows the load follows too late, on the way up
 * and on the way back
 */
export function boundsOf({ least, most, candidate }: ResolvedReplicas, isWarm: boolean): Bounds | undefined {
  if (most === least) return undefined;
  return {
    least: isWarm ? candidate : least,
    most,
    behavior: {
      scaleUp: { stabilizationWindowSeconds: 0 },
      scaleDown: isWarm ? { selectPolicy: "Disabled" } : { stabilizationWindowSeconds: 300 },
    },
  };
}

/**
 * KEDA's admission refuses to scale what an autoscaler scales already, unless that one says so: only then can a team
 * change from one to the other. While both stand, neither acts.
 * Source: https://github.com/kedacore/keda/pull/5536; k8s.io/kubernetes v1.34.1 pkg/controller/podautoscaler (AmbiguousSelector)
 */
const MAY_BE_FOLLOWED = { "validations.keda.sh/hpa-ownership": "false" };

/** The cluster's own autoscaler of a version, by its CPU. */
export function scalingOf(
  facts: VersionFacts,
  platform: ResolvedKubernetesPlatform,
  { least, most, behavior }: Bounds,
): HorizontalPodAutoscalerArgs {
  const target = { type: "Utilization", averageUtilization: platform.replicas.cpu };
  return {
    metadata: metadataOf(facts.name, facts, platform, MAY_BE_FOLLOWED),
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: facts.name },
      minReplicas: least,
      maxReplicas: most,
      metrics: [{ type: "Resource", resource: { name: "cpu", target } }],
      behavior,
    },
  };
}
