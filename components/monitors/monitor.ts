import type * as pulumi from "@pulumi/pulumi";
import type { Tags } from "../kit/index.ts";
import type { ResolvedRelease } from "../release/index.ts";
import type { TrafficPlan } from "../traffic/index.ts";

export interface MonitorContext {
  /** Logical name of the monitoring stack; every child's name starts with it. */
  readonly name: string;
  readonly parent: pulumi.ComponentResource;
  /** For every resource that can carry them. */
  readonly tags: Tags;
}

export interface MonitorPlan {
  readonly release: ResolvedRelease;
  readonly traffic: TrafficPlan;
}

/** What a monitor put where: path or address by name (`rules`, `dashboard`). */
export type MonitorHandle = Readonly<Record<string, pulumi.Output<string>>>;

/** Who watches a served model. Made by a factory: `localDocuments()`. */
export interface Monitor {
  watch(context: MonitorContext, plan: MonitorPlan): MonitorHandle;
}
