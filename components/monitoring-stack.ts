import type * as pulumi from "@pulumi/pulumi";
import { LifecycleComponent, type Tags, tagsOf } from "./kit/index.ts";
import { planTraffic } from "./lifecycle/index.ts";
import type { Monitor, MonitorHandle } from "./monitors/monitor.ts";
import type { ResolvedRelease } from "./release/index.ts";

/** What a `MonitoringStack` is made from. */
export interface MonitoringStackArgs {
  /** The model and its rollout. A change writes rules and dashboards again, and never touches what serves. */
  readonly release: ResolvedRelease;
  /** Who watches: `localDocuments()`. Another one makes other documents. */
  readonly monitor: Monitor;
  /** Tags for every resource below, beside `model`, `owner` and `managed-by`. A change updates in place. @default {} */
  readonly tags?: Tags;
}

/**
 * Dashboards and alerts for a served model.
 *
 * @example new MonitoringStack("sentiment-monitoring", { release, monitor: localDocuments() })
 */
export class MonitoringStack extends LifecycleComponent {
  /** Where rules and dashboards are, by name. */
  readonly documents: MonitorHandle;

  constructor(name: string, args: MonitoringStackArgs, opts?: pulumi.ComponentResourceOptions) {
    const { release, monitor, tags } = args;
    super("MonitoringStack", name, { model: release.model.name }, opts);
    this.documents = monitor.watch(
      { name, parent: this, tags: tagsOf(release, tags) },
      { release, traffic: planTraffic(release) },
    );
    this.registerOutputs({ documents: this.documents });
  }
}
