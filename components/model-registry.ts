import type * as pulumi from "@pulumi/pulumi";
import { LifecycleComponent } from "./kit/index.ts";
import type { ModelEndpoint } from "./model-endpoint.ts";
import type { RegistryWriter } from "./model-registries/registry-writer.ts";
import type { ResolvedRelease } from "./release/index.ts";

/** What a `ModelRegistry` is made from. */
export interface ModelRegistryArgs {
  /** Who serves, who is on trial, and who is on the way out. Each move updates the registry in place, after the endpoint; what serves is never touched. */
  readonly release: ResolvedRelease;
  /** What serves the release: the registry is told when it is so, and where clients send requests. */
  readonly endpoint: ModelEndpoint;
  /** Which registry is told: `mlflowRegistry()`. Another one leaves the first as it is. */
  readonly registry: RegistryWriter;
}

/**
 * Tells the team's model registry what happened to its versions, so that a data scientist sees where each of them serves.
 * Taking it out of the program leaves the registry as it is.
 *
 * @example new ModelRegistry("sentiment-registry", { release, endpoint, registry: mlflowRegistry() })
 * @throws pulumi.RunError with every version that the registry has no name for, before anything is deployed
 */
export class ModelRegistry extends LifecycleComponent {
  constructor(
    name: string,
    { release, endpoint, registry }: ModelRegistryArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("ModelRegistry", name, { model: release.model.name }, opts);
    const after = [endpoint.nodes.route, ...Object.values(endpoint.nodes.variants).flat()];
    registry.write({ name, parent: this, after }, { release, url: endpoint.url });
    this.registerOutputs({});
  }
}
