import type * as pulumi from "@pulumi/pulumi";
import { LifecycleComponent } from "./kit/index.ts";
import { planTraffic } from "./lifecycle/index.ts";
import type { Monitor, MonitorHandle } from "./monitors/monitor.ts";
import type { ResolvedRelease } from "./spec/index.ts";

export interface MonitoringStackArgs {
  readonly release: ResolvedRelease;
  readonly monitor: Monitor;
}

/**
 * Dashboards and alerts for a served model.
 *
 * @example new MonitoringStack("sentiment-monitoring", { release, monitor: localDocuments() })
 */
export class MonitoringStack extends LifecycleComponent {
  /** Where rules and dashboards are, by name. */
  readonly documents: MonitorHandle;

  constructor(name: string, { release, monitor }: MonitoringStackArgs, opts?: pulumi.ComponentResourceOptions) {
    super("MonitoringStack", name, { model: release.model.name }, opts);
    this.documents = monitor.watch({ name, parent: this }, { release, traffic: planTraffic(release) });
    this.registerOutputs({ documents: this.documents });
  }
}
