import type * as pulumi from "@pulumi/pulumi";
import { CanaryRollout } from "./canary-rollout.ts";
import { claimOnlyOne, LifecycleComponent, refusal, type Tags, tagsOf } from "./kit/index.ts";
import { checkPlan, type ServingHandle, type ServingPlan, type ServingPlatform } from "./platforms/platform.ts";
import { ReleaseError, type ResolvedRelease } from "./release/index.ts";

/** What a `ModelEndpoint` is made from. */
export interface ModelEndpointArgs {
  /**
   * The model and its pinned versions. Adding a version creates what serves it, removing one deletes it; a weight
   * changes the route alone; nothing that serves is ever replaced.
   */
  readonly release: ResolvedRelease;
  /** Where it is served; must agree with `platform.kind` of the release. Changing it replaces the endpoint. */
  readonly platform: ServingPlatform;
  /** Tags for every resource below, beside `model`, `owner` and `managed-by`. A change updates in place. @default {} */
  readonly tags?: Tags;
}

/**
 * Serves one model, any number of versions side by side, and judges the candidate. A model has one endpoint in a stack.
 *
 * @example new ModelEndpoint("sentiment", { release, platform: local() })
 * @throws pulumi.RunError with everything that the platform cannot do, before anything is deployed; or naming both when a
 * model has two endpoints.
 */
export class ModelEndpoint extends LifecycleComponent {
  /** Where clients send requests; it does not change over the life of the endpoint. */
  readonly url: pulumi.Output<string>;
  /** Who is compared with whom, and when harm is harm. */
  readonly rollout: CanaryRollout;
  /** The resources behind it: the route, and what serves each deployed version. */
  readonly nodes: Pick<ServingHandle, "route" | "variants">;

  constructor(name: string, args: ModelEndpointArgs, opts?: pulumi.ComponentResourceOptions) {
    const { release, platform, tags } = args;
    super("ModelEndpoint", name, { model: release.model, platform: platform.kind }, opts);
    claimOnlyOne(`the endpoint of model ${release.model.name}`, `ModelEndpoint "${name}"`);
    this.rollout = new CanaryRollout(name, { release }, { parent: this });
    const plan = { release, traffic: this.rollout.traffic };
    refuseWhatCannotBe(plan, platform);
    const { url, route, variants } = platform.serve({ name, parent: this, tags: tagsOf(release, tags) }, plan);
    this.url = url;
    this.nodes = { route, variants };
    this.registerOutputs({ url });
  }
}

function refuseWhatCannotBe(plan: ServingPlan, platform: ServingPlatform): void {
  const problems = checkPlan(plan, platform);
  if (problems.length > 0) throw refusal(new ReleaseError(problems).message);
}
