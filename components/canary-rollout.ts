import type * as pulumi from "@pulumi/pulumi";
import { LifecycleComponent } from "./kit/index.ts";
import { planTraffic } from "./lifecycle/index.ts";
import type { ResolvedRelease } from "./release/index.ts";
import type { TrafficPlan } from "./traffic/index.ts";

/** What a `CanaryRollout` is made from. */
export interface CanaryRolloutArgs {
  /** The model and its rollout. Starting, moving or ending one changes outputs only. */
  readonly release: ResolvedRelease;
}

/**
 * Decides who is compared with whom and when harm is harm. It exists for every model, whether a rollout runs or not,
 * so that nothing is created or deleted when one starts.
 *
 * `ModelEndpoint` creates its own; alone, it describes the rollout of an endpoint that someone else owns.
 *
 * @example new CanaryRollout("sentiment", { release }).traffic
 */
export class CanaryRollout extends LifecycleComponent {
  /** What the data plane obeys: plain data, so that other components can plan with it. */
  readonly traffic: TrafficPlan;

  constructor(name: string, { release }: CanaryRolloutArgs, opts?: pulumi.ComponentResourceOptions) {
    super("CanaryRollout", name, { model: release.model.name }, opts);
    this.traffic = planTraffic(release);
    this.registerOutputs({ traffic: this.traffic });
  }
}
