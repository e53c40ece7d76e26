import type { CustomResourceArgs } from "@pulumi/kubernetes/apiextensions/customResource.js";
import type { DeploymentArgs } from "@pulumi/kubernetes/apps/v1/deployment.js";
import type { HorizontalPodAutoscalerArgs } from "@pulumi/kubernetes/autoscaling/v2/horizontalPodAutoscaler.js";
import type { ServiceArgs } from "@pulumi/kubernetes/core/v1/service.js";
import type { PodDisruptionBudgetArgs } from "@pulumi/kubernetes/policy/v1/podDisruptionBudget.js";
import type { Provider } from "@pulumi/kubernetes/provider.js";
import type { Transform } from "../../kit/index.ts";

/** What a program may change of the platform on a cluster. */
export interface KubernetesSettings {
  /** The provider that makes every object. @default one for the document's `context`; without one, the program's own */
  readonly provider?: Provider;
  /** Changes what an object is created with. */
  readonly transform?: {
    readonly deployment?: Transform<DeploymentArgs>;
    readonly service?: Transform<ServiceArgs>;
    readonly scaling?: Transform<HorizontalPodAutoscalerArgs>;
    readonly keda?: Transform<CustomResourceArgs>;
    readonly disruption?: Transform<PodDisruptionBudgetArgs>;
    readonly route?: Transform<CustomResourceArgs>;
    readonly controller?: Transform<DeploymentArgs>;
  };
}
