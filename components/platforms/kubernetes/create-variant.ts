import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource.js";
import { Deployment } from "@pulumi/kubernetes/apps/v1/deployment.js";
import { HorizontalPodAutoscaler } from "@pulumi/kubernetes/autoscaling/v2/horizontalPodAutoscaler.js";
import { Service } from "@pulumi/kubernetes/core/v1/service.js";
import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount.js";
import { NetworkPolicy } from "@pulumi/kubernetes/networking/v1/networkPolicy.js";
import { PodDisruptionBudget } from "@pulumi/kubernetes/policy/v1/podDisruptionBudget.js";
import type * as pulumi from "@pulumi/pulumi";
import { refusal } from "../../kit/index.ts";
import { ReleaseError } from "../../release/index.ts";
import type { ServingPlan } from "../platform.ts";
import type { ResolvedKubernetesPlatform } from "./document/resolved.ts";
import { deploymentOf, type VersionFacts } from "./objects/deployment.ts";
import { disruptionOf } from "./objects/disruption.ts";
import { droppedProblems } from "./objects/dropped.ts";
import { imagesOf } from "./objects/images.ts";
import { metadataOf } from "./objects/labels.ts";
import { networkPolicyOf } from "./objects/network-policy.ts";
import { scaledObjectOf } from "./objects/scaled-object.ts";
import { type Bounds, boundsOf, scalingOf, warmIn } from "./objects/scaling.ts";
import { serviceOf } from "./objects/service.ts";
import { objectAt, type Place } from "./place.ts";
import { namedService, objectName, variantName } from "./route/names.ts";
import type { KubernetesSettings } from "./settings.ts";

/** Makes what all versions of a model share, and gives the ServiceAccount of their pods. */
export function createShared(place: Place, model: string, platform: ResolvedKubernetesPlatform): string {
  const name = objectName(model);
  const policy = networkPolicyOf(name, model, platform);
  if (policy !== undefined) new NetworkPolicy(...objectAt(place, "network-policy", policy));
  if (platform.serviceAccount !== undefined) return platform.serviceAccount;
  const account = { metadata: metadataOf(name, { model }, platform), automountServiceAccountToken: false };
  new ServiceAccount(...objectAt(place, "account", account));
  return name;
}

/** Of the logical name of the Service for requests that name a version, whatever its content is. */
export const namedSuffix = (version: string): string => `${version}-named`;

/** The logical names of what serves one content of a version. */
const suffixOf =
  (version: string, content: string) =>
  (kind: string): string =>
    `${version}-${content.slice(0, 8)}-${kind}`;

interface Variant {
  readonly version: string;
  readonly serviceAccount: string;
  readonly transform: NonNullable<KubernetesSettings["transform"]>;
}

/** Makes what serves one content of one version. Their logical names carry the content: another content is made beside it, and this one goes when nothing names it. */
export function createVariant(
  place: Place,
  plan: ServingPlan,
  { version, serviceAccount, transform }: Variant,
  platform: ResolvedKubernetesPlatform,
): readonly pulumi.Resource[] {
  const { model } = plan.traffic;
  const content = plan.traffic.versions[version]?.content ?? "";
  const name = variantName(model, version, content);
  const facts = { model, version, name, serviceAccount, ...imagesOf(plan.release, version, platform.server) };
  const suffix = suffixOf(version, content);
  const bounds = boundsOf(platform.replicas, warmIn(plan.traffic).has(version));
  const served = deploymentOf(facts, platform, bounds?.least);
  const deployment = new Deployment(
    ...objectAt(place, suffix("deployment"), served, transform.deployment, {
      // Once it is there the number is of what scales it: two that write one field fight.
      ...(bounds !== undefined && { ignoreChanges: ["spec.replicas"] }),
    }),
  );
  deployment.spec.apply((kept) => {
    const problems = droppedProblems(kept, facts.files, { origin: plan.release.origin, version });
    if (problems.length > 0) throw refusal(new ReleaseError(problems).message);
  });
  const service = new Service(
    // After the pods: those that do not start are one failure, and not another of the Service that waits for them.
    ...objectAt(place, suffix("service"), serviceOf(facts, platform, name), transform.service, {
      dependsOn: [deployment],
    }),
  );
  const named = new Service(
    ...objectAt(
      place,
      namedSuffix(version),
      serviceOf(facts, platform, namedService(model, version)),
      transform.service,
      { dependsOn: [deployment] },
    ),
  );
  const disruption = disruptionOf(facts, platform);
  return [
    deployment,
    service,
    named,
    ...(bounds === undefined ? [] : [createScaling(place, suffix, { facts, bounds, transform }, platform)]),
    ...(disruption === undefined
      ? []
      : [new PodDisruptionBudget(...objectAt(place, suffix("disruption"), disruption, transform.disruption))]),
  ];
}

/** What changes the number of a version's pods. */
function createScaling(
  place: Place,
  suffix: (kind: string) => string,
  { facts, bounds, transform }: { readonly facts: VersionFacts; readonly bounds: Bounds } & Pick<Variant, "transform">,
  platform: ResolvedKubernetesPlatform,
): pulumi.Resource {
  const { keda } = platform.replicas;
  if (keda === undefined) {
    const scaling = scalingOf(facts, platform, bounds);
    return new HorizontalPodAutoscaler(...objectAt(place, suffix("scaling"), scaling, transform.scaling));
  }
  const scaled = scaledObjectOf(facts, platform, keda, bounds);
  return new CustomResource(...objectAt(place, suffix("keda"), scaled, transform.keda));
}
